"""Sample projects in a temporary folder, with an empty Python environment of their own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


def write_project(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files; the project gets a `.venv` without packages, so that ty sees the same everywhere."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    write_environment(root / ".venv")
    return root.resolve()


def write_environment(folder: Path) -> None:
    """A virtual environment without any package, not even pip."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (folder / "lib" / version / "site-packages").mkdir(parents=True, exist_ok=True)
    (folder / "bin").mkdir()
    base = Path(sys.base_prefix) / "bin" / version
    (folder / "bin" / "python").symlink_to(base)
    (folder / "bin" / "python3").symlink_to(base)
    lines = [f"home = {base.parent}", "include-system-site-packages = false", f"version = {sys.version.split()[0]}"]
    (folder / "pyvenv.cfg").write_text("\n".join(lines) + "\n")


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file of a project, outside its environment, with its bytes."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".venv" not in path.relative_to(root).parts
    }


def broken_program(folder: Path, *, script: str = "echo it broke >&2; exit 3") -> str:
    """A program that fails; its path."""
    path = folder / "broken"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)
