"""What Punie wrote into editors' configurations, kept in the user's state directory so that it can be taken back.

One JSON file for each editor, and copies of the files as they were before. A write is on record before it happens
(`pending`), and is told from one that never happened by the file's bytes.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from punie_ls.init.exceptions import InitError, NotWritten
from punie_ls.init.targets import Change, Kind
from punie_ls.init.text_file import TextFile, write_new
from punie_semantic.file_locks import lock_file
from punie_semantic.journal import state_folder

LOCK_SECONDS = 10.0


@dataclass(frozen=True)
class Written:
    """What was written into one file.

    `before` and `after` are digests; `before` is None if Punie made the file. `backup` is the copy of the file before.
    `exact` says that all between the two is Punie's. `folders` were made for the file, the innermost first.
    """

    path: str
    kind: Kind
    before: str | None
    after: str
    backup: str | None
    exact: bool
    changes: tuple[Change, ...]
    folders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """What was written for one editor, by file; and what is about to be written."""

    done: dict[str, Written]
    pending: dict[str, Written]


def folder() -> Path:
    """Where records and copies are."""
    return state_folder() / "init"


def load(editor: str) -> Record:
    """What was written for an editor. Raises InitError when the record cannot be read."""
    path = folder() / f"{editor}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except (FileNotFoundError, NotADirectoryError):
        return Record({}, {})
    except (OSError, msgspec.DecodeError) as error:
        raise InitError(
            f"{path}, which says what was written before, cannot be read ({error}). Move it away."
        ) from error


def settled(record: Record, file: TextFile) -> Written | None:
    """What was written into a file, all things considered: a pending write counts, unless the file is as before it."""
    name = str(file.path)
    done, pending = record.done.get(name), record.pending.get(name)
    if pending is None or file.digest == pending.before or (done is not None and file.digest == done.after):
        return done
    return pending


def following(earlier: Written | None, later: Written) -> Written:
    """Two writes into one file as one: what is taken back is all of it."""
    if earlier is None:
        return later
    changes = later.changes if later.kind == "file" else _joined(earlier.changes, later.changes)
    exact = earlier.exact and later.before == earlier.after
    return replace(
        later,
        before=earlier.before,
        backup=earlier.backup,
        exact=exact,
        changes=changes,
        folders=(*later.folders, *earlier.folders),
    )


def save(editor: str, record: Record) -> None:
    """Keep a record; an empty one is removed. Raises NotWritten."""
    path = folder() / f"{editor}.json"
    try:
        if not record.done and not record.pending:
            path.unlink(missing_ok=True)
            return
        write_new(path, msgspec.json.format(msgspec.json.encode(record)))
    except OSError as error:
        raise NotWritten(f"{path} cannot be written ({error.strerror}), so nothing was.") from error


def back_up(editor: str, file: TextFile) -> str | None:
    """A copy of a file as it is; None if there is none. Raises NotWritten."""
    if file.data is None:
        return None
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = folder() / "backups" / f"{editor}-{stamp}-{str(file.digest)[:8]}-{file.path.name}"
    try:
        write_new(path, file.data)
    except OSError as error:
        raise NotWritten(
            f"{file.path} cannot be copied to {path} ({error.strerror}), so nothing was written."
        ) from error
    return str(path)


@contextlib.contextmanager
def locked() -> Generator[None]:
    """Keep other runs out. Raises NotWritten when one does not end."""
    try:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder() / "lock", os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise NotWritten(f"{folder()} cannot be written ({error.strerror}), so nothing was.") from error
    try:
        if not lock_file(handle, LOCK_SECONDS):
            raise NotWritten("Another `punie-ls init` is writing. Nothing was written; try again.")
        yield
    finally:
        os.close(handle)  # which lets go of the lock, as the end of the process does


def _joined(earlier: tuple[Change, ...], later: tuple[Change, ...]) -> tuple[Change, ...]:
    """Changes by place: the first `before`, the last `after`."""
    joined = {(c.path, c.after if not c.path else ""): c for c in earlier}
    for change in later:
        key = (change.path, change.after if not change.path else "")
        first = joined.get(key)
        follows = first is not None and first.path and change.before is not None
        joined[key] = replace(change, before=first.before, depth=first.depth) if first and follows else change
    return tuple(joined.values())
