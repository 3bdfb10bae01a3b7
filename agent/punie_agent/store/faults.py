"""What goes wrong with a database, as one sentence for people; and a damaged file, put aside."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import time
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from punie_agent.exceptions import StoreError, StoreUnavailable
from punie_agent.store.location import STORE_VARIABLE, Location, files_of, identity

# SQLite's result codes, without their extensions.
_SENTENCES = {
    sqlite3.SQLITE_BUSY: "{where} is locked by another program. Close it if it hangs.",
    sqlite3.SQLITE_LOCKED: "{where} is locked by another program. Close it if it hangs.",
    sqlite3.SQLITE_FULL: "There is no room for {where}. Make room on the disk.",
    sqlite3.SQLITE_READONLY: "{where} cannot be written. Make the file and its folder writable, or set {variable}.",
    sqlite3.SQLITE_PERM: "{where} may not be opened. Make it readable and writable, or set {variable}.",
    sqlite3.SQLITE_AUTH: "{where} may not be opened. Make it readable and writable, or set {variable}.",
    sqlite3.SQLITE_CANTOPEN: "{where} cannot be opened. Make the file and its folder writable, or set {variable}.",
    sqlite3.SQLITE_IOERR: "The disk fails with {where}. Make room on it, look at its state, or set {variable}.",
}
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def explain(error: Exception, location: Location) -> StoreError:
    """An error of the database or the file system as the sentence that the user gets."""
    if isinstance(error, StoreError):
        return error
    code = sqlite_code(error)
    if code in _SENTENCES:
        return StoreUnavailable(_SENTENCES[code].format(where=location, variable=STORE_VARIABLE))
    if isinstance(error, OSError):
        if error.errno in _NO_ROOM:
            return StoreUnavailable(_SENTENCES[sqlite3.SQLITE_FULL].format(where=location))
        why = error.strerror or str(error)
        return StoreUnavailable(
            f"{location} cannot be opened: {why}. Make its folder writable, or set {STORE_VARIABLE}."
        )
    if isinstance(error, DBAPIError) and is_passing(error):
        return StoreUnavailable(
            f"The database {location} cannot be reached: {_first_line(error)} See whether the server runs, and whether "
            f"the address, the database, the user and the password are right in {STORE_VARIABLE} or the setting store."
        )
    if isinstance(error, DBAPIError):
        return StoreUnavailable(f"The database {location} does not answer as it should: {_first_line(error)}")
    return StoreError(f"The database {location} cannot be used: {_first_line(error)}")


def is_passing(error: Exception) -> bool:
    """Whether the whole database is out of reach, as opposed to one statement that it refuses."""
    if isinstance(error, OSError | StoreUnavailable):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = sqlite_code(error)
    if code is not None:
        return code in _SENTENCES or is_damage(error)
    return error.connection_invalidated or type(error).__name__ in ("OperationalError", "InterfaceError")


def is_lost(error: Exception) -> bool:
    """Whether the connection to a server has ended."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def is_damage(error: Exception) -> bool:
    """Whether the file is no database any more."""
    return sqlite_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def sqlite_code(error: Exception) -> int | None:
    """SQLite's result code; None for what is no error of SQLite's."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def put_aside(location: Location, damaged: tuple[int, int] | None) -> Path | None:
    """Rename a damaged database, so that a new one can be begun. Gives its new name.

    Several processes may find the same damage: only the file that was found damaged is moved, and None is given when
    another process did it.
    """
    path = location.path
    if path is None or damaged is None:
        return None
    with _one_at_a_time(path):
        if identity(path) != damaged:
            return None
        aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
        # What belongs to the file goes first: a new file must never be read with an old one's log.
        for old, new in reversed(list(zip(files_of(path), files_of(aside), strict=True))):
            with contextlib.suppress(FileNotFoundError):
                old.rename(new)
        return aside


@contextlib.contextmanager
def _one_at_a_time(path: Path):  # noqa: ANN202 - a generator for contextmanager
    try:
        import fcntl
    except ImportError:  # Windows: a file that is open cannot be renamed there anyway
        yield
        return
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _first_line(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    text = next(iter(str(cause).strip().splitlines()), type(cause).__name__)
    return text if isinstance(cause, SQLAlchemyError) or text.endswith(".") else f"{text}."
