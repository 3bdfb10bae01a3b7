"""The statements about runs of training: each is written when it begins, and again whenever it has come further."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import postgresql, sqlite

from punie_agent.store.encoding import to_json
from punie_agent.store.tables import RUNS


@dataclass(frozen=True)
class RunRow:
    """A run of training. Times are seconds since 1970.

    Attributes:
        id: its name.
        state: how far it has come, in the words of whoever runs it.
        folder: where its files are.
        config: what it was told to do.
        dataset: the dataset's hash.
        seed: of all its chances.
        versions: of the packages it ran with.
        metrics: what was measured.
        started: when it began first.
        ended: when it came to its end; None while it runs, and for good when it was interrupted.
    """

    id: str
    state: str
    folder: str
    config: Mapping[str, Any] = field(default_factory=dict)
    dataset: str = ""
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    started: float = 0.0
    ended: float | None = None


def save(connection: Connection, run: RunRow) -> None:
    """Write a run; one with its id is replaced."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    plain = _plain(run)
    statement = dialect.insert(RUNS).values(**plain)
    rest = {key: value for key, value in plain.items() if key != "id"}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=rest))


def one(connection: Connection, run: str) -> RunRow | None:
    """A run by its id."""
    row = connection.execute(select(RUNS).where(RUNS.c.id == run)).first()
    return None if row is None else _row(row)


def every(connection: Connection) -> list[RunRow]:
    """All runs, the last one first."""
    return [_row(row) for row in connection.execute(select(RUNS).order_by(RUNS.c.started.desc(), RUNS.c.id))]


def _plain(run: RunRow) -> dict[str, Any]:
    texts = {name: to_json(dict(getattr(run, name))) for name in ("config", "versions", "metrics")}
    names = ("id", "state", "folder", "dataset", "seed", "started", "ended")
    return {**{name: getattr(run, name) for name in names}, **texts}


def _row(row: Row[Any]) -> RunRow:
    return RunRow(
        id=row.id,
        state=row.state,
        folder=row.folder,
        config=json.loads(row.config),
        dataset=row.dataset,
        seed=row.seed,
        versions=json.loads(row.versions),
        metrics=json.loads(row.metrics),
        started=row.started,
        ended=row.ended,
    )
