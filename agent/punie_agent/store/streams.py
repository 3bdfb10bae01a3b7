"""Pieces of a streamed text put together again: a secret must not slip through in two halves."""

from __future__ import annotations

import re

from punie_agent.events import Event, ProgramOutput, Text, Thought

MOST_CHARACTERS = 256 << 10
KEPT_CHARACTERS = 16 << 10

_KEY_EDGE = re.compile(r"-----(BEGIN|END) ")


class Stream:
    """The events of a turn on their way into the store: what belongs together becomes one event."""

    def __init__(self) -> None:
        self._head: Text | Thought | ProgramOutput | None = None
        self._pieces: list[str] = []
        self._size = 0

    def add(self, event: Event) -> list[Event]:
        """Take an event; gives those that are complete, oldest first."""
        if not isinstance(event, Text | Thought | ProgramOutput):
            return [*self.flush(), event]
        done: list[Event] = []
        if self._head is not None and _key(self._head) != _key(event):
            done = self.flush()
        self._head = event
        self._pieces.append(event.text)
        self._size += len(event.text)
        return done + self._cut() if self._size > MOST_CHARACTERS else done

    def flush(self) -> list[Event]:
        """What is left."""
        head, self._head = self._head, None
        text = "".join(self._pieces)
        self._pieces, self._size = [], 0
        return [head.model_copy(update={"text": text})] if head is not None else []

    def _cut(self) -> list[Event]:
        """The first part of a very long text, cut where no secret goes through."""
        assert self._head is not None
        text = "".join(self._pieces)
        at = max(text.rfind("\n", 0, -KEPT_CHARACTERS), text.rfind(" ", 0, -KEPT_CHARACTERS)) + 1
        edges = list(_KEY_EDGE.finditer(text))
        if edges and edges[-1][1] == "BEGIN" and edges[-1].start() > 0:
            at = min(at, edges[-1].start()) if at else edges[-1].start()
        at = at or len(text)
        self._pieces, self._size = [text[at:]], len(text) - at
        return [self._head.model_copy(update={"text": text[:at]})]


def _key(event: Text | Thought | ProgramOutput) -> tuple[str, int | str]:
    return event.type, event.id if isinstance(event, ProgramOutput) else event.message
