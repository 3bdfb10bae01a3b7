"""One direction-pair of messages over WebSockets that may break: both the server's and the bridge's end of it.

A numbered line keeps what it sent until the other end acknowledged it, and on the next socket goes on where the other
end stopped hearing. A plain line is the same without numbers, for ordinary WebSocket clients: it lives as long as its
one socket. Knows frames; nothing of JSON or ACP.

A frame of a numbered line is text: `<number> <acknowledged>` and, after a line end, the message. Number 0 has no
message: it only acknowledges.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

PROTOCOL = "punie.frames.v1"
HIGH_BYTES = 4 << 20
LOW_BYTES = 1 << 20
ACKNOWLEDGE_AFTER = 64
ACKNOWLEDGE_SECONDS = 0.2
CHECKS_PER_STALL = 8

# Close codes of our own, from the private range.
BAD_FRAME = 4400
REPLACED = 4409
TOO_SLOW = 4408


class FrameError(ValueError):
    """The other end does not keep to the protocol; the message says how."""


class FrameLog:
    """Messages that were sent and may have to be sent again, by number."""

    def __init__(self) -> None:
        self.last = 0
        self.acknowledged = 0
        self.size = 0
        self._messages: dict[int, bytes] = {}

    def add(self, message: bytes) -> None:
        """Number a message and keep it."""
        self.last += 1
        self.size += len(message)
        self._messages[self.last] = message

    def get(self, number: int) -> bytes:
        """The message of a number that is not acknowledged."""
        return self._messages[number]

    def acknowledge(self, number: int) -> None:
        """All up to a number has arrived. Raises FrameError for a number that was not sent."""
        if number > self.last:
            raise FrameError(f"message {number} was acknowledged, and {self.last} were sent")
        while self.acknowledged < number:
            self.acknowledged += 1
            self.size -= len(self._messages.pop(self.acknowledged))

    def after(self, number: int) -> list[bytes]:
        """The messages after a number, in order."""
        return [message for each, message in self._messages.items() if each > number]


class Line:
    """One end. `on_message` gets each message once, in order; `room` is waited for before the next one is read.

    Attributes:
        log: what was sent.
        received: the number of the last message that came.
        written: the number of the last message that was given to any socket.
    """

    def __init__(
        self, on_message: Callable[[bytes], None], room: Callable[[], Awaitable[None]], *, numbered: bool
    ) -> None:
        self.log = FrameLog()
        self.received = 0
        self.written = 0
        self.numbered = numbered
        self._on_message = on_message
        self._others_room = room
        self._told = 0
        self._wake = asyncio.Event()
        self._space = asyncio.Event()
        self._space.set()

    def send(self, message: bytes) -> None:
        """Send a message, now or when there is a socket."""
        self.log.add(message)
        self._wake.set()
        if self.log.size > HIGH_BYTES:
            self._space.clear()

    async def room(self) -> None:
        """Wait until so much has arrived that more may be sent."""
        await self._space.wait()

    def release(self) -> None:
        """Nothing will be carried any more: nobody waits for room."""
        self._space.set()

    def acknowledge(self, number: int) -> None:
        """All up to a number has arrived. Raises FrameError."""
        self.log.acknowledge(number)
        if self.log.size < LOW_BYTES:
            self._space.set()

    async def run(self, socket: Connection, *, stall_seconds: float) -> None:
        """Carry messages over a socket until it is closed; what the other end has not heard is sent first.

        Args:
            socket: an open one; before, `acknowledge` was told what the other end has.
            stall_seconds: an end that takes nothing in for so long, while much waits, is closed.
        """
        self._wake.set()
        work = [self._write(socket), self._read(socket), self._watch(socket, stall_seconds)]
        tasks = [asyncio.ensure_future(each) for each in work]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, FrameError):
                await hang_up(socket, BAD_FRAME, str(outcome))
            elif isinstance(outcome, Exception) and not _is_end(outcome, socket):
                raise outcome

    async def drained(self, seconds: float) -> bool:
        """Wait until all has arrived; whether it has."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.log.size:  # noqa: ASYNC110 - it happens once, at the end
                    await asyncio.sleep(0.01)
        return not self.log.size

    async def _write(self, socket: Connection) -> None:
        sent = self.log.acknowledged
        while True:
            self._wake.clear()
            while sent < self.log.last:
                sent = max(sent, self.log.acknowledged)  # a socket before this one may have brought it
                if sent == self.log.last:
                    break
                sent += 1
                await self._write_one(socket, sent)
            in_time = await self._woken(ACKNOWLEDGE_SECONDS if self._owes else None)
            if self._owes >= ACKNOWLEDGE_AFTER or (self._owes and not in_time):
                self._told = self.received
                await socket.send(b"0 %d" % self._told, text=True)

    @property
    def _owes(self) -> int:
        """How many messages came that were not acknowledged; whatever is sent soon carries it along."""
        return self.received - self._told if self.numbered else 0

    async def _woken(self, seconds: float | None) -> bool:
        """Whether there was something to do within a time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        return self._wake.is_set()

    async def _write_one(self, socket: Connection, number: int) -> None:
        message = self.log.get(number)
        self.written = max(self.written, number)
        if not self.numbered:
            await socket.send(message, text=True)
            self.acknowledge(number)
            return
        self._told = self.received
        await socket.send(b"%d %d\n%b" % (number, self._told, message), text=True)

    async def _read(self, socket: Connection) -> None:
        while True:
            await self._others_room()
            if not self.numbered:
                # One who asks without reading the answers; acknowledgements must be read in any case.
                await self.room()
            data = await socket.recv(decode=False)
            if not self.numbered:
                self._on_message(bytes(data))
                continue
            number, acknowledged, message = read_frame(bytes(data))
            self.acknowledge(acknowledged)
            if number > self.received + 1:
                raise FrameError(f"message {self.received + 1} is missing before {number}")
            if number == self.received + 1:
                self.received = number
                self._on_message(message)
                if self._owes == 1 or self._owes >= ACKNOWLEDGE_AFTER:
                    self._wake.set()

    async def _watch(self, socket: Connection, seconds: float) -> None:
        """Close an end that does not read: what waits for it is kept in memory."""
        before, since = self.log.acknowledged, time.monotonic()
        while True:
            await asyncio.sleep(seconds / CHECKS_PER_STALL)
            if self.log.acknowledged != before or self._space.is_set():
                before, since = self.log.acknowledged, time.monotonic()
            elif time.monotonic() - since >= seconds:
                mebibytes = self.log.size / (1 << 20)
                await hang_up(socket, TOO_SLOW, f"{mebibytes:.0f} MiB wait and nothing was read for {seconds:.0f} s")
                return


async def hang_up(socket: Connection, code: int = 1000, reason: str = "") -> None:
    """Close a socket, which may be closed already."""
    try:
        await socket.close(code, reason[:120])
    except Exception as error:
        if not _is_end(error, socket):
            raise


def _is_end(error: Exception, socket: Connection) -> bool:
    """Whether an error means that the socket is closed: asyncio's transports fail in odd ways when they are gone."""
    return isinstance(error, ConnectionClosed) or (isinstance(error, AttributeError) and socket.state is State.CLOSED)


def read_frame(data: bytes) -> tuple[int, int, bytes]:
    """A frame's number, what it acknowledges, and its message. Raises FrameError."""
    head, _, message = data.partition(b"\n")
    number, _, acknowledged = head.partition(b" ")
    if not (number.isdigit() and acknowledged.isdigit() and len(head) < 40):
        raise FrameError(f"{head[:40]!r} is no head of a frame of {PROTOCOL}")
    return int(number), int(acknowledged), message
