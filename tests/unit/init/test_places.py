"""Where each editor's configuration is, on each system, and which editors are found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from punie_ls.init.editors.table import all_editors, named_editors
from punie_ls.init.exceptions import InitError
from punie_ls.init.surroundings import Surroundings, own_program

LINUX = {
    "vscode": ".config/Code/User/settings.json",
    "vscode-insiders": ".config/Code - Insiders/User/settings.json",
    "vscodium": ".config/VSCodium/User/settings.json",
    "code-server": ".local/share/code-server/Machine/settings.json",
    "neovim": ".config/nvim/plugin/punie.lua",
    "jetbrains": ".jetbrains/acp.json",
    "zed": ".config/zed/settings.json",
    "helix": ".config/helix/languages.toml",
    "emacs": ".emacs.d/punie.el .emacs.d/init.el",
}
MAC = {
    "vscode": "Library/Application Support/Code/User/settings.json",
    "vscode-insiders": "Library/Application Support/Code - Insiders/User/settings.json",
    "vscodium": "Library/Application Support/VSCodium/User/settings.json",
}
WINDOWS = {
    "vscode": "AppData/Roaming/Code/User/settings.json",
    "vscode-insiders": "AppData/Roaming/Code - Insiders/User/settings.json",
    "vscodium": "AppData/Roaming/VSCodium/User/settings.json",
    "neovim": "AppData/Local/nvim/plugin/punie.lua",
    "zed": "AppData/Roaming/Zed/settings.json",
    "helix": "AppData/Roaming/helix/languages.toml",
    "emacs": "AppData/Roaming/.emacs.d/punie.el AppData/Roaming/.emacs.d/init.el",
}


def around(home: Path, platform: str = "linux", **environ: str) -> Surroundings:
    return Surroundings(home, {"PATH": "", **environ}, platform, "/opt/punie-ls")


def files(name: str, surroundings: Surroundings) -> str:
    targets = all_editors()[name].targets(surroundings)
    return " ".join(target.path.relative_to(surroundings.home).as_posix() for target in targets)


@pytest.mark.parametrize(
    ("platform", "expected"), [("linux", LINUX), ("darwin", LINUX | MAC), ("win32", LINUX | WINDOWS)]
)
def test_each_system_has_its_places(platform: str, expected: dict[str, str], tmp_path: Path) -> None:
    assert {name: files(name, around(tmp_path, platform)) for name in all_editors()} == expected


def test_variables_of_the_user_are_followed(tmp_path: Path) -> None:
    (tmp_path / "cfg" / "emacs").mkdir(parents=True)
    moved = around(
        tmp_path,
        XDG_CONFIG_HOME=str(tmp_path / "cfg"),
        XDG_DATA_HOME=str(tmp_path / "data"),
        NVIM_APPNAME="lazyvim",
    )

    assert files("vscode", moved) == "cfg/Code/User/settings.json"
    assert files("neovim", moved) == "cfg/lazyvim/plugin/punie.lua"
    assert files("helix", moved) == "cfg/helix/languages.toml"
    assert files("emacs", moved) == "cfg/emacs/punie.el cfg/emacs/init.el"
    assert files("code-server", moved) == "data/code-server/Machine/settings.json"


def test_a_relative_variable_is_not_followed(tmp_path: Path) -> None:
    assert files("zed", around(tmp_path, XDG_CONFIG_HOME="cfg")) == ".config/zed/settings.json"


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        (".emacs", ".emacs.d/punie.el .emacs"),
        (".emacs.el", ".emacs.d/punie.el .emacs.el"),
        (".emacs.d/init.el", ".emacs.d/punie.el .emacs.d/init.el"),
        (".config/emacs/init.el", ".config/emacs/punie.el .config/emacs/init.el"),
        (".config/doom/config.el", ".config/doom/punie.el .config/doom/config.el"),
        (".doom.d/config.el", ".doom.d/punie.el .doom.d/config.el"),
    ],
)
def test_emacs_init_file_is_the_one_that_emacs_reads(existing: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / existing).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / existing).touch()

    assert files("emacs", around(tmp_path)) == expected


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        (".config/Code", "vscode"),
        (".config/VSCodium", "vscodium"),
        (".local/share/code-server", "code-server"),
        (".config/nvim", "neovim"),
        (".config/JetBrains", "jetbrains"),
        (".config/zed", "zed"),
        (".config/helix", "helix"),
    ],
)
def test_an_editor_is_found_by_its_folder(folder: str, name: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir(parents=True)

    assert [n for n, editor in all_editors().items() if editor.found(around(tmp_path))] == [name]


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("code", "vscode"),
        ("code-insiders", "vscode-insiders"),
        ("codium", "vscodium"),
        ("code-server", "code-server"),
        ("nvim", "neovim"),
        ("charm", "jetbrains"),
        ("zeditor", "zed"),
        ("hx", "helix"),
        ("emacs", "emacs"),
    ],
)
def test_an_editor_is_found_by_its_program(program: str, name: str, tmp_path: Path) -> None:
    (tmp_path / program).write_text("#!/bin/sh\n")
    (tmp_path / program).chmod(0o755)
    here = around(tmp_path, PATH=str(tmp_path))

    assert [n for n, editor in all_editors().items() if editor.found(here)] == [name]


def test_names_are_those_that_people_use() -> None:
    assert [e.name for e in named_editors(["nvim", "Code", "hx", "pycharm", "neovim"])] == [
        "neovim",
        "vscode",
        "helix",
        "jetbrains",
    ]


def test_a_name_that_is_none_is_answered_with_the_names() -> None:
    with pytest.raises(InitError, match=r"notepad is not an editor that Punie knows. These are: vscode, .*emacs"):
        named_editors(["notepad"])


def test_another_punie_that_is_there_is_good_unless_one_was_named(tmp_path: Path) -> None:
    other = tmp_path / "punie-ls"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    mine = around(tmp_path, PATH=str(tmp_path))
    chosen = Surroundings(tmp_path, os.environ, "linux", "/opt/punie-ls", chosen=True)

    assert mine.starts_punie("/opt/punie-ls")
    assert mine.starts_punie("punie-ls")
    assert mine.starts_punie(str(other))
    assert not mine.starts_punie("/gone/punie-ls")
    assert not mine.starts_punie("ty")
    assert not mine.starts_punie(3)
    assert not chosen.starts_punie(str(other))


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for an installation: the programs that a virtual environment has."""
    folder.mkdir(parents=True)
    for name in ("python", "punie-ls"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    monkeypatch.setattr("sys.executable", str(folder / "python"))
    monkeypatch.setattr("sys.prefix", str(folder.parent))
    monkeypatch.setenv("PATH", "")
    return folder / "punie-ls"


def test_the_program_beside_python_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = install(tmp_path / "venv" / "bin", monkeypatch)

    assert own_program() == program


def test_the_name_on_path_is_used_if_it_is_the_same_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = install(tmp_path / "tools" / "punie" / "bin", monkeypatch)
    link = tmp_path / "bin" / "punie-ls"
    link.parent.mkdir()
    link.symlink_to(program)
    monkeypatch.setenv("PATH", str(link.parent))

    assert own_program() == link


def test_another_program_on_path_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "other", monkeypatch)
    program = install(tmp_path / "venv" / "bin", monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path / "other"))

    assert own_program() == program


@pytest.mark.parametrize(
    "folder", [".cache/uv/archive-v0/x/bin", "caches/archive-v0/x/bin", ".local/pipx/.cache/x/bin"]
)
def test_a_program_in_a_cache_is_refused(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / folder, monkeypatch)

    with pytest.raises(InitError, match="is in a cache that will be emptied"):
        own_program()


def test_without_a_program_it_asks_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "bin", monkeypatch).unlink()

    with pytest.raises(InitError, match=r"does not exist\. Name the program with --command"):
        own_program()
