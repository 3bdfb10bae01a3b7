"""A stored conversation as the updates that a client would have seen, for `session/load`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from punie_agent.acp.places import Folder
from punie_agent.acp.projection import Projection, stored_edit, user_message
from punie_agent.events import EditProposed, Event, PermissionRequested
from punie_agent.store import StoredSession, StoredTurn


def replay(stored: StoredSession, folder: Folder) -> Iterator[Any]:
    """All turns, oldest first: what the user said, and what came of it."""
    for turn in stored.turns:
        yield user_message(turn.prompt, f"{stored.summary.id}-{turn.number}")
        yield from _turn(turn, folder)


def _turn(turn: StoredTurn, folder: Folder) -> Iterator[Any]:
    projection = Projection(folder)
    open_calls: dict[str, None] = {}
    for event in turn.events:
        for update in _updates(projection, event):
            _follow(open_calls, update)
            yield update
    yield from projection.finish()
    # Whatever a turn left open when it was cut off does not go on.
    yield from (projection.ended(key) for key in open_calls)
    if turn.message and turn.reason != "end_turn":
        yield from projection.say(turn.message)


def _updates(projection: Projection, event: Event) -> Iterator[Any]:
    if isinstance(event, PermissionRequested) and event.choices:
        yield from projection.finish()
        yield projection.asked(event)
        return
    yield from projection.take(event)
    if isinstance(event, EditProposed):
        yield stored_edit(projection.new_key("edit"), event)


def _follow(open_calls: dict[str, None], update: Any) -> None:  # noqa: ANN401 - the SDK's
    key, status = getattr(update, "tool_call_id", None), getattr(update, "status", None)
    if key is None or status is None:
        return
    if status in ("completed", "failed"):
        open_calls.pop(key, None)
    else:
        open_calls[key] = None
