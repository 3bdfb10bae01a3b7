"""The clients of the server: each has a channel, which for a bridge outlives its WebSocket for a while.

Knows sockets and lines; nothing of ACP.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from websockets.asyncio.server import ServerConnection

from punie_ls.bridge.line import Line, hang_up

MAX_CHANNELS = 500
GOODBYE = 1000

log = logging.getLogger(__name__)


class Conversation(Protocol):
    """What is at the server's end of a channel."""

    def receive(self, body: bytes) -> None:
        """A message of the client's."""
        ...

    async def inbox_room(self) -> None:
        """Wait until more may be received."""
        ...

    def end(self, reason: str) -> None:
        """Take no more requests."""
        ...

    async def close(self) -> None:
        """The client is gone."""
        ...


@dataclass(eq=False)
class Channel:
    """One client. `running` carries its messages over the present socket, and is None while there is none."""

    id: str
    line: Line
    conversation: Conversation
    running: asyncio.Task[None] | None = None
    reaper: asyncio.Task[None] | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Channels:
    """All channels.

    Args:
        converse: makes what is at the server's end, given a function that gives the line to the client.
        keep_seconds: how long a bridge's channel waits for its next socket.
        stall_seconds: a client that reads nothing for so long, while much waits for it, is closed.
    """

    def __init__(
        self, converse: Callable[[Callable[[], Line]], Conversation], *, keep_seconds: float, stall_seconds: float
    ) -> None:
        self._converse = converse
        self._keep_seconds = keep_seconds
        self._stall_seconds = stall_seconds
        self._channels: dict[str, Channel] = {}
        self.drops = 0

    def __len__(self) -> int:
        return len(self._channels)

    @property
    def full(self) -> bool:
        """Whether there is no room for another one."""
        return len(self._channels) >= MAX_CHANNELS

    def get(self, identifier: str) -> Channel | None:
        """A channel that a bridge comes back to."""
        return self._channels.get(identifier)

    def open(self, *, numbered: bool) -> Channel:
        """A channel for a new client, which has as long to arrive as a bridge to come back."""
        channel: Channel

        def line() -> Line:
            return channel.line

        conversation = self._converse(line)
        made = Line(conversation.receive, conversation.inbox_room, numbered=numbered)
        channel = Channel(secrets.token_urlsafe(18), made, conversation)
        self._channels[channel.id] = channel
        self._keep(channel)
        return channel

    async def serve(self, channel: Channel, socket: ServerConnection) -> None:
        """Carry a client's messages over a socket until it is closed; a newer socket ends an older one."""
        if channel.running is not None:
            channel.running.cancel()
        async with channel.lock:
            if channel.id not in self._channels:
                await hang_up(socket, GOODBYE, "this client is gone")
                return
            if channel.reaper is not None:
                channel.reaper.cancel()
                channel.reaper = None
            running = asyncio.ensure_future(channel.line.run(socket, stall_seconds=self._stall_seconds))
            channel.running = running
            try:
                await asyncio.wait([running])
            finally:
                running.cancel()
                channel.running = None
            if not running.cancelled() and (error := running.exception()) is not None:
                log.error("a client's line failed", exc_info=error)
            # A newer socket may be waiting for the lock; it stops the reaper.
            if not channel.line.numbered or socket.close_code == GOODBYE:
                await self._drop(channel)
            else:
                self.drops += 1
                self._keep(channel)

    def end(self, reason: str) -> None:
        """Take no more requests of anybody."""
        for channel in self._channels.values():
            channel.conversation.end(reason)

    async def drain(self, seconds: float) -> None:
        """Wait until clients have read what was said to them."""
        waiting: list[Awaitable[bool]] = [c.line.drained(seconds) for c in self._channels.values() if c.running]
        await asyncio.gather(*waiting)

    async def close(self) -> None:
        """All clients are gone."""
        await asyncio.gather(*(self._drop(channel) for channel in list(self._channels.values())))

    def _keep(self, channel: Channel) -> None:
        channel.reaper = asyncio.ensure_future(self._reap(channel))

    async def _reap(self, channel: Channel) -> None:
        await asyncio.sleep(self._keep_seconds)
        log.info("a client did not come back within %.0f s", self._keep_seconds)
        channel.reaper = None
        await self._drop(channel)

    async def _drop(self, channel: Channel) -> None:
        if self._channels.pop(channel.id, None) is None:
            return
        if channel.reaper is not None:
            channel.reaper.cancel()
        await channel.conversation.close()
