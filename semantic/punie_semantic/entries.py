"""The journal's entries: what they hold, and their form on disk.

A file has a short head, which lists read alone, the contents of all files, compressed, and a checksum.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from pathlib import Path
from typing import Literal

import msgspec

_MAGIC = b"PUNIE-J1"
_LENGTH = struct.Struct(">I")
_DIGEST_BYTES = 16


class Content(msgspec.Struct, frozen=True):
    """A file as it is on disk: its bytes and mode; of a symlink the target. A mode of None is up to the umask."""

    data: bytes
    mode: int | None = None
    link: bool = False


class Step(msgspec.Struct, frozen=True):
    """One path of a transaction: what is there before and after; None when there is nothing.

    Attributes:
        path: relative to the project, as the system encodes it.
        before: the old content.
        after: the new one.
        temporary: the name of the file beside it in which the new content is prepared.
    """

    path: bytes
    before: Content | None
    after: Content | None
    temporary: str = ""

    def under(self, root: Path) -> Path:
        """The path itself."""
        return root / os.fsdecode(self.path)


class FileHead(msgspec.Struct, frozen=True):
    """One file of a transaction, as people see it; a renamed one has two steps, the old path's first."""

    file: str
    kind: Literal["edit", "create", "delete", "rename"]
    old_file: str = ""
    added: int = 0
    removed: int = 0
    steps: tuple[int, ...] = ()


class Head(msgspec.Struct, frozen=True):
    """What a transaction is, without the files' contents.

    Attributes:
        title: what it was for.
        files: the files.
        id: its name for people and programs.
        number: its place in the journal.
        created: seconds since the epoch.
        folders: relative folders that it makes, outermost first, as the system encodes them.
        empties: relative folders that it removes at the end if they are empty.
        undoes: the transaction that it takes back; empty for an edit.
        partial: it takes back only some files or hunks.
        editor: the editor applied it; the contents are texts in UTF-8, without a file's mark.
    """

    title: str
    files: tuple[FileHead, ...]
    id: str = ""
    number: int = 0
    created: float = 0.0
    folders: tuple[bytes, ...] = ()
    empties: tuple[bytes, ...] = ()
    undoes: str = ""
    partial: bool = False
    editor: bool = False


class Entry(msgspec.Struct, frozen=True):
    """A transaction with its contents."""

    head: Head
    steps: tuple[Step, ...]


def write_entry(path: Path, entry: Entry) -> None:
    """Write an entry, flushed; there is a whole one or none. Raises OSError."""
    head = msgspec.msgpack.encode(entry.head)
    body = zlib.compress(msgspec.msgpack.encode(entry.steps), 1)
    data = _MAGIC + _LENGTH.pack(len(head)) + head + body
    new = path.with_suffix(".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data + _digest(data))
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def read_head(path: Path) -> Head:
    """The head alone. Raises OSError or ValueError."""
    with path.open("rb") as stream:
        start = stream.read(len(_MAGIC) + _LENGTH.size)
        return msgspec.msgpack.decode(stream.read(_head_length(start)), type=Head)


def read_entry(path: Path) -> Entry:
    """All of it. Raises OSError or ValueError."""
    data = path.read_bytes()
    data, digest = data[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
    if _digest(data) != digest:
        raise ValueError("it is damaged")
    start = len(_MAGIC) + _LENGTH.size
    end = start + _head_length(data[:start])
    try:
        steps = msgspec.msgpack.decode(zlib.decompress(data[end:]), type=tuple[Step, ...])
    except zlib.error as error:
        raise ValueError(str(error)) from error
    return Entry(msgspec.msgpack.decode(data[start:end], type=Head), steps)


def _head_length(start: bytes) -> int:
    if len(start) != len(_MAGIC) + _LENGTH.size or not start.startswith(_MAGIC):
        raise ValueError("it is no entry of this version")
    return _LENGTH.unpack(start[len(_MAGIC) :])[0]


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest()
