"""Single files on disk as transactions see them: what is there, under which exact name, and how it is replaced."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from punie_semantic.entries import Content
from punie_semantic.exceptions import PathError, StaleError

_NO_HARD_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def look(path: Path) -> Content | None:
    """What is at a path, symlinks not followed; None for nothing. Raises StaleError when it is no file."""
    try:
        status = path.lstat()
        if not listed(path):
            return None
        if stat.S_ISLNK(status.st_mode):
            return Content(os.fsencode(path.readlink()), link=True)
        if not stat.S_ISREG(status.st_mode):
            raise StaleError(f"{path.name} is no file any more. Nothing was written.")
        return Content(path.read_bytes(), stat.S_IMODE(status.st_mode))
    except (FileNotFoundError, NotADirectoryError):
        return None


def same(one: Content | None, other: Content | None) -> bool:
    """Whether two contents are equal; the mode may be another."""
    if one is None or other is None:
        return one is other
    return one.data == other.data and one.link == other.link


def listed(path: Path) -> bool:
    """Whether an existing file has exactly this name; a file system that ignores case finds it by others too."""
    twin = path.with_name(path.name.swapcase())
    if twin == path or not same_file(path, twin):
        return True
    return any(entry.name == path.name for entry in path.parent.iterdir())


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file; links are followed only in their folders."""
    try:
        return os.path.samestat(one.lstat(), other.lstat())
    except OSError:
        return False


def refuse_read_only(path: Path, name: str) -> None:
    """Replacing a file would get around its mode, so the mode is asked first. Raises PathError."""
    if path.exists() and (not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK)):
        raise PathError(f"{name} is read-only. Leave it as it is, or ask the user to make it writable.")


def prepare(temporary: Path, content: Content, target: Path) -> None:
    """Write a content beside its target, flushed, with the mode and owner that the target has or is to have."""
    if content.link:
        temporary.symlink_to(os.fsdecode(content.data))
        return
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content.data)
        stream.flush()
        _take_mode(temporary, content, target)
        os.fsync(stream.fileno())


def _take_mode(temporary: Path, content: Content, target: Path) -> None:
    mode = content.mode
    with contextlib.suppress(OSError):
        status = target.lstat()
        if stat.S_ISREG(status.st_mode):
            mode = stat.S_IMODE(status.st_mode)
            # Only the owner may give a file away, and only to a group of theirs; where it fails the file is ours.
            os.chown(temporary, status.st_uid, status.st_gid)
    if mode is not None:
        with contextlib.suppress(OSError):
            temporary.chmod(mode)


def put(temporary: Path, target: Path, *, fresh: bool) -> None:
    """Move a prepared content to its target. Raises StaleError when it is `fresh` and something is there."""
    if not fresh:
        temporary.replace(target)
        return
    try:
        os.link(temporary, target, follow_symlinks=False)
    except FileExistsError:
        raise StaleError(f"{target.name} was created by somebody else meanwhile. Nothing was written.") from None
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_HARD_LINKS:
            raise
        temporary.replace(target)
    else:
        temporary.unlink()
