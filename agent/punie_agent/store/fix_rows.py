"""The statements about fixes: what was found out about problems, and what became of the fixes since."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from punie_agent.fix_traces import Decision, FixTrace
from punie_agent.redaction import Redactor
from punie_agent.store.encoding import to_json
from punie_agent.store.tables import FIXES

PAGE = 200


@dataclass(frozen=True)
class Which:
    """Fixes, by what is given.

    Attributes:
        run: those of this run.
        change: those that were applied with this transaction of the history.
    """

    run: str | None = None
    change: str | None = None

    def clause(self) -> ColumnElement[bool]:
        """As SQL."""
        found: list[ColumnElement[bool]] = [FIXES.c.outcome == "fixed"]
        if self.run is not None:
            found.append(FIXES.c.run == self.run)
        if self.change is not None:
            found.append(FIXES.c.change == self.change)
        return and_(*found)


def rows(traces: Sequence[FixTrace], redactor: Redactor) -> list[dict[str, object]]:
    """Traces as they are kept, without secrets."""
    found = []
    for trace in traces:
        plain = trace.model_dump(mode="json")
        names = ("id", "run", "session", "created", "outcome", "decision", "decided")
        found.append(
            {
                **{name: plain[name] for name in names},
                "project": trace.project,
                "change": trace.transaction,
                "json": to_json(redactor.json(plain)),
            }
        )
    return found


def insert(connection: Connection, kept: Sequence[dict[str, object]]) -> None:
    """Write traces."""
    if kept:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(dialect.insert(FIXES).on_conflict_do_nothing(), list(kept))


def decide(connection: Connection, which: Which, decision: Decision, change: str = "") -> int:
    """Say what became of fixes. Gives their number."""
    values: dict[str, object] = {"decision": decision, "decided": time.time()}
    if change:
        values["change"] = change
    return connection.execute(update(FIXES).where(which.clause()).values(**values)).rowcount


def prune(connection: Connection, before: float, project: str | None) -> int:
    """Delete old ones that belong to no session. Gives their number."""
    old = FIXES.c.session.is_(None) & (FIXES.c.created < before)
    if project is not None:
        old &= FIXES.c.project == project
    return connection.execute(delete(FIXES).where(old)).rowcount


def page(
    connection: Connection, project: str | None, session: str | None, after: tuple[float, str]
) -> list[tuple[float, str, str]]:
    """Some traces as lines of JSON, each with its time and id, oldest first, from after a time and id on."""
    created, last = after
    later = (FIXES.c.created > created) | ((FIXES.c.created == created) & (FIXES.c.id > last))
    query = select(FIXES).where(later).order_by(FIXES.c.created, FIXES.c.id).limit(PAGE)
    if project is not None:
        query = query.where(FIXES.c.project == project)
    if session is not None:
        query = query.where(FIXES.c.session == session)
    return list(_lines(connection.execute(query)))


def _lines(found: Iterator[Row]) -> Iterator[tuple[float, str, str]]:
    for row in found:
        plain = json.loads(row.json)
        plain |= {"decision": row.decision, "decided": row.decided, "transaction": row.change}
        yield row.created, row.id, to_json(plain)
