"""A small editor for tests: raw messages over a pipe, nothing between the test and the bytes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any

from punie_semantic.wire.framing import Framer, frame

BIN = Path(sys.executable).parent
PUNIE_LS = BIN / "punie-ls"
TY = BIN / "ty"
RUFF = BIN / "ruff"
FAKE_SERVER = [sys.executable, "-P", str(Path(__file__).with_name("fake_server.py"))]
REAL_SERVER = [sys.executable, "-P", "-m", "punie_ls", "server"]

SECONDS = 30.0

Json = dict[str, Any]


def capabilities(*, pull: bool = True, configuration: bool = True, encodings: Sequence[str] = ("utf-16",)) -> Json:
    """What a usual editor can do."""
    text: Json = {
        "synchronization": {"didSave": True, "dynamicRegistration": True},
        "publishDiagnostics": {"versionSupport": True, "relatedInformation": True, "dataSupport": True},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "codeAction": {
            "dynamicRegistration": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source"]}},
        },
        "formatting": {"dynamicRegistration": True},
        "rangeFormatting": {"dynamicRegistration": True},
    }
    if pull:
        text["diagnostic"] = {"dynamicRegistration": True}
    return {
        "general": {"positionEncodings": list(encodings)},
        "window": {"workDoneProgress": True},
        "workspace": {
            "configuration": configuration,
            "workspaceFolders": True,
            "applyEdit": True,
            "didChangeWatchedFiles": {"dynamicRegistration": True},
            "diagnostics": {"refreshSupport": True},
        },
        "textDocument": text,
    }


class Client:
    """One server process and everything it has said."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.notifications: list[Json] = []
        self.requests: list[Json] = []
        self.responses: list[Json] = []
        self.bodies: dict[Any, bytes] = {}
        self.answers: dict[str, Callable[[Json], Json]] = {
            "workspace/configuration": lambda m: {"result": [None] * len(m["params"]["items"])}
        }
        self.capabilities: Json = {}
        self._changed = asyncio.Condition()
        self._count = 0
        self._framer = Framer(self._receive)
        self._reading = asyncio.create_task(self._read())

    # Reading.

    async def _read(self) -> None:
        assert self.process.stdout
        while data := await self.process.stdout.read(1 << 16):
            self._framer.feed(data)
            async with self._changed:
                self._changed.notify_all()
        async with self._changed:
            self._changed.notify_all()

    def _receive(self, body: bytes) -> None:
        message = json.loads(body)
        if "method" not in message:
            self.responses.append(message)
            self.bodies[message["id"]] = body
        elif "id" in message:
            self.requests.append(message)
            answer = self.answers.get(message["method"], lambda _: {"result": None})(message)
            self.send({"jsonrpc": "2.0", "id": message["id"], **answer})
        else:
            self.notifications.append(message)

    async def until(self, found: Callable[[], Any], seconds: float = SECONDS) -> Any:
        """Wait until `found` gives something true, and return it."""
        async with asyncio.timeout(seconds), self._changed:
            while not (value := found()):
                if self._reading.done():
                    raise EOFError(f"the server has ended with {self.process.returncode}")
                await self._changed.wait()
            return value

    async def response(self, identifier: Any, seconds: float = SECONDS) -> Json:
        return await self.until(lambda: next((r for r in self.responses if r["id"] == identifier), None), seconds)

    async def notified(self, method: str, matches: Callable[[Json], bool] = lambda _: True) -> Json:
        """The params of the last matching notification, which may still have to come."""
        return await self.until(
            lambda: next(
                (n["params"] for n in reversed(self.notifications) if n["method"] == method and matches(n["params"])),
                None,
            )
        )

    async def notified_request(self, method: str, matches: Callable[[Json], bool] = lambda _: True) -> Any:
        """The params of the first matching request of the server's, which may still have to come."""
        request = await self.until(
            lambda: next((r for r in self.requests if r["method"] == method and matches(r.get("params") or {})), None)
        )
        return request.get("params")

    # Writing.

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)

    def send_body(self, body: bytes) -> None:
        self.send_bytes(frame(body))

    def send(self, message: Json) -> None:
        self.send_body(json.dumps(message).encode())

    def notify(self, method: str, params: Any) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def start_request(self, method: str, params: Any = None) -> int:
        self._count += 1
        message = {"jsonrpc": "2.0", "id": self._count, "method": method}
        self.send(message if params is None else {**message, "params": params})
        return self._count

    async def request(self, method: str, params: Any = None, seconds: float = SECONDS) -> Json:
        """The whole response."""
        return await self.response(self.start_request(method, params), seconds)

    async def result(self, method: str, params: Any = None, seconds: float = SECONDS) -> Any:
        response = await self.request(method, params, seconds)
        assert "error" not in response, response
        return response["result"]

    # LSP.

    async def initialize(self, root: Path | None, *, initialized: bool = True, **params: Any) -> Json:
        folders = [{"uri": root.as_uri(), "name": root.name}] if root else None
        full = {
            "processId": os.getpid(),
            "rootUri": root.as_uri() if root else None,
            "workspaceFolders": folders,
            "capabilities": capabilities(),
            **params,
        }
        result = await self.result("initialize", full)
        self.capabilities = result["capabilities"]
        if initialized:
            self.notify("initialized", {})
        return result

    def open(self, path: Path, text: str | None = None) -> str:
        if text is None:
            text = path.read_text()
        document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return path.as_uri()

    def change(self, uri: str, version: int, *changes: Json) -> None:
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    async def pull(self, uri: str, **params: Any) -> Json:
        return await self.result("textDocument/diagnostic", {"textDocument": {"uri": uri}, **params})

    async def hover(self, uri: str, line: int, character: int) -> Json:
        position = {"line": line, "character": character}
        return await self.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": position})

    async def code_actions(self, uri: str, line: int, diagnostics: Sequence[Json] = (), **context: Any) -> list[Json]:
        span = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 99}}
        full = {"diagnostics": list(diagnostics), **context}
        params = {"textDocument": {"uri": uri}, "range": span, "context": full}
        return await self.result("textDocument/codeAction", params)

    # The end.

    async def stop(self) -> int:
        """Shutdown and exit; returns the exit code."""
        await self.request("shutdown")
        self.notify("exit", None)
        return await self.ended()

    async def ended(self, seconds: float = 10.0) -> int:
        async with asyncio.timeout(seconds):
            await self._reading
            return await self.process.wait()

    async def close(self) -> None:
        if self.process.returncode is None:
            assert self.process.stdin
            self.process.stdin.close()
            with contextlib.suppress(TimeoutError):
                await self.ended()
        if self.process.returncode is None:
            self.process.kill()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)


@contextlib.asynccontextmanager
async def start(
    *command: str | Path,
    server: Sequence[str] | None = FAKE_SERVER,
    cwd: Path | None = None,
    environ: dict[str, str] | None = None,
) -> AsyncGenerator[Client]:
    """A running server, `punie-ls` if no other is named.

    Args:
        command: the program and its arguments.
        server: the third server's command; None for none.
        cwd: where it runs.
        environ: variables to set.
    """
    full = {
        **{k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "CONDA_PREFIX")},
        "PUNIE_SERVER_COMMAND": json.dumps(list(server or [])),
        **(environ or {}),
    }
    process = await asyncio.create_subprocess_exec(
        *map(str, command or (PUNIE_LS,)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=cwd,
        env=full,
    )
    client = Client(process)
    try:
        yield client
    finally:
        await client.close()
