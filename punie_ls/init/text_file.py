"""A configuration file as text: read with all that must stay as it is, and written all or nothing."""

from __future__ import annotations

import glob
import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from punie_ls.init.exceptions import Broken, NotWritten
from punie_semantic.journal import sync_folder

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class TextFile:
    """A file at one moment. `path` is its name, `target` where its links lead; `data` is None when there is none.

    `text` has the newlines of the file, and no byte order mark.
    """

    path: Path
    target: Path
    data: bytes | None
    text: str
    mode: int | None

    @property
    def digest(self) -> str | None:
        """What the bytes are known by."""
        return None if self.data is None else digest(self.data)

    def encode(self, text: str) -> bytes:
        """Another text as the bytes of this file."""
        marked = self.data is not None and self.data.startswith(BOM)
        return (BOM if marked else b"") + text.encode("utf-8")


def digest(data: bytes) -> str:
    """What bytes are known by."""
    return hashlib.sha256(data).hexdigest()


def read(path: Path) -> TextFile:
    """Read a file; a missing one has no bytes and an empty text. Raises Broken when it is not a file of UTF-8."""
    try:
        target = path.resolve()
        data, mode = _bytes(target)
    except RuntimeError as error:  # what Python before 3.13 says of links in a circle
        raise Broken("its symbolic links lead in a circle") from error
    except OSError as error:
        raise Broken(f"it cannot be read: {error.strerror or error}") from error
    try:
        text = (data or b"").removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = (data or b"").count(b"\n", 0, error.start) + 1
        raise Broken("it is not UTF-8", line) from error
    return TextFile(path, target, data, text, mode)


def _bytes(target: Path) -> tuple[bytes | None, int | None]:
    try:
        found = target.stat()
    except FileNotFoundError:
        return None, None
    if stat.S_ISDIR(found.st_mode):
        raise Broken("it is a folder, not a file")
    if not stat.S_ISREG(found.st_mode):
        raise Broken("it is not a regular file")
    return target.read_bytes(), stat.S_IMODE(found.st_mode)


def write(file: TextFile, data: bytes | None) -> None:
    """Replace the file's bytes, or delete it (None), if it is still as it was read. Raises NotWritten.

    Links stay links: what they lead to is replaced. The mode stays. Only one run may write at a time.
    """
    try:
        if file.mode is not None and not (file.mode & 0o222 and os.access(file.target, os.W_OK)):
            raise NotWritten(f"{file.path} is read-only. Make it writable (chmod u+w) and run this again.")
        _unchanged(file)
        if data is None:
            file.target.unlink()
        else:
            file.target.parent.mkdir(parents=True, exist_ok=True)
            for left in file.target.parent.glob(f".{glob.escape(file.target.name)}.*.punie"):
                left.unlink()  # of a run that was killed
            _replace(file, data)
        sync_folder(file.target.parent)
    except OSError as error:
        raise NotWritten(f"{file.path} cannot be written: {error.strerror or error}. It is as it was.") from error


def write_new(path: Path, data: bytes) -> None:
    """Write a file of Punie's own, all or nothing; only the user can read it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = _beside(path, data, 0o600)
    beside.replace(path)
    sync_folder(path.parent)


def _replace(file: TextFile, data: bytes) -> None:
    beside = _beside(file.target, data, 0o644 if file.mode is None else file.mode)
    try:
        _unchanged(file)
        beside.replace(file.target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _beside(path: Path, data: bytes, mode: int) -> Path:
    """The bytes on disk, in a file beside `path`."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.punie")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        beside.chmod(mode)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return beside


def _unchanged(file: TextFile) -> None:
    if _bytes(file.target)[0] != file.data:
        raise NotWritten(f"{file.path} was changed by somebody else just now. It is as they left it; run this again.")
