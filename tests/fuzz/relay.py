"""The relay under bad input: what goes in is bytes, what comes out must be framed JSON, and is counted."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import psutil

from tests.integration.relay.client import PUNIE_LS, capabilities

THIRD_SERVER = [sys.executable, "-P", str(Path(__file__).with_name("third_server.py"))]
SECONDS = 60.0

HEADER = re.compile(rb"Content-Length: ([0-9]+)\r\n\r\n")

START = {"line": 0, "character": 0}
END = {"line": 10**6, "character": 0}

TOP = 'import os\nfrom typing import reveal_type\nX = """'
BOTTOM = '"""\nreveal_type(X)\nimport sys\n'

Json = dict[str, Any]
Key = tuple[str, Any]


def key_of(identifier: Any) -> Key:
    """Tells 1 from 1.0, true and "1"."""
    return type(identifier).__name__, identifier


def framed(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Relay:
    """A running punie-ls with real ty and ruff, and everything it has answered."""

    def __init__(self, process: asyncio.subprocess.Process, root: Path) -> None:
        self.process = process
        self.root = root
        self.answers: dict[Key, list[Json]] = {}
        self.counts: Counter[Key] = Counter()
        self.messages: list[str] = []
        self.stderr = b""
        self._count = 0
        self._version = 1000
        self._buffer = b""
        self._changed = asyncio.Condition()
        self._readers = [asyncio.create_task(self._read()), asyncio.create_task(self._read_stderr())]

    async def _read(self) -> None:
        assert self.process.stdout
        try:
            while data := await self.process.stdout.read(1 << 20):
                self._buffer += data
                while self._take():
                    pass
                async with self._changed:
                    self._changed.notify_all()
        finally:
            async with self._changed:
                self._changed.notify_all()

    def _take(self) -> bool:
        """One message off the buffer, which may hold nothing but messages."""
        if len(self._buffer) < 40 and b"\r\n\r\n" not in self._buffer:
            return False
        header = HEADER.match(self._buffer)
        assert header, f"no message on stdout: {self._buffer[:100]!r}"
        end = header.end() + int(header[1])
        if len(self._buffer) < end:
            return False
        body, self._buffer = self._buffer[header.end() : end], self._buffer[end:]
        self._receive(json.loads(body))
        return True

    def _receive(self, message: Json) -> None:
        assert message["jsonrpc"] == "2.0"
        if "method" not in message:
            assert ("result" in message) != ("error" in message), message
            key = key_of(message["id"])
            self.counts[key] += 1
            self.answers.setdefault(key, []).append(message)
        elif "id" in message:
            result = (
                [None] * len(message["params"]["items"]) if message["method"] == "workspace/configuration" else None
            )
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        elif message["method"] == "window/showMessage":
            self.messages.append(message["params"]["message"])

    async def _read_stderr(self) -> None:
        assert self.process.stderr
        while data := await self.process.stderr.read(1 << 16):
            self.stderr = (self.stderr + data)[-100_000:]

    # Writing.

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)

    async def drain(self) -> None:
        assert self.process.stdin
        await self.process.stdin.drain()

    def send_body(self, body: bytes) -> None:
        self.send_bytes(framed(body))

    def send(self, message: Any) -> None:
        self.send_body(json.dumps(message).encode())

    def notify(self, method: str, params: Any) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    async def request(self, method: str, params: Any) -> Json:
        self._count += 1
        identifier = f"own-{self._count}"
        self.send({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})
        return await self.answer(identifier)

    def request_initialize(self, encoding: str = "utf-16") -> None:
        params = {
            "processId": os.getpid(),
            "rootUri": self.root.as_uri(),
            "workspaceFolders": [{"uri": self.root.as_uri(), "name": "fuzz"}],
            "capabilities": capabilities(encodings=[encoding]),
        }
        self.send({"jsonrpc": "2.0", "id": "initialize", "method": "initialize", "params": params})

    async def answer(self, identifier: Any, number: int = 1) -> Json:
        """The answer to an id, the last of `number` of them."""
        key = key_of(identifier)
        await self.until(key, number)
        return self.answers[key][number - 1]

    async def until(self, key: Key, number: int) -> None:
        async with asyncio.timeout(SECONDS), self._changed:
            while self.counts[key] < number:
                if self._readers[0].done():
                    await self._readers[0]
                    raise EOFError(f"the relay has ended: {self.stderr[-2000:].decode(errors='replace')}")
                await self._changed.wait()

    # Looking at the servers.

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def open(self, uri: str, text: str) -> None:
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, *changes: Json) -> None:
        self._version += 1
        document = {"uri": uri, "version": self._version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def wrap(self, uri: str) -> None:
        """Make a text readable: as a literal, between two imports that ruff would take away."""
        self.change(
            uri,
            {"range": {"start": END, "end": END}, "text": BOTTOM},
            {"range": {"start": START, "end": START}, "text": TOP},
        )

    async def ty_text(self, uri: str) -> str | None:
        """A wrapped text as ty has it, by way of the literal's type; None when it cannot stand in a literal."""
        answer = await self.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        for item in answer["result"]["items"]:
            if item["message"].startswith("Revealed type: `Literal["):
                return ast.literal_eval(item["message"].removeprefix("Revealed type: `Literal[").removesuffix("]`"))
        return None

    async def ruff_text(self, uri: str) -> str | None:
        """A wrapped text as ruff has it, by way of a fix that touches its first and its last line."""
        params = {
            "textDocument": {"uri": uri},
            "range": {"start": START, "end": START},
            "context": {"diagnostics": [], "only": ["source.fixAll.ruff"]},
        }
        for action in (await self.request("textDocument/codeAction", params))["result"]:
            if action.get("kind") == "source.fixAll.ruff":
                if "edit" not in action:
                    action = (await self.request("codeAction/resolve", action))["result"]
                edits = action["edit"]
                [edit] = edits["changes"][uri] if "changes" in edits else edits["documentChanges"][0]["edits"]
                return edit["newText"].partition('"""')[2].rpartition('"""')[0]
        return None

    def children(self) -> dict[str, int]:
        """The running children's process ids."""
        found: dict[str, int] = {}
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                line = " ".join(child.cmdline()[:4])
                name = next((n for n in ("third_server", "ruff", "ty") if f"/{n}" in line), None)
                if name and child.status() != psutil.STATUS_ZOMBIE:
                    found[name] = child.pid
        return found

    async def ended(self) -> int:
        async with asyncio.timeout(SECONDS):
            await asyncio.gather(*self._readers)
            return await self.process.wait()

    async def close(self) -> None:
        if self.process.returncode is None:
            assert self.process.stdin
            self.process.stdin.close()
            with contextlib.suppress(TimeoutError):
                await self.ended()
        if self.process.returncode is None:
            self.process.kill()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)


@contextlib.asynccontextmanager
async def running(root: Path, encoding: str = "utf-16", *, initialize: bool = True) -> AsyncGenerator[Relay]:
    """A relay, initialized if nothing else is said."""
    environ = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "CONDA_PREFIX")}
    process = await asyncio.create_subprocess_exec(
        *map(str, (PUNIE_LS, "lsp", "--log-level", "error")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={
            **environ,
            "PUNIE_SERVER_COMMAND": json.dumps(THIRD_SERVER),
            "PUNIE_LOG_DIR": str(root.parent / "log"),
        },
    )
    relay = Relay(process, root)
    try:
        if initialize:
            relay.request_initialize(encoding)
            assert "result" in await relay.answer("initialize")
            relay.notify("initialized", {})
        yield relay
    finally:
        await relay.close()
