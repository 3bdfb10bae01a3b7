"""The workspace boundary: every path a tool receives passes through here."""

from __future__ import annotations

import os
from pathlib import Path

from punie_semantic.exceptions import PathError

MAX_CHARACTERS = 4000
MAX_NAME_BYTES = 255


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
    if isinstance(path, str):
        _check_names(text)
    absolute = Path(os.path.normpath(root / text))
    if not absolute.is_relative_to(root):
        raise PathError(f"{text} is outside the workspace {root}. Pass a path inside it.")
    try:
        real = absolute.resolve()
    except (OSError, RuntimeError) as error:
        raise PathError(f"{text} leads nowhere: its links go in a circle. Pass a path inside the workspace.") from error
    if not real.is_relative_to(root):
        raise PathError(f"{text} is a symlink that leaves the workspace {root}. Pass a path inside it.")
    return absolute


def _check_names(text: str) -> None:
    """Raises PathError for what cannot be a path on any system."""
    try:
        names = os.fsencode(text).split(b"/")
    except UnicodeEncodeError as error:
        raise PathError("The path has half a character in it (a lone surrogate). Pass text.") from error
    if len(text) > MAX_CHARACTERS or any(len(name) > MAX_NAME_BYTES for name in names):
        raise PathError(f"{text[:50]}… is longer than any path can be. Pass a path relative to the workspace.")


def is_inside(root: Path, path: Path) -> bool:
    """Whether a path is in the workspace, also after its links are followed."""
    try:
        inside(root, path)
    except PathError:
        return False
    return True


def relative(root: Path, path: Path) -> str:
    """The path as tools and people see it: relative to the workspace, with forward slashes."""
    return path.relative_to(root).as_posix()


def refuse_protected(root: Path, path: Path) -> None:
    """Raises PathError for what an edit may not touch: git's own files, and those of Python environments."""
    for place in (path, path.resolve()):
        name = relative(root, place)
        folders = [part.rstrip(". ").casefold() for part in name.split("/")]
        if ".git" in folders or "site-packages" in folders or folders[0] in (".venv", "venv"):
            raise PathError(f"{name} is git's or the Python environment's, so it is never edited. Pass a source file.")


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
