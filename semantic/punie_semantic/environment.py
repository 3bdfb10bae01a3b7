"""Where the user's Python lives, and where ty and ruff do. Standard library only: the relay imports it.

A ty that is installed beside Punie would otherwise resolve imports from Punie's own environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROBE_SECONDS = 10


@dataclass(frozen=True)
class Interpreter:
    """A Python environment: its `sys.prefix`, and which rule found it."""

    sys_prefix: Path
    source: str

    @property
    def executable(self) -> Path:
        """The environment's python."""
        if os.name == "nt":
            return self.sys_prefix / "Scripts" / "python.exe"
        venv = self.sys_prefix / "bin" / "python"
        return venv if venv.exists() else self.sys_prefix / "bin" / "python3"


def find_interpreter(
    folder: Path, *, setting: str | None = None, environ: Mapping[str, str] = os.environ
) -> Interpreter:
    """The environment of a project folder.

    Order: the setting, VIRTUAL_ENV, CONDA_PREFIX, `.venv` in the folder or above it, python on PATH, and
    last the interpreter below Punie's own environment, so that nothing resolves from Punie's packages.
    """
    candidates = [(setting, "setting"), *((environ.get(n), n) for n in ("VIRTUAL_ENV", "CONDA_PREFIX"))]
    for value, source in candidates:
        prefix = _prefix(folder / Path(value).expanduser()) if value else None
        if prefix and (source == "setting" or not _is_own(prefix)):
            return Interpreter(prefix, source)
    for parent in (folder, *folder.parents):
        if prefix := _prefix(parent / ".venv"):
            return Interpreter(prefix, ".venv")
    if prefix := _path_prefix(environ):
        return Interpreter(prefix, "PATH")
    return Interpreter(Path(sys.base_prefix), "base interpreter")


def _prefix(path: Path) -> Path | None:
    """`path` as an environment: a folder with a python in it, or that python itself."""
    if path.is_file() and path.parent.name in ("bin", "Scripts"):
        path = path.parent.parent
    names = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")
    return path if any((path / name).exists() for name in names) else None


def _is_own(prefix: Path) -> bool:
    return sys.prefix != sys.base_prefix and prefix.resolve() == Path(sys.prefix).resolve()


def _path_prefix(environ: Mapping[str, str]) -> Path | None:
    own = Path(sys.prefix).resolve()
    for name in environ.get("PATH", "").split(os.pathsep):
        python = Path(name) / ("python.exe" if os.name == "nt" else "python3")
        if not name or not python.is_file() or (_is_own(own) and Path(name).resolve().parent == own):
            continue
        if (python.parent.parent / "pyvenv.cfg").is_file():
            return python.parent.parent
        return _ask_prefix(python, environ)
    return None


def _ask_prefix(python: Path, environ: Mapping[str, str]) -> Path | None:
    """A python on PATH may be a link or a shim: only it knows its prefix."""
    command = [str(python), "-I", "-S", "-c", "import sys; sys.stdout.write(sys.prefix)"]
    try:
        answer = subprocess.run(
            command, env=dict(environ), capture_output=True, text=True, timeout=PROBE_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return Path(answer.stdout) if answer.stdout else None


def child_environ(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment for ty, ruff and the user's Python: without Punie's own virtual environment."""
    clean = {k: v for k, v in environ.items() if k not in ("PYTHONHOME", "__PYVENV_LAUNCHER__")}
    if (active := clean.get("VIRTUAL_ENV")) and _is_own(Path(active)):
        del clean["VIRTUAL_ENV"]
    return clean


def find_tool(name: str, *, environ: Mapping[str, str] = os.environ) -> Path | None:
    """The `ty` or `ruff` program: PUNIE_TY / PUNIE_RUFF, then the one installed with Punie, then PATH."""
    if override := environ.get(f"PUNIE_{name.upper()}"):
        return Path(override)
    beside = Path(sys.executable).parent / (f"{name}.exe" if os.name == "nt" else name)
    if beside.is_file():
        return beside
    found = shutil.which(name, path=environ.get("PATH"))
    return Path(found) if found else None


def ty_settings(interpreter: Interpreter) -> dict[str, object]:
    """What ty's `workspace/configuration` answer must contain to use the interpreter.

    The user's own `[tool.ty.environment] python` still wins over it. Never pass it in
    initializationOptions: ty 0.0.104 panics on it when the client has no `workspace.configuration`.
    """
    return {"pythonExtension": {"activeEnvironment": {"executable": {"sysPrefix": str(interpreter.sys_prefix)}}}}
