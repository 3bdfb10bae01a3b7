"""The workspace boundary: every path a tool receives passes through here."""

from __future__ import annotations

import os
from pathlib import Path

from punie_semantic.exceptions import PathError


def inside(root: Path, path: str | Path) -> Path:
    """The absolute form of `path`, which must stay inside `root`, also after following symlinks.

    Args:
        root: the workspace folder, resolved.
        path: relative to the workspace, or absolute.

    Raises:
        PathError: the path leaves the workspace by `..`, as an absolute path, or through a symlink.
    """
    text = str(path)
    if "\0" in text:
        raise PathError("The path contains a NUL byte. Pass a path relative to the workspace.")
    absolute = Path(os.path.normpath(root / text))
    if not absolute.is_relative_to(root):
        raise PathError(f"{text} is outside the workspace {root}. Pass a path inside it.")
    real = absolute.resolve()
    if not real.is_relative_to(root):
        raise PathError(f"{text} is a symlink that leaves the workspace {root}. Pass a path inside it.")
    return absolute


def relative(root: Path, path: Path) -> str:
    """The path as tools and people see it: relative to the workspace, with forward slashes."""
    return path.relative_to(root).as_posix()


def existing_file(root: Path, path: str) -> Path:
    """`inside`, for a file that must exist. Raises PathError with the nearest help."""
    absolute = inside(root, path)
    if absolute.is_dir():
        raise PathError(f"{path} is a folder. Pass a file.")
    if not absolute.is_file():
        raise PathError(
            f"{path} does not exist in the workspace. Check the path; search_text finds files by their text."
        )
    return absolute
