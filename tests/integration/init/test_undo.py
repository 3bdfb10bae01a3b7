"""`punie-ls init --undo` takes back what was written, and nothing of what the user wrote."""

from __future__ import annotations

import json
import tomllib

from tests.integration.init.conftest import Home

ZED, HELIX, NEOVIM = ".config/zed/settings.json", ".config/helix/languages.toml", ".config/nvim/plugin/punie.lua"


def test_everything_is_as_it_was(editors: Home) -> None:
    files, folders = editors.files(), editors.folders()
    editors.init("--yes")
    changed = editors.files()

    done = editors.init("--undo", "--yes")

    assert done.code == 0, done.err
    assert set(changed) - set(files) == {NEOVIM, ".emacs.d/punie.el"}
    assert editors.files() == files
    assert editors.folders() == folders
    assert not list((editors.state / "init" / "backups").iterdir())
    assert editors.init("--undo").out == "There is nothing to take back.\n"


def test_only_the_editor_that_is_named_is_taken_back(editors: Home) -> None:
    before = editors.read(HELIX)
    editors.init("--yes")

    editors.init("--undo", "helix", "--yes")

    assert editors.read(HELIX) == before
    assert editors.json(ZED)["lsp"]


def test_later_edits_of_the_user_stay(editors: Home) -> None:
    editors.init("--yes")
    zed = editors.read(ZED).replace('"theme": "One Dark", // dark', '"theme": "Ayu", // light\n  "vim_mode": true,')
    editors.write(ZED, zed)
    editors.write(HELIX, editors.read(HELIX) + "\n[language-server.ra]\ncommand = 'ra' # mine\n")
    editors.write(".emacs.d/init.el", "(setq a 1)\n" + editors.read(".emacs.d/init.el") + "(setq b 2)\n")

    done = editors.init("--undo", "--yes")

    assert done.code == 0, done.err
    assert editors.read(ZED) == '// Zed\n{\n  "theme": "Ayu", // light\n  "vim_mode": true,\n}\n'
    assert editors.read(".emacs.d/init.el") == ("(setq a 1)\n(setq inhibit-startup-screen t) ; quiet\n(setq b 2)\n")
    assert tomllib.loads(editors.read(HELIX)) == {
        "language": [{"name": "rust", "auto-format": True}],
        "language-server": {"ra": {"command": "ra"}},
    }
    assert "# mine\n[[language]]" in editors.read(HELIX)


def test_what_the_user_changed_is_left_and_said(editors: Home) -> None:
    original = editors.read(ZED)
    editors.init("--yes")
    editors.write(NEOVIM, "-- mine now\n" + editors.read(NEOVIM))
    editors.write(ZED, editors.read(ZED).replace('"arguments": []', '"arguments": ["--log-level", "debug"]'))

    done = editors.init("--undo", "--yes")

    assert done.code == 1
    assert f"{editors.path(NEOVIM)}: it is left, because it was changed since." in done.err
    assert f"{editors.path(ZED)}: lsp.ty.binary.arguments is left, because it was changed since." in done.err
    assert editors.read(NEOVIM).startswith("-- mine now\n")
    assert editors.json(ZED) == {
        "theme": "One Dark",
        "lsp": {"ty": {"binary": {"arguments": ["--log-level", "debug"]}}},
    }
    copies = [path.read_text() for path in (editors.state / "init" / "backups").iterdir()]
    assert original in copies


def test_two_writes_are_taken_back_as_one(home: Home) -> None:
    before = home.write(HELIX, '[[language]]\nname = "python"\nlanguage-servers = ["pylsp"] # old\n').read_bytes()
    home.init("--yes")
    other = home.root / "bin" / "punie-ls"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    home.init("--yes", "--command", str(other))
    home.init("--undo", "--yes")
    exact = home.path(HELIX).read_bytes()

    home.init("--yes")
    home.write(HELIX, home.read(HELIX) + "# between\n")
    home.init("--yes", "--command", str(other))
    home.init("--undo", "--yes")

    assert exact == before
    assert tomllib.loads(home.read(HELIX)) == tomllib.loads(before.decode())
    assert home.read(HELIX).endswith("# between\n")


def test_an_update_of_punie_replaces_its_own_file_but_not_the_users(home: Home) -> None:
    home.init("neovim", "--yes")
    other = home.root / "bin" / "punie-ls"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    updated = home.init("neovim", "--yes", "--command", str(other))
    text = home.read(NEOVIM)
    home.write(NEOVIM, text + "vim.g.mine = 1\n")

    same = home.init("neovim", "--yes", "--command", str(other))
    another = home.init("neovim", "--yes")

    assert updated.code == 0
    assert str(other) in text
    assert same.out.endswith("Nothing to do.\n")
    assert another.code == 2
    assert "it was changed since Punie wrote it, and starts another program" in another.out
    assert home.read(NEOVIM) == text + "vim.g.mine = 1\n"


def test_a_file_that_is_gone_is_no_error(home: Home) -> None:
    home.init("neovim", "--yes")
    home.path(NEOVIM).unlink()

    done = home.init("--undo", "--yes")

    assert done.code == 0
    assert not home.path(NEOVIM).exists()


def test_without_the_copy_only_the_values_are_taken_back(editors: Home) -> None:
    before = editors.json(ZED)
    editors.init("zed", "--yes")
    for copy in (editors.state / "init" / "backups").iterdir():
        copy.write_text("{}")

    done = editors.init("--undo", "--yes")

    assert done.code == 0
    assert editors.json(ZED) == before
    assert "// dark" in editors.read(ZED)


def test_a_file_that_does_not_parse_any_more_is_not_touched(editors: Home) -> None:
    editors.init("--yes")
    broken = editors.read(ZED).replace("{", "", 1)
    editors.write(ZED, broken)

    done = editors.init("--undo", "--yes")

    assert done.code == 2
    assert f"{editors.path(ZED)}, line " in done.err
    assert "Mend it and run this again" in done.err
    assert editors.read(ZED) == broken
    assert not editors.path(NEOVIM).exists()
    assert editors.init("--check", "zed").code == 1


def test_a_record_that_cannot_be_read_is_an_error_and_nothing_is_written(home: Home) -> None:
    home.init("helix", "--yes")
    before = home.files()
    record = home.state / "init" / "helix.json"
    record.write_text(json.dumps({"done": 3}))

    undo = home.init("--undo", "--yes")
    again = home.init("helix", "--yes", "--command", "/bin/sh")

    assert (undo.code, again.code) == (2, 2)
    assert str(record) in undo.err
    assert home.files() == before


def test_without_a_terminal_undo_only_shows(editors: Home) -> None:
    editors.init("--yes")
    before = editors.files()

    done = editors.init("--undo")
    dry = editors.init("--undo", "--dry-run")

    assert (done.code, dry.code) == (1, 0)
    assert "-[language-server.punie]" in done.out
    assert done.out == dry.out
    assert editors.files() == before


def test_what_stays_is_not_forgotten_without_a_yes(home: Home) -> None:
    home.init("neovim", "--yes")
    home.write(NEOVIM, "-- mine now\n" + home.read(NEOVIM))

    shown = home.init("--undo")
    again = home.init("--undo", "--yes")
    after = home.init("--undo", "--yes")

    assert (shown.code, again.code, after.code) == (1, 1, 0)
    assert "it is left, because it was changed since" in shown.err
    assert "it is left, because it was changed since" in again.err
    assert after.out == "There is nothing to take back.\n"
