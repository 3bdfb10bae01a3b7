"""The statements that read."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from punie_agent.events import Usage
from punie_agent.exceptions import UnknownSession
from punie_agent.store.encoding import read_events, read_messages
from punie_agent.store.leases import is_alive
from punie_agent.store.records import RememberedPermission, SessionSummary, StoredSession, StoredTurn
from punie_agent.store.tables import EVENTS, MESSAGES, PERMISSIONS, SESSIONS, TURNS
from punie_agent.store.writing import Numbers, last_message


def list_sessions(
    connection: Connection, project: str | None, search: str, limit: int | None, offset: int
) -> list[SessionSummary]:
    """Sessions, newest first."""
    query = select(SESSIONS).order_by(SESSIONS.c.updated.desc(), SESSIONS.c.id)
    if project is not None:
        query = query.where(SESSIONS.c.project == project)
    words = search.casefold().split()
    if not words:
        return [_summary(row) for row in connection.execute(query.limit(limit).offset(offset))]
    # Not in SQL: SQLite knows capitals of ASCII only.
    found = (row for row in connection.execute(query) if all(word in row.title.casefold() for word in words))
    last = None if limit is None else offset + limit
    return [_summary(row) for row in itertools.islice(found, offset, last)]


def find_session(connection: Connection, beginning: str) -> str:
    """The id that begins like this. Raises UnknownSession for none and for several."""
    query = select(SESSIONS.c.id).where(SESSIONS.c.id.startswith(beginning, autoescape=True))
    found = list(connection.scalars(query.order_by(SESSIONS.c.id).limit(6)))
    if beginning in found:
        return beginning
    match found:
        case []:
            raise UnknownSession(f"There is no session {beginning}. List them with: punie-ls sessions list --all")
        case [only] if beginning:
            return only
        case _:
            raise UnknownSession(f"Several sessions begin with {beginning!r}: {', '.join(found[:5])}. Say more of it.")


def load_summary(connection: Connection, session: str) -> SessionSummary:
    """A session's row. Raises UnknownSession."""
    row = connection.execute(select(SESSIONS).where(SESSIONS.c.id == session)).first()
    if row is None:
        raise UnknownSession(f"There is no session {session}.")
    return _summary(row)


def load_session(connection: Connection, session: str) -> tuple[StoredSession, Numbers]:
    """All of a session, and how far it has come. Raises UnknownSession."""
    summary = load_summary(connection, session)
    problems: list[str] = []
    events = select(EVENTS.c.json).where(EVENTS.c.session == session).order_by(EVENTS.c.number)
    turns = [_turn(connection, turn, events, problems) for turn in connection.execute(_turns(session))]
    query = select(MESSAGES.c.json).where(MESSAGES.c.session == session).order_by(MESSAGES.c.number)
    messages, unread = read_messages(connection.scalars(query))
    if unread:
        problems.append(f"Messages of the history that this version of Punie cannot read: {unread}.")
    numbers = Numbers(summary.turns, last_message(connection, session))
    return StoredSession(summary, turns, messages, problems), numbers


def remembered(connection: Connection, project: str) -> list[RememberedPermission]:
    """The answers that hold for a project, oldest first."""
    query = select(PERMISSIONS).where(PERMISSIONS.c.project == project)
    rows = connection.execute(query.order_by(PERMISSIONS.c.decided, PERMISSIONS.c.rule))
    return [RememberedPermission(row.project, row.rule, row.choice, row.decided) for row in rows]


def _turns(session: str) -> Select[Any]:
    return select(TURNS).where(TURNS.c.session == session).order_by(TURNS.c.number)


def _turn(connection: Connection, row: Row[Any], events: Select[Any], problems: list[str]) -> StoredTurn:
    found, unread = read_events(connection.scalars(events.where(EVENTS.c.turn == row.number)))
    if unread:
        problems.append(f"Events of turn {row.number} that this version of Punie cannot read: {unread}.")
    usage = Usage.model_validate_json(row.usage) if row.usage else None
    return StoredTurn(row.number, row.prompt, row.started, row.ended, row.reason, row.message, usage, found)


def _summary(row: Row[Any]) -> SessionSummary:
    state = row.state
    if state == "running" and not is_alive(row.owner, row.heartbeat):
        state = "interrupted"
    return SessionSummary(
        row.id, row.project, row.title, row.model, row.created, row.updated, row.turns, state, row.parent
    )
