"""Reading, in a thread of its own: it does not wait for what is being written."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from punie_agent.exceptions import AgentError, StoreUnavailable
from punie_agent.store.faults import explain, is_damage
from punie_agent.store.location import Location, identity, open_engine
from punie_agent.store.schema import MIGRATIONS, check_version, version_of

Result = TypeVar("Result")


class OldTables(AgentError):
    """The tables must be brought to the newest version first."""


class Damaged(StoreUnavailable):
    """The file is damaged; `file` says which one it was."""

    def __init__(self, message: str, file: tuple[int, int] | None) -> None:
        super().__init__(message)
        self.file = file


class Reader:
    """Transactions that only read, one after the other, each on a connection of its own."""

    def __init__(self, location: Location) -> None:
        self._location = location
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="punie-store-read")
        self._engine: Engine | None = None

    def read(self, action: Callable[[Connection], Result], missing: Callable[[], Result]) -> Future[Result]:
        """Read something.

        Args:
            action: what to read; all that it reads is of one moment.
            missing: gives the answer when there is no database yet. None is made.

        The future raises StoreError, Damaged and OldTables among them.
        """
        return self._executor.submit(self._read, action, missing)

    def close(self) -> None:
        """Let go of the thread."""
        self._executor.shutdown(wait=False)

    def _read(self, action: Callable[[Connection], Any], missing: Callable[[], Any]) -> Any:  # noqa: ANN401 - see read
        path = self._location.path
        file = identity(path)
        if path is not None and (file is None or path.stat().st_size == 0):
            return missing()
        try:
            if self._engine is None:
                self._engine = open_engine(self._location, write=False)
            with self._engine.connect() as connection, connection.begin():
                version = version_of(connection)
                check_version(version, str(self._location))
                if version < len(MIGRATIONS):
                    raise OldTables(f"The tables in {self._location} are older.")
                return action(connection)
        except AgentError:
            raise
        except Exception as error:
            if is_damage(error):
                raise Damaged(f"{self._location} is damaged, and was put aside.", file) from error
            raise explain(error, self._location) from error
