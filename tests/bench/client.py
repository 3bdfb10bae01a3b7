"""A blocking LSP client with as little overhead of its own as possible, for measuring servers."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import msgspec

from punie_semantic.wire.framing import Framer, frame


class BenchClient:
    """One server process; requests are sent and waited for one at a time."""

    def __init__(self, command: list[str], root: Path) -> None:
        self._root = root
        self._started = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root, bufsize=0
        )
        self._replies: dict[Any, tuple[dict[str, Any], float]] = {}
        self._framer = Framer(self._receive)
        self._next = 0
        self.seconds = 0.0

    def initialize(self, capabilities: dict[str, Any]) -> float:
        """The handshake; gives the seconds from spawn to the initialize reply."""
        folder = {"uri": self._root.as_uri(), "name": self._root.name}
        params = {"processId": os.getpid(), "rootUri": folder["uri"], "workspaceFolders": [folder]}
        self.request("initialize", {**params, "capabilities": capabilities})
        taken = time.perf_counter() - self._started
        self.notify("initialized", {})
        return taken

    def request(self, method: str, params: Any) -> Any:
        """The result; `seconds` then holds the time from the first byte sent to the last one read."""
        self._next += 1
        started = time.perf_counter()
        self._send({"jsonrpc": "2.0", "id": self._next, "method": method, "params": params})
        while self._next not in self._replies:
            self._read()
        message, ended = self._replies.pop(self._next)
        self.seconds = ended - started
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}")
        return message.get("result")

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def open(self, path: Path) -> dict[str, Any]:
        """Open a file; gives its text document identifier."""
        document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": path.read_text("utf-8")}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return {"textDocument": {"uri": path.as_uri()}}

    def close(self) -> None:
        """Shut the server down."""
        self.request("shutdown", None)
        self.notify("exit", None)
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        data = memoryview(frame(msgspec.json.encode(message)))
        while data:
            data = data[os.write(self.process.stdin.fileno(), data) :]

    def _read(self) -> None:
        assert self.process.stdout
        data = os.read(self.process.stdout.fileno(), 1 << 20)
        if not data:
            raise RuntimeError("the server ended")
        self._framer.feed(data)

    def _receive(self, body: bytes) -> None:
        ended = time.perf_counter()
        message = msgspec.json.decode(body)
        if "method" not in message:
            self._replies[message.get("id")] = (message, ended)
        elif "id" in message:
            items = (message.get("params") or {}).get("items", [])
            result = [None] * len(items) if message["method"] == "workspace/configuration" else None
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})
