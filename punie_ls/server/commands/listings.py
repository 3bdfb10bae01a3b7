"""Sessions and models as JSON, for clients that show them in a list of their own. See docs/events.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from punie_agent.redaction import Redactor

if TYPE_CHECKING:
    from punie_agent.models.listing import ModelRow
    from punie_agent.store.records import SessionSummary, StoredSession


def session_rows(found: Sequence[SessionSummary], current: str) -> list[dict[str, Any]]:
    """Sessions, the last one first; `current` is the id of the one that goes on."""
    return [{**_session(session), "current": session.id == current} for session in found]


def session_data(stored: StoredSession) -> dict[str, Any]:
    """All that is kept of a session for people: its turns, each with its events."""
    turns = [
        {
            "turn": turn.number,
            "prompt": turn.prompt,
            "started": turn.started,
            "ended": turn.ended,
            "events": [event.model_dump(mode="json") for event in turn.events],
        }
        for turn in stored.turns
    ]
    return {"session": _session(stored.summary), "turns": turns, "problems": list(stored.problems)}


def _session(session: SessionSummary) -> dict[str, Any]:
    names = ("id", "title", "model", "created", "updated", "turns", "state", "parent")
    return {name: getattr(session, name) for name in names}


def model_rows(rows: Sequence[ModelRow]) -> list[dict[str, Any]]:
    """What can be chosen; the names of fields are LSP's way of writing `ModelRow`'s."""
    renamed = {"context_length": "contextLength", "tool_style": "toolStyle"}
    found = [{renamed.get(name, name): value for name, value in asdict(row).items()} for row in rows]
    redacted: list[dict[str, Any]] = Redactor().json(found)
    return redacted
