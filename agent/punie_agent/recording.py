"""What a session writes down of itself, in order and without waiting; a store that fails never stops a turn."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from pydantic_ai.messages import ModelMessage

from punie_agent.events import Done, Event, Usage
from punie_agent.exceptions import StoreError
from punie_agent.store import SessionStore

logger = logging.getLogger(__name__)


class Recorder(Protocol):
    """Where a session's turns go."""

    async def begin_turn(self, prompt: str) -> None:
        """A turn begins. Raises SessionBusy or SessionChanged when another process is at work in the session."""
        ...

    def event(self, event: Event) -> None:
        """An event of the turn; written soon."""
        ...

    async def messages(self, messages: Sequence[ModelMessage]) -> None:
        """New messages of the conversation; written when it returns."""
        ...

    async def end_turn(self, done: Done, usage: Usage | None) -> None:
        """The turn has ended; all of it is written when it returns."""
        ...


class Unrecorded:
    """For sessions that are stored nowhere."""

    async def begin_turn(self, prompt: str) -> None:
        """Nothing."""

    def event(self, event: Event) -> None:
        """Nothing."""

    async def messages(self, messages: Sequence[ModelMessage]) -> None:
        """Nothing."""

    async def end_turn(self, done: Done, usage: Usage | None) -> None:
        """Nothing."""


class StoreRecorder:
    """One session's way into the store, which keeps what cannot be written now and tells the user so itself."""

    def __init__(self, store: SessionStore, session: str) -> None:
        self._store = store
        self._session = session
        self._turn: int | None = None
        self._events: deque[Event] = deque()
        self._passing: asyncio.Task[None] | None = None

    async def begin_turn(self, prompt: str) -> None:
        """Hold the session against other processes until the turn ends."""
        self._turn = None
        self._turn = await self._store.begin_turn(self._session, prompt)

    def event(self, event: Event) -> None:
        """Hand it to the store in order; events between turns belong to none."""
        if self._turn is None:
            return
        self._events.append(event)
        if self._passing is None or self._passing.done():
            self._passing = asyncio.create_task(self._pass())

    async def messages(self, messages: Sequence[ModelMessage]) -> None:
        """The history so far is on disk afterwards, or kept until it can be."""
        if self._turn is not None:
            await self._store.add_messages(self._session, self._turn, messages)

    async def end_turn(self, done: Done, usage: Usage | None) -> None:
        """All of the turn is on disk afterwards, or kept until it can be."""
        turn = self._turn
        if turn is None:
            return
        self.event(done)
        if self._passing is not None:
            await self._passing
        self._turn = None
        await self._store.end_turn(self._session, turn, done.reason, done.message, usage)

    async def _pass(self) -> None:
        turn = self._turn
        assert turn is not None
        while self._events:
            try:
                await self._store.add_event(self._session, turn, self._events.popleft())
            except StoreError:
                logger.exception("an event was not stored")
