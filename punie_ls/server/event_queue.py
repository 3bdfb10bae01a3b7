"""Events that wait to be sent: pieces of one text become one, and what waits is bounded. Knows no client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_EVENTS = 2_000
MOST_CHARACTERS = 4 << 20

_STREAMED = frozenset({"text", "thought", "program_output"})
_KEPT = frozenset({"turn_started", "done"})


@dataclass(frozen=True)
class TurnName:
    """A turn: the workspace folder, the session, and its number, which counts from 1."""

    uri: str
    session: str
    number: int


@dataclass
class Waiting:
    """An event, or a text of which `pieces` are there so far.

    Attributes:
        event: one of `punie_agent.events`, or one as JSON.
        more: what else is told with it.
        missed: how many events of the turn were dropped before it.
    """

    turn: TurnName
    event: Any
    more: Mapping[str, Any] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    size: int = 0
    missed: int = 0

    @property
    def type(self) -> str:
        """The event's type."""
        return kind_of(self.event)


class EventQueue:
    """Events of several turns, each turn's in its order.

    When too much waits, the older half is dropped, all but beginnings and ends of turns; the next event says how many.
    """

    def __init__(self, events: int = MOST_EVENTS, characters: int = MOST_CHARACTERS) -> None:
        self._most_events = events
        self._most_characters = characters
        self._waiting: list[Waiting] = []
        self._last: dict[TurnName, Waiting] = {}
        self._missed: dict[TurnName, int] = {}
        self._size = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, turn: TurnName, event: Any, more: Mapping[str, Any] | None = None) -> None:  # noqa: ANN401
        """Take an event."""
        size = _size(event)
        self._size += size
        last = self._last.get(turn)
        if last is not None and text_key(event) is not None and text_key(last.event) == text_key(event):
            last.pieces.append(event.text)
            last.size += size
        else:
            item = Waiting(turn, event, more or {}, [event.text] if text_key(event) else [], size)
            self._waiting.append(item)
            self._last[turn] = item
        if len(self._waiting) > self._most_events or self._size > self._most_characters:
            self._drop()

    def take(self) -> list[Waiting]:
        """All that waits, oldest first."""
        taken, self._waiting, self._size = self._waiting, [], 0
        self._last.clear()
        for item in taken:
            item.missed = self._missed.pop(item.turn, 0)
        return taken

    def _drop(self) -> None:
        events, characters = self._most_events // 2, self._most_characters // 2
        kept: list[Waiting] = []
        for item in reversed(self._waiting):
            events -= 1
            characters -= item.size
            if item.type in _KEPT or (events >= 0 and characters >= 0):
                kept.append(item)
            else:
                self._missed[item.turn] = self._missed.get(item.turn, 0) + 1
                if self._last.get(item.turn) is item:
                    del self._last[item.turn]
        self._waiting = kept[::-1]
        self._size = sum(item.size for item in kept)


def kind_of(event: Any) -> str:  # noqa: ANN401
    """An event's type."""
    return str(event["type"] if isinstance(event, dict) else event.type)


def text_key(event: Any) -> tuple[str, int | str] | None:  # noqa: ANN401
    """What pieces of one text have in common; None for other events."""
    kind = kind_of(event)
    if kind not in _STREAMED:
        return None
    return kind, event.id if kind == "program_output" else event.message


def _size(event: Any) -> int:  # noqa: ANN401
    """About how many characters an event holds."""
    files = getattr(event, "files", None) or getattr(event, "diffs", None) or ()
    size = sum(len(getattr(file, "diff", "")) for file in files)
    return size + sum(
        len(getattr(event, name, "") or "")
        for name in ("text", "code", "detail", "message", "error")
        if isinstance(getattr(event, name, ""), str)
    )
