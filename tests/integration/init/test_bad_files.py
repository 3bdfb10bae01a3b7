"""A file that is not what it should be is left exactly as it is, and the message says what is wrong with it."""

from __future__ import annotations

import os
import stat

import pytest

from tests.integration.init.conftest import Home

ZED, HELIX, NEOVIM, EMACS = (
    ".config/zed/settings.json",
    ".config/helix/languages.toml",
    ".config/nvim/plugin/punie.lua",
    ".emacs.d/init.el",
)

BROKEN = {
    "no comma": (ZED, b'{\n  "a": 1\n  "b": 2\n}\n', ', line 3: a comma or } is expected, not `"`.'),
    "not an object": (ZED, b"[1]\n", ", line 1: the whole file must be an object in braces."),
    "lsp of a wrong type": (ZED, b'{\n  "lsp": [],\n}\n', ", line 2: lsp must be an object, and is an array."),
    "Python null": (ZED, b'{"languages": {"Python": null}}', "languages.Python must be an object, and is null."),
    "servers a string": (
        ZED,
        b'{\n"languages": {"Python": {\n"language_servers": "ty"}}}',
        ", line 3: language_servers of Python must be an array.",
    ),
    "not UTF-8": (ZED, b'{\n"a": "\xff"}', ", line 2: it is not UTF-8."),
    "UTF-16": (ZED, '{"a": 1}'.encode("utf-16"), "it is not UTF-8."),
    "no TOML": (HELIX, b"[[language]]\nname = python\n", ", line 2: it is not TOML: Invalid value."),
    "language a number": (HELIX, b"language = 3\n", "language must be an array of tables"),
    "a file of the user's": (NEOVIM, b"-- mine\n", "it was not written by `punie-ls init`, so it is left alone."),
    "Lisp that is not closed": (EMACS, b"(setq a 1)\n(defun f ()\n", ", line 2: ( is not closed."),
    "conflict marks": (ZED, b'{\n<<<<<<< HEAD\n"a": 1\n}\n', ", line 2: a name in double quotes is expected, not `<`."),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_named_and_left(home: Home, case: str) -> None:
    name, data, message = BROKEN[case]
    path = home.write(name, data)
    path.chmod(0o640)
    before = home.files()

    done = home.init("--yes")

    assert done.code == 2
    assert str(path) in done.out
    assert message in done.out
    assert home.files() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_one_broken_file_does_not_keep_the_others_from_being_written(editors: Home) -> None:
    editors.write(ZED, "{")

    done = editors.init("--yes")

    assert done.code == 2
    assert "{ is not closed" in done.out
    assert editors.read(ZED) == "{"
    assert "punie" in editors.read(HELIX)
    assert editors.path(NEOVIM).is_file()


def test_of_two_files_of_an_editor_none_is_written_when_one_is_broken(editors: Home) -> None:
    editors.write(EMACS, "(")

    done = editors.init("emacs", "--yes")

    assert done.code == 2
    assert not editors.path(".emacs.d/punie.el").exists()


def test_a_folder_in_place_of_the_file(home: Home) -> None:
    home.write(f"{ZED}/inside")

    done = home.init("--yes")

    assert done.code == 2
    assert "it is a folder, not a file." in done.out
    assert list(home.files()) == [f"{ZED}/inside"]


def test_a_file_in_place_of_the_folder(home: Home) -> None:
    home.write(".config/nvim/init.lua")
    home.write(".config/nvim/plugin", "a file")
    before = home.files()

    done = home.init("--yes")

    assert done.code == 2
    assert str(home.path(NEOVIM)) in done.out + done.err
    assert home.files() == before


def test_links_in_a_circle(home: Home) -> None:
    path = home.path(ZED)
    path.parent.mkdir(parents=True)
    path.symlink_to(path)

    done = home.init("--yes")

    assert done.code == 2
    assert str(path) in done.out
    assert path.is_symlink()


def test_what_is_no_regular_file_is_not_waited_for(home: Home) -> None:
    path = home.path(ZED)
    path.parent.mkdir(parents=True)
    os.mkfifo(path)

    done = home.init("--yes")

    assert done.code == 2
    assert "it is not a regular file." in done.out
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_read_only_file_is_not_written(home: Home) -> None:
    path = home.write(ZED, "{}\n")
    path.chmod(0o444)

    done = home.init("--yes")

    assert done.code == 2
    assert f"{path} is read-only. Make it writable (chmod u+w) and run this again." in done.err
    assert home.read(ZED) == "{}\n"
    assert home.init("--check").code == 1
    assert home.init("--undo").out == "There is nothing to take back.\n"


def test_a_state_folder_that_cannot_be_made_means_nothing_is_written(home: Home) -> None:
    home.write(ZED, "{}\n")
    home.state.write_text("a file")

    done = home.init("--yes")

    assert done.code == 2
    assert "so nothing was" in done.err
    assert home.read(ZED) == "{}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n  "python": 3\n}', 'line 2: "python" must be an object, or be absent'),
        ('{\n  "a": 1,\n  "punie": "x"\n}', 'line 3: "punie" must be an object, or be absent'),
    ],
)
def test_settings_of_vs_code_that_hide_ours_are_named(home: Home, text: str, message: str) -> None:
    home.path(".vscode/extensions/punie.punie-0.1.0").mkdir(parents=True)
    home.path(".vscode/extensions/ms-python.python-2026.1.0-linux-x64").mkdir()
    home.write(".config/Code/User/settings.json", text)

    done = home.init("--yes")

    assert done.code == 2
    assert message in done.out
    assert home.read(".config/Code/User/settings.json") == text


def test_of_two_files_the_one_that_was_written_is_said_and_taken_back(home: Home) -> None:
    home.write(EMACS, "(setq a 1)\n").chmod(0o444)

    done = home.init("--yes")
    undone = home.init("--undo", "--yes")

    assert done.code == 2
    assert "Wrote ~/.emacs.d/punie.el" in done.out
    assert "init.el is read-only" in done.err
    assert undone.code == 0
    assert home.files() == {EMACS: b"(setq a 1)\n"}
