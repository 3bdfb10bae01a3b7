"""A copy of the project in a folder of its own, with texts of the overlay in it. The original is only read.

Python and small files are copied. Large data, and large folders that git ignores, are linked: tests need them, nobody
edits them. Caches and the folder of the version control are left out. A link into the project leads into the copy.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

CACHES = frozenset(
    {".git", ".hg", ".svn", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}
    | {".import_linter_cache", ".tox", ".nox", ".eggs"}
)
LINKED_FOLDERS = frozenset({"node_modules", ".venv", "venv"})
LARGE_BYTES = 4 << 20
SOURCES = (".py", ".pyi", ".toml", ".cfg", ".ini", ".json", ".txt", ".md", ".yaml", ".yml")

Texts = Mapping[Path, bytes | None]


def materialise(root: Path, folder: Path, texts: Texts, ignored: frozenset[Path] = frozenset()) -> None:
    """Make the copy.

    Args:
        root: the project, resolved.
        folder: where the copy goes; does not exist yet.
        texts: contents that count instead of the disk's; None for a file that is gone.
        ignored: folders that are linked as a whole.

    Raises:
        OSError: something cannot be read, or there is no room.
    """
    _copy_folder(root, folder, _Copy(root, folder, ignored))
    for path, content in texts.items():
        _put(folder, folder / path.relative_to(root), content)


class _Copy:
    """What stays the same while folders are copied."""

    def __init__(self, root: Path, folder: Path, ignored: frozenset[Path]) -> None:
        self.root = str(root)
        self.folder = str(folder)
        self.ignored = frozenset(map(str, ignored))

    def is_linked(self, entry: os.DirEntry[str]) -> bool:
        """Whether a folder is linked as a whole."""
        if entry.name in LINKED_FOLDERS or entry.path in self.ignored:
            return True
        return os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))  # noqa: PTH110, PTH118 - thousands of them


def _copy_folder(source: str | Path, target: str | Path, copy: _Copy) -> None:
    os.mkdir(target)  # noqa: PTH102 - thousands of them
    with os.scandir(source) as entries:
        for entry in entries:
            place = f"{target}/{entry.name}"
            if entry.is_symlink():
                _copy_link(entry.path, place, copy)
            elif entry.is_dir():
                if entry.name in CACHES:
                    continue
                if copy.is_linked(entry):
                    Path(place).symlink_to(entry.path)
                else:
                    _copy_folder(entry.path, place, copy)
            elif entry.is_file():
                _copy_file(entry, place)


def _copy_link(path: str, place: str, copy: _Copy) -> None:
    """A link into the project becomes one into the copy; any other leads where it led."""
    lead = os.readlink(path)  # noqa: PTH115 - thousands of them
    target = os.path.normpath(os.path.join(os.path.dirname(path), lead))  # noqa: PTH118, PTH120
    inside = target == copy.root or target.startswith(copy.root + os.sep)
    Path(place).symlink_to(copy.folder + target[len(copy.root) :] if inside else target)


def _copy_file(entry: os.DirEntry[str], place: str) -> None:
    status = entry.stat(follow_symlinks=False)
    if status.st_size > LARGE_BYTES and not entry.name.endswith(SOURCES):
        Path(place).symlink_to(entry.path)
        return
    source = os.open(entry.path, os.O_RDONLY)
    try:
        target = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IMODE(status.st_mode) | stat.S_IWUSR)
        try:
            _copy_bytes(source, target, entry.path, place, status.st_size)
        finally:
            os.close(target)
    finally:
        os.close(source)
    os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))


def _copy_bytes(source: int, target: int, path: str, place: str, size: int) -> None:
    """In the kernel where it can: file systems with copy-on-write then share the blocks."""
    left = size
    if hasattr(os, "copy_file_range"):
        with contextlib.suppress(OSError):
            while left and (done := os.copy_file_range(source, target, left)):
                left -= done
    if left:
        shutil.copyfile(path, place)


def _put(folder: Path, place: Path, content: bytes | None) -> None:
    """Write through no link that leads out of the copy: it could lead into the project."""
    if content is None and not os.path.lexists(place):
        return
    _own_folders(folder, place.parent)
    if content is None:
        place.unlink(missing_ok=True)
        return
    if place.is_symlink() and not place.resolve().is_relative_to(folder.resolve()):
        place.unlink()
    if place.exists():
        place.chmod(place.stat().st_mode | stat.S_IWUSR)
    place.write_bytes(content)


def _own_folders(folder: Path, parent: Path) -> None:
    """Folders down to `parent` that are the copy's own; a linked one becomes a folder of links."""
    place = folder
    for name in parent.relative_to(folder).parts:
        place /= name
        if place.is_symlink() and not place.resolve().is_relative_to(folder.resolve()):
            original = place.resolve()
            place.unlink()
            place.mkdir()
            for entry in original.iterdir():
                (place / entry.name).symlink_to(entry)
        place.mkdir(exist_ok=True)
