"""VS Code and its builds: which program its extension starts, and one Python language server instead of two.

The extension itself is installed in the editor. Until it is there, the other language server is left on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from punie_ls.init.editors.editor import Editor
from punie_ls.init.json_target import JsonTarget, Wish
from punie_ls.init.surroundings import Surroundings
from punie_ls.init.targets import Target

_PUNIE = re.compile(r"[^.]+\.punie-\d")
_PYTHON = re.compile(r"ms-python\.(python|vscode-pylance)-\d", re.IGNORECASE)
_DOUBLES = {
    "Ruff": re.compile(r"charliermarsh\.ruff-\d", re.IGNORECASE),
    "ty": re.compile(r"astral-sh\.ty-\d", re.IGNORECASE),
    "Pyrefly": re.compile(r"meta\.pyrefly-\d", re.IGNORECASE),
    "BasedPyright": re.compile(r"detachhead\.basedpyright-\d", re.IGNORECASE),
}


@dataclass(frozen=True)
class Build:
    """A build of VS Code: its program, its folder among the configurations, and its folder in the home folder."""

    name: str
    title: str
    program: str
    config: str
    dot: str


BUILDS = (
    Build("vscode", "VS Code", "code", "Code", ".vscode"),
    Build("vscode-insiders", "VS Code Insiders", "code-insiders", "Code - Insiders", ".vscode-insiders"),
    Build("vscodium", "VSCodium", "codium", "VSCodium", ".vscode-oss"),
)
CODE_SERVER = Build("code-server", "code-server", "code-server", "", "")


def editors() -> tuple[Editor, ...]:
    """All builds."""
    return tuple(
        Editor(
            build.name,
            build.title,
            found=partial(_found, build),
            targets=partial(_targets, build),
            missing=partial(_missing, build),
            notes=partial(_notes, build),
        )
        for build in (*BUILDS, CODE_SERVER)
    )


def _data(build: Build, around: Surroundings) -> Path:
    if build is CODE_SERVER:
        return around.folder("XDG_DATA_HOME", ".local/share") / "code-server"
    return around.config / build.config


def _settings(build: Build, around: Surroundings) -> Path:
    # code-server's window is a remote one: settings about this machine, as a path, are not read from User there.
    return _data(build, around) / ("Machine" if build is CODE_SERVER else "User") / "settings.json"


def _found(build: Build, around: Surroundings) -> bool:
    return _data(build, around).is_dir() or around.which(build.program) is not None


def _installed(build: Build, around: Surroundings) -> tuple[str, ...]:
    """The folders of the installed extensions: publisher.name-version."""
    folder = _data(build, around) if build is CODE_SERVER else around.home / build.dot
    try:
        return tuple(entry.name for entry in (folder / "extensions").iterdir() if entry.is_dir())
    except OSError:
        return ()


def _has(installed: tuple[str, ...], extension: re.Pattern[str]) -> bool:
    return any(extension.match(name) for name in installed)


def _targets(build: Build, around: Surroundings) -> tuple[Target, ...]:
    wishes = [Wish(("punie.serverPath",), lambda v: v if around.starts_punie(v) else around.command, own=True)]
    installed = _installed(build, around)
    if _has(installed, _PUNIE) and _has(installed, _PYTHON):
        wishes.append(Wish(("python.languageServer",), lambda _: "None"))
    return (JsonTarget(_settings(build, around), wishes, dotted=True),)


def _missing(build: Build, around: Surroundings) -> str | None:
    if _has(_installed(build, around), _PUNIE):
        return None
    return (
        f"Punie's extension is not installed in {build.title}. Install it there "
        f"(`{build.program} --install-extension punie.vsix`), then run `punie-ls init {build.name}` again."
    )


def _notes(build: Build, around: Surroundings) -> tuple[str, ...]:
    installed = _installed(build, around)
    doubled = [name for name, extension in _DOUBLES.items() if _has(installed, extension)]
    if not doubled or not _has(installed, _PUNIE):
        return ()
    return (f"{' and '.join(doubled)} would show problems twice: disable {_these(doubled)} in {build.title}.",)


def _these(extensions: list[str]) -> str:
    return "this extension" if len(extensions) == 1 else "these extensions"
