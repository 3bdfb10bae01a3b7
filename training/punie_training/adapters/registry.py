"""The registry: adapters with their lineage, which one serves, and the runs that made them.

with open_registry() as registry:
    registry.add(AdapterRecord(name="punie-1", base=str(base), path=run / "adapter", metrics=metrics))
    registry.promote("punie-1")

Files come first and are compared by their hash; what is written of them is one transaction. All methods raise
StoreError when the store cannot be used.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from punie_agent.store.adapter_rows import AdapterRow
from punie_agent.store.training_store import TrainingStore, open_training_store
from punie_training import places
from punie_training.adapters.files import check_base, check_digest, check_files, copy_whole, digest_of
from punie_training.adapters.records import AdapterRecord, Outcomes, RunRecord, record_of, row_of
from punie_training.exceptions import AdapterError, RunError

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?")
_LIST = "List them with: punie-ls adapters list"


class Registry:
    """The registry of one store. Use `open_registry`."""

    def __init__(self, store: TrainingStore) -> None:
        self._store = store

    def add(self, record: AdapterRecord) -> AdapterRecord:
        """Take an adapter in; it serves nobody before it is promoted. Gives it as it is kept.

        Its files are copied into the registry's folder, unless they are there already.

        Raises AdapterError: the name is taken or unusable, files are missing or damaged, or it is for another base.
        """
        if not _NAME.fullmatch(record.name):
            raise AdapterError(
                f"An adapter cannot be called {record.name!r}: a name has letters, digits, dots, dashes and "
                "underscores, and at most 64 of them."
            )
        if self._store.adapter(record.name) is not None:
            raise _taken(record.name)
        source, target = Path(record.path).expanduser().resolve(), (places.adapters() / record.name).resolve()
        base = Path(record.base).expanduser().resolve()
        check_files(source, record.name)
        check_base(source, record.name, base)
        if source != target:
            copy_whole(source, target)
        kept = replace(
            record,
            base=str(base),
            path=str(target),
            created=record.created or time.time(),
            state="ready",
            share=0,
            digest=digest_of(target, record.name),
        )
        if not self._store.add_adapter(row_of(kept)):
            raise _taken(record.name)
        return kept

    def get(self, name: str) -> AdapterRecord:
        """An adapter by its name. Raises AdapterError with those that there are."""
        row = self._store.adapter(name)
        if row is None:
            raise self._unknown(name)
        return record_of(row)

    def all(self) -> list[AdapterRecord]:
        """All adapters, the last one first."""
        return [record_of(row) for row in self._store.adapters()]

    def promoted(self) -> AdapterRecord | None:
        """The one that serves; None before any was promoted, and after all were rolled back."""
        row, _ = self._store.serving()
        return record_of(row) if row else None

    def on_trial(self) -> AdapterRecord | None:
        """The one that has a share of the sessions."""
        _, row = self._store.serving()
        return record_of(row) if row else None

    def promote(self, name: str, share: int | None = None) -> AdapterRecord:
        """Let an adapter serve, all sessions or a share of the new ones. Gives it as it is then.

        Args:
            name: which one.
            share: in percent; None for all sessions, 0 ends the trial.

        Raises AdapterError: there is none of this name, its files are not what was added, its base is not the one it
        was trained on, or nothing is promoted that would serve the other sessions. Then all stays as it was.
        """
        if share == 0:
            return self._end_trial(name)
        if share is not None and not 0 < share < 100:
            raise AdapterError(f"A share is between 1 and 99 percent, not {share}. Without one it serves all sessions.")
        if share is None:
            row = self._store.promote(name, _check_serves)
        else:
            self._check_trial(name)
            row = self._store.begin_trial(name, share, _check_serves)
        if row is None:
            raise self._unknown(name)
        return record_of(row)

    def rollback(self) -> AdapterRecord | None:
        """Take the last change back: a trial ends, else the adapter that served before serves again.

        Gives the promoted one; None when none is any more. Raises AdapterError when nothing is promoted, or when the
        files of the one before are not what they were; then all stays as it was.
        """
        if self._store.end_trial() is None:
            before, _ = self._store.take_back(_check_serves)
            if before is None:
                raise AdapterError(f"No adapter is promoted, so there is nothing to roll back. {_LIST}")
        return self.promoted()

    def remove(self, name: str) -> AdapterRecord:
        """Delete an adapter with its files and what came of its sessions. Gives it as it was.

        Raises AdapterError for one that serves, and for one that is not there.
        """
        row = self._store.remove_adapter(name, _check_idle)
        if row is None:
            raise self._unknown(name)
        folder = Path(row.path)
        if folder.resolve().parent == places.adapters().resolve():
            shutil.rmtree(folder, ignore_errors=True)
        return record_of(row)

    def outcomes(self) -> dict[str, Outcomes]:
        """What came of the sessions of each adapter that has any, by its name."""
        return self._store.outcomes()

    def save_run(self, run: RunRecord) -> None:
        """Write a run; one with its id is replaced."""
        self._store.save_run(run)

    def run(self, run: str) -> RunRecord:
        """A run by its id. Raises RunError."""
        found = self._store.run(run)
        if found is None:
            raise RunError(f"There is no run {run}.")
        return found

    def runs(self) -> Sequence[RunRecord]:
        """All runs, the last one first."""
        return self._store.runs()

    def _end_trial(self, name: str) -> AdapterRecord:
        if self.get(name).state != "trial":
            raise AdapterError(f"The adapter {name} is not on trial, so it has no share of the sessions. {_LIST}")
        self._store.end_trial()
        return self.get(name)

    def _check_trial(self, name: str) -> None:
        promoted, _ = self._store.serving()
        if promoted is None:
            raise AdapterError(
                "Nothing is promoted that would serve the other sessions. Let it serve all: "
                f"punie-ls adapters promote {name}"
            )
        if promoted.name == name:
            raise AdapterError(f"The adapter {name} is promoted: it serves all sessions already.")

    def _unknown(self, name: str) -> AdapterError:
        names = [row.name for row in self._store.adapters()]
        there = f"there are {', '.join(names[:8])}" if names else "none was trained yet"
        return AdapterError(f"There is no adapter {name!r}, {there}. {_LIST}")


@contextmanager
def open_registry(
    store: str | None = None, *, tell: Callable[[str], None] = lambda sentence: None
) -> Generator[Registry]:
    """The registry in the store that a setting names; PUNIE_STORE wins over it.

    Args:
        store: as in `Settings.store`; None for the user's own.
        tell: gets a sentence of bad news about a store that had to be begun anew.

    Raises StoreError when the setting names no place.
    """
    with open_training_store(store, tell) as opened:
        yield Registry(opened)


def _check_serves(row: AdapterRow) -> None:
    """See that an adapter can serve. Raises AdapterError."""
    check_digest(Path(row.path), row.name, row.digest)
    check_base(Path(row.path), row.name, Path(row.base))


def _check_idle(row: AdapterRow) -> None:
    """See that an adapter serves nobody. Raises AdapterError."""
    if row.state == "promoted":
        raise AdapterError(
            f"The adapter {row.name} is promoted, so it is not removed. Promote another one first, or take it back: "
            "punie-ls adapters rollback"
        )
    if row.state == "trial":
        raise AdapterError(
            f"The adapter {row.name} is on trial, so it is not removed. End that first: "
            f"punie-ls adapters promote {row.name} --share 0"
        )


def _taken(name: str) -> AdapterError:
    return AdapterError(f"There is an adapter {name} already. Choose another name, or remove it first. {_LIST}")
