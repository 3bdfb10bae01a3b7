"""A session as JSON, for other machines and other programs, and back.

The form: {"format": "punie-session", "version": 1, "id", "project", "title", "model", "parent", "created", "updated",
"turns": [{"number", "prompt", "started", "ended", "reason", "message", "usage", "events": [...]}],
"messages": [{"turn", "message"}]}. Events are those of `punie_agent.events`, messages those of pydantic-ai. Both are
kept raw: what this version cannot read survives the way.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection, select

from punie_agent.events import StopReason, Usage
from punie_agent.exceptions import StoreError
from punie_agent.redaction import Redactor
from punie_agent.store import reading, writing
from punie_agent.store.encoding import redact_message, to_json
from punie_agent.store.tables import EVENTS, MESSAGES, SESSIONS, TURNS
from punie_agent.store.writing import Beginning, Turn


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ExportedTurn(_Record):
    """A turn, as in the store."""

    number: int
    prompt: str
    started: float
    ended: float | None = None
    reason: StopReason | None = None
    message: str = ""
    usage: Usage | None = None
    events: list[dict[str, Any]] = []


class ExportedMessage(_Record):
    """A message of the history, and the turn that it belongs to."""

    turn: int
    message: dict[str, Any]


class ExportedSession(_Record):
    """A whole session."""

    format: Literal["punie-session"]
    version: Literal[1]
    id: str
    project: str
    title: str
    model: str
    parent: str | None = None
    created: float
    updated: float
    turns: list[ExportedTurn]
    messages: list[ExportedMessage]


def write_session(connection: Connection, session: str) -> str:
    """All of a session. Raises UnknownSession."""
    summary = reading.load_summary(connection, session)
    turns = []
    for row in connection.execute(select(TURNS).where(TURNS.c.session == session).order_by(TURNS.c.number)):
        here = (EVENTS.c.session == session) & (EVENTS.c.turn == row.number)
        events = connection.scalars(select(EVENTS.c.json).where(here).order_by(EVENTS.c.number))
        fields = {name: getattr(row, name) for name in ("number", "prompt", "started", "ended", "reason", "message")}
        usage = json.loads(row.usage) if row.usage else None
        turns.append(fields | {"usage": usage, "events": [json.loads(text) for text in events]})
    query = select(MESSAGES).where(MESSAGES.c.session == session).order_by(MESSAGES.c.number)
    exported = {
        "format": "punie-session",
        "version": 1,
        **{
            name: getattr(summary, name) for name in ("id", "project", "title", "model", "parent", "created", "updated")
        },
        "turns": turns,
        "messages": [{"turn": row.turn, "message": json.loads(row.json)} for row in connection.execute(query)],
    }
    return json.dumps(exported, ensure_ascii=False, indent=2) + "\n"


def parse_session(text: str, redactor: Redactor) -> ExportedSession:
    """An exported session, redacted. Raises StoreError for anything else."""
    try:
        plain = json.loads(text)
        messages = plain.pop("messages")
        redacted = redactor.json(plain)
        redacted["id"] = plain["id"]
        redacted["messages"] = [m | {"message": redact_message(m["message"], redactor)} for m in messages]
        exported = ExportedSession.model_validate(redacted)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StoreError(f"This is no session that Punie exported as JSON: {_where(error)}.") from error
    numbers = [turn.number for turn in exported.turns]
    if numbers != sorted(set(numbers)) or not {m.turn for m in exported.messages} <= set(numbers):
        raise StoreError("This is no session that Punie exported as JSON: its turns are not numbered one by one.")
    return exported


def insert_exported(connection: Connection, exported: ExportedSession, other: str) -> str:
    """Write a session under its own id, or under the other one when that is taken. Gives the id."""
    taken = connection.scalar(select(SESSIONS.c.id).where(SESSIONS.c.id == exported.id))
    session = other if taken or not exported.id.isalnum() or len(exported.id) > 64 else exported.id
    e = exported
    beginning = Beginning(session, e.project, e.title, e.model, e.parent, e.created)
    writing.insert_session(connection, beginning)
    for turn in exported.turns:
        writing.ensure_turn(connection, beginning, Turn(turn.number, turn.prompt, turn.started))
        for number, event in enumerate(turn.events, start=1):
            writing.insert_event(connection, session, turn.number, number, to_json(event))
        usage = None if turn.usage is None else turn.usage.model_dump_json()
        if turn.reason is not None and turn.ended is not None:
            writing.end_turn(connection, session, turn.number, turn.reason, turn.message, usage, turn.ended)
    for number, message in enumerate(exported.messages, start=1):
        texts = [to_json(message.message)]
        writing.insert_messages(connection, session, message.turn, number, texts, owner="")
    writing.set_updated(connection, session, exported.updated)
    return session


def _where(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return f"{type(error).__name__}: {error}" if not isinstance(error, json.JSONDecodeError) else str(error)
