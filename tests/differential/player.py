"""Plays a script to one server and keeps everything that the server writes, as bytes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from punie_semantic.wire.framing import Framer, frame, peek
from tests.integration.relay.client import PUNIE_LS, RUFF, TY

SECONDS = 60.0

Json = dict[str, Any]
Server = Literal["ty", "ruff", "punie-ls"]
COMMANDS: dict[Server, list[str]] = {
    "ty": [str(TY), "server"],
    "ruff": [str(RUFF), "server"],
    "punie-ls": [str(PUNIE_LS)],
}

# Who answers a request when ty and ruff are both in the editor, each for what it advertises.
TY_ONLY: tuple[Server, ...] = ("ty",)
RUFF_ONLY: tuple[Server, ...] = ("ruff",)
BOTH: tuple[Server, ...] = ("ty", "ruff")


class Answers:
    """The results that one server has given to the labelled requests."""

    def __init__(self, bodies: dict[int, bytes], labels: dict[str, int]) -> None:
        self._bodies = bodies
        self._labels = labels

    def result(self, label: str) -> Any:
        """The result; None for an error and for a request that was not sent."""
        body = self._bodies.get(self._labels.get(label, -1))
        return json.loads(body).get("result") if body else None

    def id(self, label: str) -> int:
        """The id of a labelled request."""
        return self._labels[label]


Params = Json | list[Any] | None | Callable[[Answers], Any]
SKIP = object()


@dataclass(frozen=True)
class Step:
    """One message of a script.

    Attributes:
        method: its method.
        params: its params, or what makes them of earlier answers; SKIP leaves the step out.
        servers: the bare servers that are asked as well.
        label: a name under which later steps find the result.
        notification: not a request.
        racing: an edit follows at once, so a server may drop the request instead of answering.
        held: the answer comes only after a later step.
    """

    method: str
    params: Params
    servers: tuple[Server, ...] = TY_ONLY
    label: str = ""
    notification: bool = False
    racing: bool = False
    held: bool = False


Script = list[list[Step]]


def notify(method: str, params: Params) -> Step:
    """A notification, which all servers hear."""
    return Step(method, params, BOTH, notification=True)


@dataclass
class Transcript:
    """What one server was asked and what it wrote."""

    initialize_result: Json = field(default_factory=dict)
    params: dict[int, Any] = field(default_factory=dict)
    bodies: dict[int, bytes] = field(default_factory=dict)
    requests: list[Json] = field(default_factory=list)
    notifications: list[Json] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)


class Player:
    """One server process."""

    def __init__(self, name: Server, process: asyncio.subprocess.Process, settings: Json) -> None:
        self.name = name
        self.transcript = Transcript()
        self.settings = settings
        self._process = process
        self._labels: dict[str, int] = {}
        self._changed = asyncio.Condition()
        self._framer = Framer(self._receive)
        self._reading = asyncio.create_task(self._read())
        self._next = 0

    async def initialize(self, params: Json) -> None:
        """The handshake."""
        await self.play([[Step("initialize", params, BOTH, label="initialize")]])
        self.transcript.initialize_result = Answers(self.transcript.bodies, self._labels).result("initialize")
        await self.play([[notify("initialized", {})]])

    async def play(self, script: Script) -> None:
        """Send each round in one go, and wait for its answers before the next.

        A step has the same id for every server, also for those that it is not sent to.
        """
        for steps in script:
            wanted: set[int] = set()
            answers = Answers(self.transcript.bodies, self._labels)
            for step in steps:
                self._next += 1
                if step.label:
                    self._labels[step.label] = self._next
                if self.name != "punie-ls" and self.name not in step.servers:
                    continue
                params = step.params(answers) if callable(step.params) else step.params
                if params is SKIP:
                    continue
                self._send_step(step, params)
                if not (step.notification or step.held):
                    wanted.add(self._next)
            await self.until(lambda wanted=wanted: wanted <= self.transcript.bodies.keys())

    async def until(self, met: Callable[[], object]) -> None:
        """Wait until `met` holds. Raises with what is missing."""
        async with asyncio.timeout(SECONDS), self._changed:
            while not met():
                assert not self._reading.done(), f"{self.name} ended with {self._process.returncode}"
                await self._changed.wait()

    async def answered(self, label: str) -> None:
        """Wait for a held request."""
        await self.until(lambda: self._labels[label] in self.transcript.bodies)

    def _send_step(self, step: Step, params: Any) -> None:
        message: Json = {"jsonrpc": "2.0", "method": step.method}
        if not step.notification:
            message["id"] = self._next
            self.transcript.params[self._next] = params
        if params is not None:
            message["params"] = params
        self._send(message)

    def _send(self, message: Json) -> None:
        assert self._process.stdin
        self._process.stdin.write(frame(json.dumps(message, ensure_ascii=False).encode()))

    async def _read(self) -> None:
        assert self._process.stdout
        while data := await self._process.stdout.read(1 << 18):
            self._framer.feed(data)
            async with self._changed:
                self._changed.notify_all()
        async with self._changed:
            self._changed.notify_all()

    def _receive(self, body: bytes) -> None:
        identifier, method = peek(body)
        if method is None:
            assert isinstance(identifier, int), body
            if identifier in self.transcript.bodies:
                self.transcript.repeated.append(identifier)
            self.transcript.bodies[identifier] = body
            return
        message = json.loads(body)
        if identifier is None:
            self.transcript.notifications.append(message)
            return
        self.transcript.requests.append(message)
        self._send({"jsonrpc": "2.0", "id": identifier, "result": self._answer(message)})

    def _answer(self, message: Json) -> Any:
        if message["method"] == "workspace/configuration":
            items = message["params"]["items"]
            return [self.settings if item.get("section") == "ty" else None for item in items]
        return {"applied": True} if message["method"] == "workspace/applyEdit" else None

    async def close(self) -> None:
        """Shutdown and exit; a server that does not is killed."""
        assert self._process.stdin
        if self._process.returncode is None:
            with contextlib.suppress(TimeoutError, OSError, AssertionError):
                await self.play([[Step("shutdown", None, BOTH)], [notify("exit", None)]])
                async with asyncio.timeout(10):
                    await self._process.wait()
        if self._process.returncode is None:
            self._process.kill()
        await asyncio.gather(self._reading, return_exceptions=True)
        self._process.stdin.close()


@contextlib.asynccontextmanager
async def start(
    name: Server,
    environment: Path,
    initialize: Json,
    *,
    settings: Json | None = None,
    punie_server: Sequence[str] = (),
) -> AsyncGenerator[Player]:
    """A running, initialized server.

    Args:
        name: which one.
        environment: the Python environment of the workspace.
        initialize: the params of `initialize`.
        settings: what the editor answers to `workspace/configuration`.
        punie_server: the command of Punie's own server behind `punie-ls`; without one there is none.
    """
    environ = {
        **{key: value for key, value in os.environ.items() if key != "CONDA_PREFIX"},
        "VIRTUAL_ENV": str(environment),
        "PUNIE_SERVER_COMMAND": json.dumps(list(punie_server)),
    }
    process = await asyncio.create_subprocess_exec(
        *COMMANDS[name],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environ,
    )
    player = Player(name, process, settings or {})
    try:
        await player.initialize(initialize)
        yield player
    finally:
        await player.close()
