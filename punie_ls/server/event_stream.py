"""`punie/event`: every event of every conversation's turns, to clients that take them. See docs/events.md.

The turn never waits for the client: events wait in a queue, are made into JSON without secrets in a thread, and go out
as fast as the client reads.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from punie_agent.exceptions import AgentError
from punie_ls.server.event_params import EventEncoder
from punie_ls.server.event_queue import EventQueue, TurnName, kind_of

if TYPE_CHECKING:
    from punie_agent.session import Session
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer

logger = logging.getLogger(__name__)

EVENT = "punie/event"
# Nobody sees more, and a fast model's pieces become fewer messages.
SECONDS_BETWEEN = 0.03
# Questions and answers come after what led to them; not for a client that is behind with reading.
FLUSH_SECONDS = 1.0

Tell = Callable[[Any], None]


class EventStream:
    """The events on their way to the client."""

    def __init__(self, server: PunieServer) -> None:
        self._server = server
        self._queue = EventQueue()
        self._encoder = EventEncoder()
        self._numbers: dict[str, int] = {}
        self._pump: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._step = asyncio.Event()
        self._added = 0
        self._sent = 0

    @asynccontextmanager
    async def turn(self, project: Project, session: Session, prompt: str) -> AsyncGenerator[Tell]:
        """Tell of a turn: its beginning, the events that are passed on, and its end in any case."""
        if not self._server.rich.events:
            yield lambda event: None
            return
        name = TurnName(project.uri, session.id, await self._number(project, session))
        self._add(name, {"type": "turn_started"}, prompt=prompt, title=session.title, model=session.choice.name)
        done: dict[str, Any] = {"type": "done", "reason": "error", "message": "The turn ended unexpectedly."}

        def tell(event: Any) -> None:  # noqa: ANN401 - the event union loads with the model stack
            nonlocal done
            if kind_of(event) == "done":
                done = event
            else:
                self._add(name, event)

        try:
            yield tell
        except asyncio.CancelledError:
            done = {"type": "done", "reason": "cancelled", "message": "Stopped. Nothing was changed."}
            raise
        finally:
            self._ended(name, done)
        await self.flushed()

    async def flushed(self) -> None:
        """Wait until all events until now are sent, but not long."""
        until = self._added
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                while self._sent < until:
                    self._hurry.set()
                    self._step.clear()
                    await self._step.wait()

    async def _number(self, project: Project, session: Session) -> int:
        """The number of a session's next turn, as the store counts them."""
        known = self._numbers.get(session.id)
        if known is None:
            try:
                known = (await (await project.agent()).stored(session.id)).summary.turns
            except AgentError:  # it is not stored
                known = 0
        self._numbers[session.id] = known + 1
        return known + 1

    def _ended(self, name: TurnName, done: Any) -> None:  # noqa: ANN401
        self._add(name, done)
        self._hurry.set()
        reason = done["reason"] if isinstance(done, dict) else done.reason
        if reason == "error":
            # The store may not have counted it.
            self._numbers.pop(name.session, None)

    def _add(self, name: TurnName, event: Any, **more: str) -> None:  # noqa: ANN401
        self._queue.add(name, event, more)
        self._added += 1
        if self._pump is None or self._pump.done():
            self._hurry.clear()
            self._pump = asyncio.create_task(self._send())

    async def _send(self) -> None:
        """Send until nothing waits."""
        while batch := self._queue.take():
            until = self._added
            try:
                for params in await asyncio.to_thread(self._encoder.encode, batch):
                    self._server.protocol.notify(EVENT, params)
            except Exception:  # the turn is not about to fail for those who watch it
                logger.exception("%d events were not sent", len(batch))
            await self._server.output.drained()
            self._sent = until
            self._step.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS_BETWEEN):
                    await self._hurry.wait()
                self._hurry.clear()
