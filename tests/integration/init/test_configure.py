"""`punie-ls init` writes what makes editors start Punie, and only when it may."""

from __future__ import annotations

import stat
import tomllib

import pytest

from tests.integration.init.conftest import SCRIPT, Home


def test_without_a_terminal_it_only_shows(editors: Home) -> None:
    before = editors.files()

    done = editors.init()

    assert done.code == 1
    assert "Pass --yes to write it" in done.err
    assert '+  "lsp": {' in done.out
    assert editors.files() == before
    assert not editors.state.exists()


def test_a_dry_run_shows_unified_diffs(editors: Home) -> None:
    before = editors.files()

    done = editors.init("--dry-run", "helix")

    path = editors.path(".config/helix/languages.toml")
    assert done.code == 0
    assert f"--- {path}\n+++ {path}\n@@ -2,3 +2,10 @@\n" in done.out
    assert f'+[language-server.punie]\n+command = "{SCRIPT}"\n' in done.out
    assert editors.files() == before


def test_all_editors_that_are_found_are_configured(editors: Home) -> None:
    done = editors.init("--yes")

    assert done.code == 0, done.err
    zed, helix = editors.json(".config/zed/settings.json"), tomllib.loads(editors.read(".config/helix/languages.toml"))
    assert zed["theme"] == "One Dark"
    assert zed["lsp"] == {"ty": {"binary": {"path": str(SCRIPT), "arguments": []}}}
    assert zed["languages"]["Python"]["language_servers"][0] == "ty"
    assert zed["languages"]["Python"]["language_servers"][-1] == "..."
    assert zed["languages"]["Python"]["formatter"] == {"language_server": {"name": "ty"}}
    assert helix["language-server"] == {"punie": {"command": str(SCRIPT)}}
    assert helix["language"][1] == {"name": "python", "language-servers": ["punie"]}
    assert "// dark" in editors.read(".config/zed/settings.json")
    assert editors.read(".emacs.d/init.el").startswith("(setq inhibit-startup-screen t) ; quiet\n(load ")
    assert str(SCRIPT) in editors.read(".config/nvim/plugin/punie.lua")
    assert editors.read(".config/nvim/init.lua") == "vim.o.number = true\n"


def test_the_second_time_there_is_nothing_to_do(editors: Home) -> None:
    editors.init("--yes")
    before = editors.files()

    done = editors.init("--yes")

    assert done.code == 0
    assert done.out.endswith("Nothing to do.\n")
    assert editors.files() == before


def test_check_says_how_each_editor_is(editors: Home) -> None:
    editors.write(".config/zed/settings.json", "{ 1 }")
    before = editors.init("--check")
    editors.write(".config/zed/settings.json", "{}")
    editors.init("--yes")
    after = editors.init("--check")
    editors.write(".config/helix/languages.toml", '[language-server.punie]\ncommand = "/gone/punie-ls"\n')
    differs = editors.init("--check", "helix")

    states = {line[:17].strip(): line[17:32].strip() for line in before.out.splitlines()}
    assert states == {
        "VS Code": "not found",
        "VS Code Insiders": "not found",
        "VSCodium": "not found",
        "code-server": "not found",
        "Neovim": "not configured",
        "PyCharm": "not found",
        "Zed": "broken",
        "Helix": "not configured",
        "Emacs": "not configured",
    }
    assert (before.code, after.code, differs.code) == (1, 0, 1)
    assert "settings.json, line 1: a name in double quotes is expected, not `1`." in before.out
    assert differs.out.startswith("Helix            differs        ~/.config/helix/languages.toml")


def test_a_command_that_is_gone_is_replaced_and_one_that_is_there_is_not(home: Home) -> None:
    home.write(".config/helix/languages.toml", '[language-server.punie]\ncommand = "/gone/punie-ls" # mine\n')
    home.init("helix", "--yes")
    replaced = home.read(".config/helix/languages.toml")
    other = home.root / "bin" / "punie-ls"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    home.write(".config/helix/languages.toml", replaced.replace(str(SCRIPT), "punie-ls"))

    kept = home.init("helix", "--yes")
    chosen = home.init("helix", "--yes", "--command", str(other))

    assert f'command = "{SCRIPT}" # mine' in replaced
    assert kept.out.endswith("Nothing to do.\n")
    assert chosen.code == 0
    assert f'command = "{other}" # mine' in home.read(".config/helix/languages.toml")


def test_an_editor_that_is_named_is_configured_even_if_it_is_not_found(home: Home) -> None:
    done = home.init("helix", "--yes")

    assert done.code == 0
    assert "Helix was not found on this machine." in done.out
    assert tomllib.loads(home.read(".config/helix/languages.toml"))["language-server"]["punie"]


def test_without_any_editor_it_says_so(home: Home) -> None:
    done = home.init("--yes")
    check = home.init("--check")

    assert (done.code, check.code) == (1, 1)
    assert "No editor was found" in done.err
    assert "helix" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["notepad"], "notepad is not an editor that Punie knows. These are: vscode,"),
        (["--command", "/gone/punie-ls"], "/gone/punie-ls is not a program that can be run."),
        (["--check", "--yes"], "--check writes nothing"),
        (["--check", "--undo"], "--check writes nothing"),
    ],
)
def test_a_wrong_command_line_is_an_error(home: Home, arguments: list[str], message: str) -> None:
    done = home.init(*arguments)

    assert done.code == 2
    assert message in done.err


def test_links_stay_and_the_mode_too(home: Home) -> None:
    real = home.write("dotfiles/zed.json", '{\n  "theme": "日本 🚀"\n}\n')
    real.chmod(0o600)
    link = home.path(".config/zed/settings.json")
    link.parent.mkdir(parents=True)
    link.symlink_to("../../dotfiles/zed.json")

    home.init("--yes")
    configured = home.json("dotfiles/zed.json")
    mode = stat.S_IMODE(real.stat().st_mode)
    home.init("--undo", "--yes")

    assert configured["lsp"]["ty"]["binary"]["path"] == str(SCRIPT)
    assert configured["theme"] == "日本 🚀"
    assert mode == 0o600
    assert str(link.readlink()) == "../../dotfiles/zed.json"
    assert real.read_text() == '{\n  "theme": "日本 🚀"\n}\n'


def test_a_link_to_a_file_that_is_not_there_yet_stays_a_link(home: Home) -> None:
    link = home.path(".config/zed/settings.json")
    link.parent.mkdir(parents=True)
    link.symlink_to(home.path("dotfiles/zed.json"))

    done = home.init("--yes")

    assert done.code == 0, done.err
    assert link.is_symlink()
    assert home.json("dotfiles/zed.json")["lsp"]


def test_windows_newlines_and_a_byte_order_mark_stay(home: Home) -> None:
    before = b'\xef\xbb\xbf{\r\n    "theme": "x"\r\n}\r\n'
    path = home.write(".config/zed/settings.json", before)

    home.init("--yes")
    after = path.read_bytes()
    home.init("--undo", "--yes")

    assert after.startswith(b'\xef\xbb\xbf{\r\n    "theme": "x",\r\n    "l')
    assert after.count(b"\n") == after.count(b"\r\n")
    assert home.json(".config/zed/settings.json")["theme"] == "x"
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["", "\n\n", "// nothing yet\n", "{}", "{\n}\n"])
def test_an_empty_file_is_filled_and_emptied(home: Home, text: str) -> None:
    home.write(".config/zed/settings.json", text)

    home.init("--yes")
    configured = home.json(".config/zed/settings.json")
    home.init("--undo", "--yes")

    assert configured["lsp"]["ty"]["binary"]["path"] == str(SCRIPT)
    assert home.read(".config/zed/settings.json") == text
