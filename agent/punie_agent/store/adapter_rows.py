"""The statements about trained adapters: which there are, which one serves, and what came of their sessions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, Row, case, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from punie_agent.store.encoding import to_json
from punie_agent.store.tables import ADAPTER_OUTCOMES, ADAPTERS

AdapterState = Literal["ready", "trial", "promoted", "previous", "rolled_back"]
AdapterOutcome = Literal["accepted", "rejected", "failed"]


@dataclass(frozen=True)
class AdapterRow:
    """A trained adapter.

    Attributes:
        name: its name in the registry.
        base: the folder, or the name, of the model that it was trained on.
        path: the folder with its files.
        digest: of these files.
        run: the run that made it; empty when none did.
        parent: the adapter that its training went on from; empty for none.
        created: when, in seconds since 1970.
        state: `ready` was never promoted, `trial` has a share of the sessions, `promoted` serves the others,
            `previous` served before, `rolled_back` did and was taken back.
        share: the part of new sessions that one on trial gets, in percent.
        dataset: the dataset's hash.
        metrics: what was measured of it.
        versions: of the packages that it was trained with.
    """

    name: str
    base: str
    path: str
    digest: str = ""
    run: str = ""
    parent: str = ""
    created: float = 0.0
    state: AdapterState = "ready"
    share: int = 0
    dataset: str = ""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OutcomeCounts:
    """What came of the sessions that an adapter answered: proposals of edits, and turns that failed."""

    sessions: int = 0
    accepted: int = 0
    rejected: int = 0
    failed: int = 0


def add(connection: Connection, adapter: AdapterRow) -> bool:
    """Write a new adapter, promoted or not as its row says `ready`. False when there is one of its name."""
    if one(connection, adapter.name) is not None:
        return False
    names = ("name", "base", "path", "digest", "run", "parent", "created", "dataset")
    plain: dict[str, Any] = {name: getattr(adapter, name) for name in names}
    texts = {name: to_json(dict(getattr(adapter, name))) for name in ("metrics", "versions")}
    connection.execute(insert(ADAPTERS).values(**plain, **texts, state="ready", place=0, share=0))
    return True


def one(connection: Connection, name: str) -> AdapterRow | None:
    """An adapter by its name."""
    row = connection.execute(select(ADAPTERS).where(ADAPTERS.c.name == name)).first()
    return None if row is None else _row(row)


def every(connection: Connection) -> list[AdapterRow]:
    """All adapters, the last one first."""
    query = select(ADAPTERS).order_by(ADAPTERS.c.created.desc(), ADAPTERS.c.name)
    return [_row(row) for row in connection.execute(query)]


def promoted(connection: Connection) -> AdapterRow | None:
    """The one that serves."""
    return _first(connection, "promoted")


def on_trial(connection: Connection) -> AdapterRow | None:
    """The one that has a share of the sessions."""
    return _first(connection, "trial")


def before_promoted(connection: Connection) -> AdapterRow | None:
    """The one that served before the one that serves."""
    query = select(ADAPTERS).where(ADAPTERS.c.state == "previous").order_by(ADAPTERS.c.place.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else _row(row)


def promote(connection: Connection, name: str) -> None:
    """Let an adapter serve all sessions, and end what is on trial."""
    end_trial(connection)
    highest = connection.scalar(select(func.max(ADAPTERS.c.place))) or 0
    connection.execute(update(ADAPTERS).where(ADAPTERS.c.state == "promoted").values(state="previous"))
    connection.execute(_named(name).values(state="promoted", place=highest + 1))


def begin_trial(connection: Connection, name: str, share: int) -> None:
    """Give an adapter a share of the sessions; the one that was on trial has it no more."""
    end_trial(connection)
    connection.execute(_named(name).values(state="trial", share=share))


def end_trial(connection: Connection) -> None:
    """Give all sessions back to the one that serves."""
    state = case((ADAPTERS.c.place > 0, "previous"), else_="ready")
    connection.execute(update(ADAPTERS).where(ADAPTERS.c.state == "trial").values(state=state, share=0))


def take_back(connection: Connection) -> None:
    """Take the last promotion back: the one before serves again, or none."""
    connection.execute(update(ADAPTERS).where(ADAPTERS.c.state == "promoted").values(state="rolled_back", place=0))
    previous = before_promoted(connection)
    if previous is not None:
        connection.execute(_named(previous.name).values(state="promoted"))


def remove(connection: Connection, name: str) -> None:
    """Delete an adapter's row, and what came of its sessions."""
    connection.execute(delete(ADAPTERS).where(ADAPTERS.c.name == name))


def count_outcome(connection: Connection, adapter: str, session: str, outcome: AdapterOutcome) -> None:
    """Count one outcome; nothing for an adapter that is not, or no more, in the registry."""
    if one(connection, adapter) is None:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {"adapter": adapter, "session": session, "outcome": outcome, "number": 0}
    connection.execute(dialect.insert(ADAPTER_OUTCOMES).on_conflict_do_nothing(), [row])
    here = ADAPTER_OUTCOMES.c
    which = (here.adapter == adapter) & (here.session == session) & (here.outcome == outcome)
    connection.execute(update(ADAPTER_OUTCOMES).where(which).values(number=here.number + 1))


def outcomes(connection: Connection) -> dict[str, OutcomeCounts]:
    """What came of the sessions of each adapter that has any."""
    here = ADAPTER_OUTCOMES.c
    sums = select(here.adapter, here.outcome, func.sum(here.number)).group_by(here.adapter, here.outcome)
    found: dict[str, dict[str, int]] = {}
    for adapter, outcome, number in connection.execute(sums):
        found.setdefault(adapter, {})[outcome] = int(number)
    sessions = select(here.adapter, func.count(here.session.distinct())).group_by(here.adapter)
    numbers = {adapter: int(number) for adapter, number in connection.execute(sessions)}
    return {adapter: OutcomeCounts(numbers[adapter], **counts) for adapter, counts in found.items()}


def _named(name: str) -> Any:  # noqa: ANN401 - SQLAlchemy's `update` of a table, whose type it does not export
    return update(ADAPTERS).where(ADAPTERS.c.name == name)


def _first(connection: Connection, state: AdapterState) -> AdapterRow | None:
    row = connection.execute(select(ADAPTERS).where(ADAPTERS.c.state == state)).first()
    return None if row is None else _row(row)


def _row(row: Row[Any]) -> AdapterRow:
    return AdapterRow(
        name=row.name,
        base=row.base,
        path=row.path,
        digest=row.digest,
        run=row.run,
        parent=row.parent,
        created=row.created,
        state=row.state,
        share=row.share,
        dataset=row.dataset,
        metrics=json.loads(row.metrics),
        versions=json.loads(row.versions),
    )
