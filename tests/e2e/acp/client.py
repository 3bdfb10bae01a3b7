"""A client without any SDK: lines of JSON over a subprocess's pipes, every message of the agent kept and judged."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.e2e.acp.official import problems_of
from tests.e2e.editor import PUNIE_LS

Json = dict[str, Any]
Handler = Callable[[Json], Any]

SECONDS = 60.0
ALL = {
    "fs": {"readTextFile": True, "writeTextFile": True},
    "terminal": True,
    "elicitation": {"form": {}},
    "auth": {"terminal": True},
    "session": {"configOptions": {"boolean": {}}},
}


class RpcError(Exception):
    """The agent answered with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.data: Any = error.get("data")


class AcpClient:
    """A connection, what came over it, and how the agent's own requests are answered.

    Attributes:
        messages: all that the agent wrote.
        log: all that both wrote, each message by who wrote it.
        answers: for each method that the agent may call, what is answered; a function gets the params, and may be a
            coroutine function. Without one the answer is "method not found".
        problems: what the official schema says against the agent's messages.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._numbers = itertools.count(1)
        self._waiting: dict[Any, tuple[str, asyncio.Future[Json]]] = {}
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.messages: list[Json] = []
        self.log: list[Json] = []
        self.answers: dict[str, Handler] = {}
        self.problems: list[str] = []
        self._pump = asyncio.create_task(self._read())

    @property
    def updates(self) -> list[Json]:
        """The updates so far."""
        return [m["params"]["update"] for m in self.messages if m.get("method") == "session/update"]

    def of_kind(self, kind: str) -> list[Json]:
        return [update for update in self.updates if update["sessionUpdate"] == kind]

    @property
    def text(self) -> str:
        """All that the agent said."""
        return "".join(u["content"]["text"] for u in self.of_kind("agent_message_chunk"))

    def asked(self, method: str) -> list[Json]:
        """The params of the agent's requests so far."""
        return [m["params"] for m in self.messages if m.get("method") == method and "id" in m]

    def clear(self) -> None:
        self.messages.clear()
        self.log.clear()

    def send(self, message: Json) -> None:
        self.log.append({"client": message})
        self.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def write(self, data: bytes) -> None:
        """Bytes as they are."""
        self._writer.write(data)

    def begin(self, method: str, params: Json) -> tuple[int, asyncio.Future[Json]]:
        """Send a request; gives its id and what will be its answer."""
        key = next(self._numbers)
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[key] = (method, future)
        self.send({"id": key, "method": method, "params": params})
        return key, future

    async def call(self, method: str, params: Json | None = None, seconds: float = SECONDS) -> Json:
        """Send a request and wait for its result. Raises RpcError."""
        _, future = self.begin(method, params or {})
        return await asyncio.wait_for(future, seconds)

    async def initialize(self, capabilities: Json | None = None) -> Json:
        return await self.call("initialize", {"protocolVersion": 1, "clientCapabilities": capabilities or {}})

    async def new(self, cwd: Path, servers: Sequence[Json] = ()) -> str:
        """A new session. Gives its id."""
        answer = await self.call("session/new", {"cwd": str(cwd), "mcpServers": list(servers)})
        return answer["sessionId"]

    def say(self, session: str, *blocks: str | Json) -> asyncio.Future[Json]:
        """Prompt; gives what will be the answer."""
        prompt = [{"type": "text", "text": block} if isinstance(block, str) else block for block in blocks]
        return self.begin("session/prompt", {"sessionId": session, "prompt": prompt})[1]

    async def prompt(self, session: str, *blocks: str | Json) -> str:
        """Prompt, and wait. Gives why the turn ended."""
        return (await asyncio.wait_for(self.say(session, *blocks), SECONDS))["stopReason"]

    async def until(self, found: Callable[[], Any], seconds: float = SECONDS) -> Any:
        """Wait until something has come. Gives it."""
        async with asyncio.timeout(seconds):
            while not (value := found()):
                self._changed.clear()
                await self._changed.wait()
        return value

    async def ended(self) -> None:
        """Wait until the agent has closed its end."""
        await asyncio.wait_for(self._pump, SECONDS)

    def close(self) -> None:
        self._writer.close()

    async def _read(self) -> None:
        async for line in self._reader:
            message = json.loads(line)
            self.messages.append(message)
            self.log.append({"agent": {key: value for key, value in message.items() if key != "jsonrpc"}})
            self._take(message)
            self._changed.set()

    def _take(self, message: Json) -> None:
        if "method" in message:
            self.problems += problems_of("client", message["method"], message.get("params"))
            if "id" in message:
                self._tasks.add(task := asyncio.create_task(self._answer(message)))
                task.add_done_callback(self._tasks.discard)
            return
        method, future = self._waiting.pop(message["id"], ("", None))
        if future is None or future.done():
            return
        if "error" in message:
            future.set_exception(RpcError(message["error"]))
            return
        self.problems += problems_of("agent", method, message["result"], answer=True)
        future.set_result(message["result"])

    async def _answer(self, message: Json) -> None:
        handler = self.answers.get(message["method"])
        if handler is None:
            error = {"code": -32601, "message": "Method not found"}
            self.send({"id": message["id"], "error": error})
            return
        try:
            result = handler(message["params"])
            result = await result if asyncio.iscoroutine(result) else result
        except RpcError as error:
            self.send({"id": message["id"], "error": {"code": error.code, "message": error.message}})
            return
        self.send({"id": message["id"], "result": result})


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds that no message tells of."""
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 - another process, or a thread, brings it about
            await asyncio.sleep(0.02)


def choose(option: str) -> Handler:
    """Answers permissions by an option."""
    return lambda params: {"outcome": {"outcome": "selected", "optionId": option}}


@asynccontextmanager
async def start_agent(
    environ: Mapping[str, str] | None = None, wrapped: Sequence[str] = ()
) -> AsyncGenerator[AcpClient]:
    """`punie-ls acp` as an editor starts it; at the end its messages must fit the official schema.

    Args:
        environ: more variables.
        wrapped: a program that starts it, and its arguments.
    """
    command = [*wrapped, str(PUNIE_LS), "acp"]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **(environ or {})},
        limit=64 << 20,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    client = AcpClient(process.stdout, process.stdin)
    try:
        yield client
        client.close()
        status = await asyncio.wait_for(process.wait(), SECONDS)
        await client.ended()
        assert status == 0
        assert client.problems == []
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
