"""The statements that write. Each may be done twice: it is not known of every failed commit what came of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from punie_agent.events import Choice, StopReason
from punie_agent.exceptions import SessionBusy, SessionChanged, UnknownSession
from punie_agent.store import fix_rows
from punie_agent.store.leases import is_alive, tell_owner
from punie_agent.store.tables import EVENTS, MESSAGES, PERMISSIONS, SESSIONS, TURNS

TITLE_CHARACTERS = 80


@dataclass(frozen=True)
class Beginning:
    """How a session began; its row is written from this again when somebody deleted it."""

    id: str
    project: str
    title: str
    model: str
    parent: str | None
    created: float


@dataclass(frozen=True)
class Turn:
    """How a turn began."""

    number: int
    prompt: str
    started: float


@dataclass(frozen=True)
class Numbers:
    """How far a session has come."""

    turn: int
    message: int


def insert_session(connection: Connection, new: Beginning) -> None:
    """Write a session's row."""
    _insert(
        connection,
        SESSIONS,
        [
            {
                "id": new.id,
                "project": new.project,
                "title": new.title,
                "model": new.model,
                "parent": new.parent,
                "created": new.created,
                "updated": new.created,
                "turns": 0,
                "state": "idle",
            }
        ],
    )


def progress(connection: Connection, session: str, known: Numbers | None) -> tuple[Beginning, Numbers]:
    """How a session began and how far it has come, for one who wants to go on with it.

    Args:
        connection: in a transaction.
        session: the session.
        known: how far this store knows it to be; None when it knows nothing of the session.

    Raises:
        UnknownSession: it is not there.
        SessionBusy: a turn of another process runs in it.
        SessionChanged: another process has gone on with it.
    """
    row = connection.execute(select(SESSIONS).where(SESSIONS.c.id == session).with_for_update()).first()
    if row is None:
        raise UnknownSession(f"There is no session {session} any more: it was deleted.")
    if row.state == "running" and is_alive(row.owner, row.heartbeat):
        raise busy(session, row.owner)
    numbers = Numbers(row.turns, last_message(connection, session))
    if known is not None and (numbers.turn > known.turn or numbers.message > known.message):
        raise SessionChanged(
            f"Session {session} went on in another Punie, to turn {row.turns}. Load it again to go on here."
        )
    return Beginning(row.id, row.project, row.title, row.model, row.parent, row.created), numbers


def last_message(connection: Connection, session: str) -> int:
    """The number of a session's last message."""
    return connection.scalar(select(func.max(MESSAGES.c.number)).where(MESSAGES.c.session == session)) or 0


def busy(session: str, owner: str) -> SessionBusy:
    """The error for a session that runs elsewhere."""
    return SessionBusy(
        f"A turn runs in session {session} already ({tell_owner(owner)}). Wait for its end or stop it there, "
        "or begin another session."
    )


def ensure_turn(connection: Connection, session: Beginning, turn: Turn) -> None:
    """Write the rows of a session and of one of its turns, unless they are there."""
    insert_session(connection, session)
    row = {"session": session.id, "number": turn.number, "prompt": turn.prompt, "started": turn.started, "message": ""}
    _insert(connection, TURNS, [row])
    behind = (SESSIONS.c.id == session.id) & (SESSIONS.c.turns < turn.number)
    connection.execute(update(SESSIONS).where(behind).values(turns=turn.number, updated=turn.started))
    untitled = (SESSIONS.c.id == session.id) & (SESSIONS.c.title == "")
    connection.execute(update(SESSIONS).where(untitled).values(title=title_of(turn.prompt)))


def begin_turn(connection: Connection, session: Beginning, turn: Turn, owner: str) -> None:
    """Write a turn's row, and who runs it."""
    ensure_turn(connection, session, turn)
    values = {"state": "running", "owner": owner, "heartbeat": time.time()}
    last = (SESSIONS.c.id == session.id) & (SESSIONS.c.turns == turn.number)
    connection.execute(update(SESSIONS).where(last).values(**values))


def insert_event(connection: Connection, session: str, turn: int, number: int, json: str) -> None:
    """Write an event."""
    _insert(connection, EVENTS, [{"session": session, "turn": turn, "number": number, "json": json}])


def insert_messages(
    connection: Connection, session: str, turn: int, first: int, texts: Sequence[str], owner: str
) -> None:
    """Write messages of the history, numbered from `first` on. Raises SessionBusy when another process took over."""
    holder = connection.scalar(select(SESSIONS.c.owner).where(SESSIONS.c.id == session))
    if holder not in (None, owner):
        raise busy(session, holder)
    rows = [{"session": session, "turn": turn, "number": first + i, "json": text} for i, text in enumerate(texts)]
    _insert(connection, MESSAGES, rows)


def end_turn(
    connection: Connection, session: str, turn: int, reason: StopReason, message: str, usage: str | None, ended: float
) -> None:
    """Write how a turn ended, and let go of the session."""
    here = (TURNS.c.session == session) & (TURNS.c.number == turn)
    values = {"ended": ended, "reason": reason, "message": message, "usage": usage}
    connection.execute(update(TURNS).where(here).values(**values))
    # Not when a later turn runs: a write that was kept for long comes late.
    same = (SESSIONS.c.id == session) & (SESSIONS.c.turns == turn)
    idle = {"state": "idle", "owner": None, "heartbeat": None, "updated": ended}
    connection.execute(update(SESSIONS).where(same).values(**idle))


def set_updated(connection: Connection, session: str, updated: float) -> None:
    """Say when something happened last."""
    connection.execute(update(SESSIONS).where(SESSIONS.c.id == session).values(updated=updated))


def keep_leases(connection: Connection, owner: str) -> None:
    """Say that the owner is still there."""
    connection.execute(update(SESSIONS).where(SESSIONS.c.owner == owner).values(heartbeat=time.time()))


def release_leases(connection: Connection, owner: str) -> None:
    """Let go of all sessions; what ran in them was interrupted."""
    connection.execute(update(SESSIONS).where(SESSIONS.c.owner == owner).values(owner=None, heartbeat=None))


def rename_session(connection: Connection, session: str, title: str) -> None:
    """Give a session a title. Raises UnknownSession."""
    if not connection.execute(update(SESSIONS).where(SESSIONS.c.id == session).values(title=title)).rowcount:
        raise UnknownSession(f"There is no session {session}.")


def delete_session(connection: Connection, session: str) -> None:
    """Delete all of a session. Raises UnknownSession or SessionBusy."""
    query = select(SESSIONS.c.state, SESSIONS.c.owner, SESSIONS.c.heartbeat).where(SESSIONS.c.id == session)
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise UnknownSession(f"There is no session {session}.")
    if row.state == "running" and is_alive(row.owner, row.heartbeat):
        raise busy(session, row.owner)
    connection.execute(delete(SESSIONS).where(SESSIONS.c.id == session))


def fork_session(connection: Connection, session: str, new: Beginning, turns: int) -> None:
    """Copy the first turns of a session into a new one."""
    insert_session(connection, new)
    for table, turn in ((TURNS, "number"), (EVENTS, "turn"), (MESSAGES, "turn")):
        names = [column.name for column in table.columns]
        columns = [literal(new.id) if name == "session" else table.c[name] for name in names]
        rows = select(*columns).where(table.c.session == session, table.c[turn] <= turns)
        connection.execute(insert(table).from_select(names, rows))
    connection.execute(update(SESSIONS).where(SESSIONS.c.id == new.id).values(turns=turns))


def prune_sessions(connection: Connection, before: float, project: str | None) -> int:
    """Delete the sessions that nothing happened in since then, and in which no turn runs. Gives their number."""
    query = select(SESSIONS.c.id, SESSIONS.c.state, SESSIONS.c.owner, SESSIONS.c.heartbeat)
    query = query.where(SESSIONS.c.updated < before)
    if project is not None:
        query = query.where(SESSIONS.c.project == project)
    rows = connection.execute(query.with_for_update()).all()
    ended = [row.id for row in rows if not (row.state == "running" and is_alive(row.owner, row.heartbeat))]
    for session in ended:
        connection.execute(delete(SESSIONS).where(SESSIONS.c.id == session))
    fix_rows.prune(connection, before, project)
    return len(ended)


def remember(connection: Connection, project: str, rule: str, choice: Choice) -> None:
    """Write an answer that holds for a project; a new one replaces it."""
    forget(connection, project, rule)
    row = {"project": project, "rule": rule, "choice": choice, "decided": time.time()}
    _insert(connection, PERMISSIONS, [row])


def forget(connection: Connection, project: str, rule: str | None) -> int:
    """Delete one answer, or all of a project. Gives their number."""
    which = PERMISSIONS.c.project == project
    if rule is not None:
        which &= PERMISSIONS.c.rule == rule
    return connection.execute(delete(PERMISSIONS).where(which)).rowcount


def title_of(prompt: str) -> str:
    """A title for a session: the first line of its first prompt, cut at a word."""
    line = " ".join(next((line for line in prompt.splitlines() if line.strip()), "").split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    cut = line[: TITLE_CHARACTERS - 1]
    return (cut.rpartition(" ")[0] if " " in cut[TITLE_CHARACTERS // 2 :] else cut) + "…"


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))
