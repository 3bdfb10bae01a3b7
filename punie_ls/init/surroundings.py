"""What is around: the user's folders, the system, the program to start. Knows no editor."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from punie_ls.init.exceptions import InitError

PROGRAM = "punie-ls"


@dataclass(frozen=True)
class Surroundings:
    """Where things are for this user, on this system.

    `command` is the absolute path of the program that editors will start; `chosen` whether the user named it.
    `platform` is one of `sys.platform`.
    """

    home: Path
    environ: Mapping[str, str]
    platform: str
    command: str
    chosen: bool = False

    @property
    def config(self) -> Path:
        """Where most programs keep their configuration: XDG_CONFIG_HOME, Application Support, or APPDATA."""
        if self.platform == "darwin":
            return self.home / "Library" / "Application Support"
        if self.platform == "win32":
            return self.folder("APPDATA", "AppData/Roaming")
        return self.dot_config

    @property
    def dot_config(self) -> Path:
        """Where programs of the terminal keep it, on macOS too: XDG_CONFIG_HOME, else .config."""
        return self.folder("XDG_CONFIG_HOME", ".config")

    def folder(self, variable: str, default: str) -> Path:
        """The folder that a variable names, if it is absolute, else one below the home folder."""
        named = Path(self.environ.get(variable, ""))
        return named if named.is_absolute() else self.home / default

    def which(self, *programs: str) -> str | None:
        """The first of these programs that is on PATH."""
        found = (shutil.which(name, path=self.environ.get("PATH", "")) for name in programs)
        return next((path for path in found if path), None)

    def starts_punie(self, command: object) -> bool:
        """Whether a configured command is good: this program, or, if the user named none, any that is there."""
        if command == self.command:
            return True
        if self.chosen or not isinstance(command, str):
            return False
        return Path(command).stem == PROGRAM and self.which(command) is not None

    def short(self, path: Path) -> str:
        """A path for people, with ~ for the home folder."""
        return f"~{os.sep}{path.relative_to(self.home)}" if path.is_relative_to(self.home) else str(path)


def present_surroundings(command: Path | None) -> Surroundings:
    """The surroundings of this process. Raises InitError when there is no program to start."""
    return Surroundings(
        home=Path.home(),
        environ=os.environ,
        platform=sys.platform,
        command=str(own_program() if command is None else _named(command)),
        chosen=command is not None,
    )


def own_program() -> Path:
    """The `punie-ls` script of this very installation; as it is called on PATH, if it is there: that outlives updates.

    Raises InitError when there is none, or when it is in a cache that will be emptied.
    """
    name = f"{PROGRAM}.exe" if sys.platform == "win32" else PROGRAM
    program = Path(sys.executable).parent / name
    if not program.is_file():
        program = Path(sys.prefix, "Scripts" if sys.platform == "win32" else "bin", name)
    if not program.is_file():
        raise InitError(f"{program} does not exist. Name the program with --command.")
    on_path = shutil.which(PROGRAM)
    if on_path is not None and Path(on_path).is_absolute() and _same(Path(on_path), program):
        program = Path(on_path)
    parts = program.resolve().parts
    if ".cache" in parts or any(part.startswith("archive-v") for part in parts):
        raise InitError(
            f"{program} is in a cache that will be emptied. Install it to stay (`uv tool install` or `pipx install`) "
            "and run this again, or name another program with --command."
        )
    return program


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _named(command: Path) -> Path:
    found = shutil.which(command.expanduser())
    if found is None:
        raise InitError(f"{command} is not a program that can be run. Pass the path of punie-ls with --command.")
    return Path(os.path.abspath(found))  # noqa: PTH100 - links stay: what they lead to changes with updates
