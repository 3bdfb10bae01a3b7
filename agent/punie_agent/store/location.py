"""Where sessions are kept, and connections to there."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from punie_agent.exceptions import StoreError, StoreUnavailable

STORE_VARIABLE = "PUNIE_STORE"
FILE_NAME = "punie.db"
BUSY_SECONDS = 5.0

_SQLITE_SUFFIXES = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Location:
    """A database. `path` is its file, None for a server."""

    url: URL
    path: Path | None

    def __str__(self) -> str:
        """For people; without a password."""
        return str(self.path) if self.path else self.url.render_as_string(hide_password=True)


def locate(setting: str | None = None) -> Location:
    """The place that PUNIE_STORE names, else the setting, else the user's data directory.

    Both may be an SQLAlchemy URL of SQLite or PostgreSQL, or the path of a file. Raises StoreError for anything else.
    """
    source = STORE_VARIABLE if os.environ.get(STORE_VARIABLE) else "The setting store"
    text = (os.environ.get(STORE_VARIABLE) or setting or "").strip()
    if not text:
        return _file(default_path())
    if "://" not in text:
        return _file(Path(text).expanduser())
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"{source} is no SQLAlchemy URL, for instance sqlite:////home/me/punie.db.") from error
    match url.get_backend_name():
        case "sqlite" if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
            return _file(Path(url.database))
        case "sqlite":
            raise StoreError(f"{source} must name a file: sqlite:////home/me/punie.db.")
        case "postgresql":
            # SQLAlchemy's default driver for it is an old one; and ours must not be asynchronous.
            other = url.drivername == "postgresql" or "async" in url.drivername
            return Location(url.set(drivername="postgresql+psycopg") if other else url, None)
        case other:
            raise StoreError(f"{source} names {other}; sessions are kept in SQLite or PostgreSQL.")


def default_path() -> Path:
    """The file in the user's data directory."""
    import platformdirs

    return platformdirs.user_data_path("punie") / FILE_NAME


def _file(path: Path) -> Location:
    path = path.absolute()
    return Location(URL.create("sqlite", database=str(path)), path)


def open_engine(location: Location, *, write: bool) -> Engine:
    """An engine whose every connection is new. Raises StoreUnavailable when the database's driver is missing."""
    try:
        if location.path is None:
            # What a reader sees is of one moment, as in SQLite.
            isolation = "READ COMMITTED" if write else "REPEATABLE READ"
            timeout = {"connect_timeout": int(BUSY_SECONDS)} if location.url.get_driver_name() != "pg8000" else {}
            return create_engine(location.url, poolclass=NullPool, isolation_level=isolation, connect_args=timeout)
        connect_args = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        engine = create_engine(location.url, poolclass=NullPool, connect_args=connect_args)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreUnavailable(
            f'There is no driver for {location}. Install one beside Punie: pip install "psycopg[binary]".'
        ) from error
    event.listen(engine, "connect", _prepare_sqlite)
    begin = "BEGIN IMMEDIATE" if write else "BEGIN"
    # Python's sqlite3 begins too late: another writer could come in between a transaction's reads and its writes.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401 - the driver's connection
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def prepare_file(path: Path) -> None:
    """Make the file and its folder, for the user alone, before SQLite makes it for all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path == default_path() and path.parent.stat().st_mode & 0o077:
        path.parent.chmod(0o700)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    mode = path.stat().st_mode
    if mode & 0o077:
        path.chmod(0o600)
    for other in files_of(path)[1:]:
        # SQLite gives them the file's mode when it makes them: read-only once, they would stay so.
        with contextlib.suppress(FileNotFoundError):
            if mode & 0o200 and not other.stat().st_mode & 0o200:
                other.chmod(0o600)


def identity(path: Path | None) -> tuple[int, int] | None:
    """Which file is there; None when there is none."""
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def files_of(path: Path) -> list[Path]:
    """A database's files: itself, and what SQLite keeps beside it."""
    return [path.with_name(path.name + suffix) for suffix in _SQLITE_SUFFIXES]
