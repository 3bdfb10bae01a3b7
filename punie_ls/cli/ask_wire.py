"""JSON-RPC with a running `punie-ls serve`, over its WebSocket. Knows nothing of what is said."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Awaitable
from typing import Any, Protocol

from punie_ls.cli.ask_source import AskError

Json = dict[str, Any]
OPEN_SECONDS = 5.0
MOST_BYTES = 64 << 20
LOST = "The connection to `punie-ls serve` was lost. Its session is kept: --continue goes on with it."
NO_METHOD = -32601


class Peer(Protocol):
    """Who is told, and asked, by the server."""

    def notified(self, method: str, params: Json) -> None:
        """A notification."""
        ...

    async def asked(self, method: str, params: Json) -> Json | None:
        """A request; None when the method is not known."""
        ...


class Wire:
    """One connection."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._socket: Any = None
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._reading: asyncio.Task[None] | None = None

    async def open(self, url: str, token: str) -> None:
        """Connect. Raises OSError, TimeoutError, or AskError when the server refuses."""
        from websockets.asyncio.client import connect
        from websockets.exceptions import WebSocketException

        headers = {"Authorization": f"Bearer {token}"}
        try:
            self._socket = await connect(
                url, additional_headers=headers, open_timeout=OPEN_SECONDS, max_size=MOST_BYTES, proxy=None
            )
        except WebSocketException as error:
            raise AskError(f"`punie-ls serve` at {url} refuses the connection: {error}") from error
        self._reading = asyncio.create_task(self._read())

    async def request(self, method: str, params: Json) -> Any:  # noqa: ANN401 - JSON
        """Ask the server, and wait as long as it takes. Raises AskError."""
        number = next(self._ids)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        try:
            await self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
            return await answer
        finally:
            self._answers.pop(number, None)

    async def notify(self, method: str, params: Json) -> None:
        """Tell the server. Raises AskError."""
        await self._send({"jsonrpc": "2.0", "method": method, "params": params})

    async def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            await self._socket.close()
        for task in [*self._tasks, *([self._reading] if self._reading else [])]:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _send(self, message: Json) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            await self._socket.send(json.dumps(message))
        except (ConnectionClosed, OSError) as error:
            raise AskError(LOST) from error

    async def _read(self) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            async for frame in self._socket:
                self._take(json.loads(frame))
        except (ConnectionClosed, OSError, ValueError):
            pass
        finally:
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(AskError(LOST))

    def _take(self, message: Json) -> None:
        method, number = message.get("method"), message.get("id")
        if method is None:
            answer = self._answers.get(number) if isinstance(number, int) else None
            if answer is not None and not answer.done():
                error = message.get("error")
                answer.set_exception(AskError(_sentence(error))) if error else answer.set_result(message.get("result"))
        elif number is None:
            self._peer.notified(method, message.get("params") or {})
        else:
            self._start(self._reply(number, self._peer.asked(method, message.get("params") or {})))

    async def _reply(self, number: int | str, asked: Awaitable[Json | None]) -> None:
        result = await asked
        unknown = {"code": NO_METHOD, "message": "This terminal does not know the method."}
        told = {"error": unknown} if result is None else {"result": result}
        await self._send({"jsonrpc": "2.0", "id": number, **told})

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Awaitable[None]) -> None:
    with contextlib.suppress(AskError):  # who waits for something is told so himself
        await work


def _sentence(error: Json) -> str:
    """An error in words; what the server says of it stands in its data."""
    data = error.get("data")
    detail = data.get("details") or data.get("message") if isinstance(data, dict) else data
    return str(detail if isinstance(detail, str) and detail else error.get("message") or "The server failed.")
