"""The connection that writes: opened when needed, and again when the file is another one or damaged."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine

from punie_agent.store.faults import is_damage, is_lost, put_aside
from punie_agent.store.location import Location, identity, open_engine, prepare_file
from punie_agent.store.schema import check_version, migrate, version_of

logger = logging.getLogger(__name__)

Apply = Callable[[Connection], None]
Result = TypeVar("Result")


class Database:
    """One connection for one thread.

    Args:
        location: where.
        tell: gets a sentence of bad news about a database that had to be begun anew.
    """

    def __init__(self, location: Location, tell: Callable[[str], None]) -> None:
        self.location = location
        self._tell = tell
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._file: tuple[int, int] | None = None
        self._committing = False

    def transact(self, action: Callable[[Connection], Result], *, lasting: bool = True) -> Result:
        """Run an action in a transaction of its own.

        Args:
            action: what to do; may run twice, when the file turns out to be damaged and another one is begun, or when
                the server has ended the connection meanwhile.
            lasting: whether it must be there after a power failure too. (After a crash of the program it is anyway.)

        Raises whatever the database raises; then nothing was done, and the connection is closed.
        """
        used = self._connection is not None
        try:
            return self._transact(action, lasting=lasting)
        except Exception as error:
            damaged = self._file
            self.close()
            if used and is_lost(error) and not self._committing:
                # A server was started again, or somebody ended the connection: nothing was done, and a new one helps.
                return self._transact(action, lasting=lasting)
            if not is_damage(error):
                raise
            self.replace_damaged(damaged or identity(self.location.path))
            return self._transact(action, lasting=lasting)

    def replace_damaged(self, damaged: tuple[int, int] | None) -> None:
        """Put a damaged file aside, unless another process did it."""
        self.close()
        aside = put_aside(self.location, damaged)
        if aside is not None:
            self._tell(
                f"The sessions in {self.location} cannot be read, since the file is damaged. It was kept as {aside}, "
                "and a new one was begun."
            )

    def close(self) -> None:
        """Close the connection; the next transaction opens another."""
        if self._connection is not None:
            with contextlib.suppress(Exception):
                self._connection.close()
        self._connection = None
        self._file = None

    def _transact(self, action: Callable[[Connection], Result], *, lasting: bool) -> Result:
        connection = self._open()
        if self.location.path is not None:
            # An fsync for each commit takes 0.2 ms on a good disk and 20 on a slow one: only where it is needed.
            _pragma(connection, f"synchronous = {'FULL' if lasting else 'NORMAL'}")
        self._committing = False
        with connection.begin():
            result = action(connection)
            self._committing = True
        self._committing = False
        return result

    def _open(self) -> Connection:
        path = self.location.path
        if self._connection is not None and identity(path) == self._file:
            return self._connection
        lost = self._connection is not None and identity(path) is None
        self.close()
        if path is not None:
            prepare_file(path)
        if self._engine is None:
            self._engine = open_engine(self.location, write=True)
        connection = self._engine.connect()
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection, self._file = connection, identity(path)
        if lost:
            self._tell(f"{path} was deleted; a new one was begun. The sessions that it had are gone.")
        return connection

    def _prepare(self, connection: Connection) -> None:
        if self.location.path is not None:
            with connection.begin():
                check_version(version_of(connection), str(self.location))
            # Readers and one writer at a time do not wait for each other.
            _pragma(connection, "journal_mode = WAL")
        with connection.begin():
            migrate(connection, str(self.location))


def _pragma(connection: Connection, setting: str) -> None:
    """Set it on the driver's connection, since SQLAlchemy would begin a transaction first."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA {setting}")
