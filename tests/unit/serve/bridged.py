"""A `punie-ls bridge` as a subprocess, spoken to as an editor does; and a TCP proxy that cuts connections."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tests.unit.serve.client import SECONDS, Json, settle

LINE_BYTES = 64 << 20


class Editor:
    """What an editor sees of a bridge. Notifications and requests are kept in `heard`, in order."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.heard: list[Json] = []
        self.strays: list[Json] = []
        self._answers: dict[Any, asyncio.Future[Json]] = {}
        self._ids = itertools.count(1)
        self._news = asyncio.Condition()
        self.reading = asyncio.ensure_future(self._read())

    @property
    def text(self) -> str:
        """What the agent has said in words."""
        return "".join(self.words)

    @property
    def words(self) -> list[str]:
        """The same, chunk by chunk."""
        updates = [m["params"]["update"] for m in self.heard if m.get("method") == "session/update"]
        return [u["content"]["text"] for u in updates if u["sessionUpdate"] == "agent_message_chunk"]

    async def ask(self, method: str, **params: Any) -> Json:
        """A request's result. Raises Failed."""
        return await (await self.begin(method, **params))

    async def begin(self, method: str, **params: Any) -> asyncio.Future[Json]:
        key = next(self._ids)
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._answers[key] = answer
        await self.send({"jsonrpc": "2.0", "id": key, "method": method, "params": params})
        return asyncio.ensure_future(asyncio.wait_for(answer, SECONDS))

    async def send(self, message: Any) -> None:
        assert self.process.stdin is not None
        text = message if isinstance(message, str) else json.dumps(message)
        self.process.stdin.write(text.encode() + b"\n")
        await self.process.stdin.drain()

    async def initialize(self) -> Json:
        return await self.ask("initialize", protocolVersion=1, clientCapabilities={})

    async def new(self, folder: object) -> str:
        return (await self.ask("session/new", cwd=str(folder), mcpServers=[]))["sessionId"]

    async def begin_prompt(self, session: str, text: str) -> asyncio.Future[Json]:
        return await self.begin("session/prompt", sessionId=session, prompt=[{"type": "text", "text": text}])

    async def prompt(self, session: str, text: str) -> Json:
        return await (await self.begin_prompt(session, text))

    async def until(self, happened: Any, seconds: float = SECONDS) -> None:
        async with self._news, asyncio.timeout(seconds):
            await self._news.wait_for(happened)

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            message = json.loads(line)
            if "method" in message:
                self.heard.append(message)
            elif (answer := self._answers.pop(message["id"], None)) is None:
                self.strays.append(message)  # a second answer, or one to nothing
            else:
                settle(answer, message)
            async with self._news:
                self._news.notify_all()


@asynccontextmanager
async def bridged(*arguments: str, environ: Mapping[str, str] | None = None) -> AsyncGenerator[Editor]:
    """An editor that has started a bridge."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "punie_ls", "bridge", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(environ or {})},
        limit=LINE_BYTES,
    )
    editor = Editor(process)
    try:
        yield editor
    finally:
        assert process.stdin is not None
        process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()
        await editor.reading


class CuttingProxy:
    """Between a client and a server on this machine; `cut` breaks all its connections, as a network does."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.open = True
        self.connections = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        assert self._server is not None
        return self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/acp"

    async def __aenter__(self) -> CuttingProxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Reset every connection: what was under way is lost."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if not self.open:
            writer.transport.abort()
            return
        try:
            other_reader, other_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, other_writer}
        await asyncio.gather(_pump(reader, other_writer), _pump(other_reader, writer))
        self._writers -= {writer, other_writer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(64 << 10):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.close()
