"""An ACP client over a WebSocket, as any client would write one: nothing of Punie's is used."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

Json = dict[str, Any]
SECONDS = 90.0


class Failed(Exception):
    """An error response; `error` is its object."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["message"])
        self.error = error


class Client:
    """One connection. Notifications and the agent's requests are kept in `heard`, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[Json] = []
        self.allow = True
        self._answers: dict[Any, asyncio.Future[Json]] = {}
        self._ids = itertools.count(1)
        self._news = asyncio.Condition()
        self.reading = asyncio.ensure_future(self._read())

    @property
    def text(self) -> str:
        """What the agent has said in words."""
        updates = [m["params"]["update"] for m in self.heard if m.get("method") == "session/update"]
        return "".join(u["content"]["text"] for u in updates if u["sessionUpdate"] == "agent_message_chunk")

    async def ask(self, method: str, key: Any = None, **params: Any) -> Json:
        """A request's result. Raises Failed."""
        return await (await self.begin(method, key, **params))

    async def begin(self, method: str, key: Any = None, **params: Any) -> asyncio.Future[Json]:
        """Send a request; gives its answer to be waited for."""
        key = next(self._ids) if key is None else key
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._answers[key] = answer
        await self.send({"jsonrpc": "2.0", "id": key, "method": method, "params": params})
        return asyncio.ensure_future(asyncio.wait_for(answer, SECONDS))

    async def tell(self, method: str, **params: Any) -> None:
        """Send a notification."""
        await self.send({"jsonrpc": "2.0", "method": method, "params": params})

    async def send(self, message: Any) -> None:
        await self.socket.send(message if isinstance(message, str) else json.dumps(message))

    async def initialize(self) -> Json:
        return await self.ask("initialize", protocolVersion=1, clientCapabilities={})

    async def new(self, folder: object) -> str:
        """A new session's id."""
        return (await self.ask("session/new", cwd=str(folder), mcpServers=[]))["sessionId"]

    async def prompt(self, session: str, text: str) -> Json:
        return await self.ask("session/prompt", sessionId=session, prompt=[{"type": "text", "text": text}])

    async def begin_prompt(self, session: str, text: str) -> asyncio.Future[Json]:
        return await self.begin("session/prompt", sessionId=session, prompt=[{"type": "text", "text": text}])

    async def until(self, happened: Any, seconds: float = SECONDS) -> None:
        """Wait until something is true of what was heard."""
        async with self._news, asyncio.timeout(seconds):
            await self._news.wait_for(happened)

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for data in self.socket:
                await self._take(json.loads(data))
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionError(f"closed: {self.socket.close_code} {self.socket.close_reason}"))
        async with self._news:
            self._news.notify_all()

    async def _take(self, message: Json) -> None:
        if "method" in message or message.get("id") is None:
            self.heard.append(message)
            if message.get("method") == "session/request_permission" and self.allow:
                await self.send({"jsonrpc": "2.0", "id": message["id"], "result": {"outcome": "allowed"}})
        else:
            settle(self._answers.pop(message["id"]), message)
        async with self._news:
            self._news.notify_all()


def settle(answer: asyncio.Future[Any], message: Json) -> None:
    """Give a response to whoever waits for it, if somebody still does."""
    if answer.done():
        return
    if "error" in message:
        answer.set_exception(Failed(message["error"]))
    else:
        answer.set_result(message["result"])


@asynccontextmanager
async def connected(url: str, token: str, **more: Any) -> AsyncGenerator[Client]:
    """A client that is connected, with the token."""
    headers = {"Authorization": f"Bearer {token}"}
    socket = await connect(url, additional_headers=headers, proxy=None, max_size=None, **more)
    client = Client(socket)
    try:
        yield client
    finally:
        client.reading.cancel()
        await asyncio.gather(client.reading, return_exceptions=True)
        if socket.state is not State.CLOSED:
            await socket.close()
