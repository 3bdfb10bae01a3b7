"""The store for programs without an event loop: runs of training and adapters, each step a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from punie_agent.store import adapter_rows, run_rows
from punie_agent.store.adapter_rows import AdapterRow, OutcomeCounts
from punie_agent.store.database import Database
from punie_agent.store.faults import explain
from punie_agent.store.location import Location, identity, locate
from punie_agent.store.run_rows import RunRow

Result = TypeVar("Result")
# Looks at what a step is about to change; whatever it raises leaves all as it was.
Check = Callable[[AdapterRow], None]


class TrainingStore:
    """A store, for one thread. Use `open_training_store`. All methods raise StoreError.

    Reading makes no store: where there is none yet, there are no runs and no adapters.
    """

    def __init__(self, location: Location, tell: Callable[[str], None]) -> None:
        self.location = location
        self._database = Database(location, tell)

    def save_run(self, run: RunRow) -> None:
        """Write a run; one with its id is replaced."""
        self._transact(lambda c: run_rows.save(c, run))

    def run(self, name: str) -> RunRow | None:
        """A run by its id."""
        return self._read(lambda c: run_rows.one(c, name), lambda: None)

    def runs(self) -> list[RunRow]:
        """All runs, the last one first."""
        return self._read(run_rows.every, list)

    def add_adapter(self, adapter: AdapterRow) -> bool:
        """Write a new adapter that serves nobody yet. False when there is one of its name."""
        return self._transact(lambda c: adapter_rows.add(c, adapter))

    def adapter(self, name: str) -> AdapterRow | None:
        """An adapter by its name."""
        return self._read(lambda c: adapter_rows.one(c, name), lambda: None)

    def adapters(self) -> list[AdapterRow]:
        """All adapters, the last one first."""
        return self._read(adapter_rows.every, list)

    def serving(self) -> tuple[AdapterRow | None, AdapterRow | None]:
        """The promoted adapter, and the one on trial, as of one moment."""
        return self._read(lambda c: (adapter_rows.promoted(c), adapter_rows.on_trial(c)), lambda: (None, None))

    def outcomes(self) -> dict[str, OutcomeCounts]:
        """What came of the sessions of each adapter that has any."""
        return self._read(adapter_rows.outcomes, dict)

    def promote(self, name: str, check: Check) -> AdapterRow | None:
        """Let an adapter serve all sessions, when the check lets it. Gives it as it is then; None if unknown."""
        return self._change(name, check, adapter_rows.promote)

    def begin_trial(self, name: str, share: int, check: Check) -> AdapterRow | None:
        """Give an adapter a share of the sessions, when the check lets it. Gives it as it is then, as `promote`."""
        return self._change(name, check, lambda c, name: adapter_rows.begin_trial(c, name, share))

    def end_trial(self) -> AdapterRow | None:
        """Give all sessions back to the promoted one. Gives the one that was on trial."""

        def action(connection: Connection) -> AdapterRow | None:
            trial = adapter_rows.on_trial(connection)
            adapter_rows.end_trial(connection)
            return trial

        return self._transact(action)

    def take_back(self, check: Check) -> tuple[AdapterRow | None, AdapterRow | None]:
        """Let the one serve that served before, or none. Gives what served, and what serves then; the check sees it."""

        def action(connection: Connection) -> tuple[AdapterRow | None, AdapterRow | None]:
            before = adapter_rows.promoted(connection)
            if before is not None:
                previous = adapter_rows.before_promoted(connection)
                if previous is not None:
                    check(previous)
                adapter_rows.take_back(connection)
            return before, adapter_rows.promoted(connection)

        return self._transact(action)

    def remove_adapter(self, name: str, check: Check) -> AdapterRow | None:
        """Forget an adapter, when the check lets it. Gives it as it was; None for none of its name."""

        def action(connection: Connection) -> AdapterRow | None:
            row = adapter_rows.one(connection, name)
            if row is not None:
                check(row)
                adapter_rows.remove(connection, name)
            return row

        return self._transact(action)

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _change(self, name: str, check: Check, change: Callable[[Connection, str], None]) -> AdapterRow | None:
        def action(connection: Connection) -> AdapterRow | None:
            row = adapter_rows.one(connection, name)
            if row is None:
                return None
            check(row)
            change(connection, name)
            return adapter_rows.one(connection, name)

        return self._transact(action)

    def _transact(self, action: Callable[[Connection], Result]) -> Result:
        """All of it or nothing; it may run twice, when a damaged store was begun anew or a server hung up."""
        try:
            return self._database.transact(action)
        except (SQLAlchemyError, OSError) as error:
            raise explain(error, self.location) from error

    def _read(self, action: Callable[[Connection], Result], missing: Callable[[], Result]) -> Result:
        path = self.location.path
        return missing() if path is not None and identity(path) is None else self._transact(action)


@contextmanager
def open_training_store(
    setting: str | None = None, tell: Callable[[str], None] = lambda sentence: None
) -> Generator[TrainingStore]:
    """The store that a setting names, as in `Settings.store`; PUNIE_STORE wins over it.

    Args:
        setting: an SQLAlchemy URL or a path.
        tell: gets a sentence of bad news about a store that had to be begun anew.

    Raises StoreError when the setting names no place.
    """
    store = TrainingStore(locate(setting), tell)
    try:
        yield store
    finally:
        store.close()
