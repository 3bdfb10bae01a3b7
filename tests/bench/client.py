"""A blocking LSP client with as little overhead of its own as possible, for measuring servers."""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from punie_semantic.wire.framing import Framer, frame, peek

PIPE_BYTES = 1 << 20
PATIENCE_SECONDS = 120.0
EXIT_SECONDS = 3.0

# So that glibc keeps the large read buffers instead of asking the kernel for each.
_ = bytes(16 << 20)
del _


class AnswerError(RuntimeError):
    """The server answered with an error."""


class BenchClient:
    """One server process; requests are sent and waited for one at a time, or collected later."""

    def __init__(self, command: list[str], root: Path, environ: Mapping[str, str] | None = None) -> None:
        self._root = root
        self._started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=root,
            bufsize=0,
            env={**os.environ, **(environ or {})},
        )
        assert self.process.stdin
        assert self.process.stdout
        self._in, self._out = self.process.stdin.fileno(), self.process.stdout.fileno()
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            for descriptor in (self._in, self._out):
                fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._answers: dict[Any, tuple[bytes, float]] = {}
        self._framer = Framer(self._receive)
        self._next = 0
        self.seconds = 0.0
        self.start_seconds = 0.0

    def initialize(self, capabilities: dict[str, Any]) -> float:
        """The handshake; gives the seconds from spawn to the initialize reply."""
        folder = {"uri": self._root.as_uri(), "name": self._root.name}
        params = {"processId": os.getpid(), "rootUri": folder["uri"], "workspaceFolders": [folder]}
        self.request("initialize", {**params, "capabilities": capabilities})
        self.start_seconds = time.perf_counter() - self._started
        self.notify("initialized", {})
        return self.start_seconds

    def request(self, method: str, params: Any) -> Any:
        """The result; `seconds` then holds the time from the first byte sent to the last one read."""
        message = msgspec.json.decode(self.exchange(method, params))
        if "error" in message:
            raise AnswerError(f"{method}: {message['error']}")
        return message.get("result")

    def exchange(self, method: str, params: Any) -> bytes:
        """The whole answer as it came; `seconds` as above."""
        started = time.perf_counter()
        identifier = self.ask(method, params)
        body, ended = self.collect(identifier)
        self.seconds = ended - started
        return body

    def ask(self, method: str, params: Any) -> int:
        """Send a request; gives its id."""
        self._next += 1
        self._send({"jsonrpc": "2.0", "id": self._next, "method": method, "params": params})
        return self._next

    def collect(self, identifier: int) -> tuple[bytes, float]:
        """Wait for an answer; gives it and when its last byte had come."""
        while identifier not in self._answers:
            self._read()
        return self._answers.pop(identifier)

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def open(self, path: Path) -> dict[str, Any]:
        """Open a file; gives its text document identifier."""
        document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": path.read_text("utf-8")}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return {"textDocument": {"uri": path.as_uri()}}

    def close(self) -> None:
        """Shut the server down; one that does not go soon is killed."""
        self.request("shutdown", None)
        self.notify("exit", None)
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()  # some wait for that
        try:
            self.process.wait(EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def _send(self, message: dict[str, Any]) -> None:
        data = memoryview(frame(msgspec.json.encode(message)))
        while data:
            data = data[os.write(self._in, data) :]

    def _read(self) -> None:
        if not select.select([self._out], [], [], PATIENCE_SECONDS)[0]:
            raise TimeoutError(f"no answer within {PATIENCE_SECONDS:g} s")
        data = os.read(self._out, PIPE_BYTES)
        if not data:
            raise RuntimeError("the server ended")
        self._framer.feed(data)

    def _receive(self, body: bytes) -> None:
        ended = time.perf_counter()
        identifier, method = peek(body)
        if method is None:
            self._answers[identifier] = (body, ended)
        elif identifier is not None:
            params = msgspec.json.decode(body).get("params") or {}
            result = [None] * len(params.get("items", [])) if method == "workspace/configuration" else None
            self._send({"jsonrpc": "2.0", "id": identifier, "result": result})
