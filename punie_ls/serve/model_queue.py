"""The queue before the model servers of this machine, which all projects share: so many requests at once, and no
project waits while another one has several turns.

A worker asks for a turn over a Unix socket: it connects, writes one line, reads `go`, and closes when the answer is
there. What ends closes too, so a turn is never lost. Nothing of the request passes through here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict, deque
from pathlib import Path
from typing import Any

import msgspec

VARIABLE = "PUNIE_MODEL_QUEUE"
LINE_BYTES = 16 << 10
SOCKET_MODE = 0o600

log = logging.getLogger(__name__)


class Wish(msgspec.Struct, frozen=True):
    """A worker's line.

    Attributes:
        server: host and port of the model server.
        project: whose turn it would be.
    """

    server: str
    project: str


class Turns:
    """The turns at one model server: `slots` at once, round robin between projects, first come first served in each."""

    def __init__(self, slots: int) -> None:
        self.running = 0
        self._slots = slots
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._waiting.values()))

    async def take(self, project: str) -> None:
        """Wait for a turn; `give_back` ends it."""
        if self.running < self._slots and not self._waiting:
            self.running += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(project, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back()
            else:
                self._forget(project, turn)
            raise

    def give_back(self) -> None:
        """A turn is over: the project that has waited longest for one of its own has the next."""
        self.running -= 1
        while self._waiting and self.running < self._slots:
            project, line = self._waiting.popitem(last=False)
            turn = line.popleft()
            if line:
                self._waiting[project] = line  # at the end: others come first
            if not turn.done():
                self.running += 1
                turn.set_result(None)

    def _forget(self, project: str, turn: asyncio.Future[None]) -> None:
        line = self._waiting.get(project)
        if line is not None:
            with contextlib.suppress(ValueError):
                line.remove(turn)
            if not line:
                del self._waiting[project]


class ModelQueue:
    """The queues of all model servers. `start` it, and `close` it at the end."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._turns: dict[str, Turns] = {}
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[Any]] = set()

    async def start(self, socket: Path) -> None:
        """Listen. Raises OSError."""
        self._server = await asyncio.start_unix_server(self._serve, socket, limit=LINE_BYTES)
        socket.chmod(SOCKET_MODE)

    async def close(self) -> None:
        """Nobody gets a turn any more."""
        if self._server is not None:
            self._server.close()
        for task in list(self._clients):
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    def listing(self) -> list[dict[str, Any]]:
        """What goes on, for people."""
        return [
            {"server": server, "running": turns.running, "waiting": turns.waiting}
            for server, turns in self._turns.items()
        ]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            wish = msgspec.json.decode(await reader.readline(), type=Wish)
            await self._turn(wish, reader, writer)
        except (OSError, ValueError) as error:  # ValueError: a line that is none
            log.info("a worker's wish for a turn failed: %s", error)
        except asyncio.CancelledError:
            log.debug("a turn was cut off")
        finally:
            self._clients.discard(task)
            writer.close()

    async def _turn(self, wish: Wish, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turns = self._turns.setdefault(wish.server, Turns(self._slots))
        gone = asyncio.ensure_future(reader.read())
        waiting = asyncio.ensure_future(turns.take(wish.project))
        try:
            await asyncio.wait([gone, waiting], return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                return
            try:
                writer.write(b"go\n")
                await asyncio.wait([gone])
            finally:
                turns.give_back()
        finally:
            for task in (gone, waiting):
                task.cancel()
            await asyncio.gather(gone, waiting, return_exceptions=True)
