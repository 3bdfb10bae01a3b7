"""An editor that can leave requests unanswered, and looks after the relay's children."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import psutil

from tests.integration.relay.client import FAKE_SERVER, PUNIE_LS, Client, Json

FORGIVING_RELAY = (sys.executable, "-P", str(Path(__file__).with_name("forgiving_relay.py")))
MODIFIED, SERVER_CANCELLED = -32801, -32802

_MARKS = {
    "ty": ("ty", "server"),
    "ruff": ("ruff", "server"),
    "fake": ("fake_server.py",),
    "punie": ("punie_ls", "server"),
    "watcher": ("punie_ls.watcher",),
}


class Editor(Client):
    """Raw messages, and documents that nobody has saved.

    `silent` are the methods whose requests it does not answer; `order` has the method, or the id, of all it was sent.
    """

    def __init__(self, process: asyncio.subprocess.Process, root: Path) -> None:
        super().__init__(process)
        self.root = root
        self.silent: set[str] = set()
        self.order: list[Any] = []
        self._names = itertools.count()
        self._versions: dict[str, int] = {}

    def _receive(self, body: bytes) -> None:
        message = json.loads(body)
        self.order.append(message.get("method", message.get("id")))
        if "id" in message and message.get("method") in self.silent:
            self.requests.append(message)
        else:
            super()._receive(body)

    def new(self, text: str, name: str = "") -> str:
        """Open a document that is on no disk."""
        path = self.root / (name or f"unsaved_{next(self._names)}.py")
        uri = self.open(path, text)
        self._versions[uri] = 1
        return uri

    def type(self, uri: str, text: str) -> None:
        """Replace a document's text."""
        self._versions[uri] += 1
        self.change(uri, self._versions[uri], {"text": text})

    async def written(self) -> None:
        """Wait until the relay has taken what was sent."""
        assert self.process.stdin
        async with asyncio.timeout(30):
            await self.process.stdin.drain()

    async def passed_on(self) -> None:
        """Wait until the relay has dealt with all that was sent: it takes one message after the other."""
        refused = await self.request("initialize", {})
        assert refused["error"]["code"] == -32600

    def shut(self, uri: str) -> None:
        """Close a document."""
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    async def asked(self, method: str, since: int = 0) -> Json:
        """The first request for a method after the first `since` of them all, which may still have to come."""
        return await self.until(lambda: next((r for r in self.requests[since:] if r["method"] == method), None))

    async def settled(self, method: str, params: Any) -> Any:
        """The result of a request, asked again for as long as a server is on its way back."""
        while True:
            response = await self.request(method, params)
            if response.get("error", {}).get("code") not in (MODIFIED, SERVER_CANCELLED):
                assert "error" not in response, response
                return response["result"]
            await asyncio.sleep(0.005)

    async def findings(self, uri: str) -> set[tuple[str, str]]:
        """Source and code of a document's problems, once all servers can say."""
        report = await self.settled("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        return {(item["source"], item.get("code", "")) for item in report["items"]}

    # Processes

    def server(self, name: str) -> psutil.Process | None:
        """A running child of the relay; None while there is none."""
        for process in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                line = process.cmdline()
                parts = [Path(part).name for part in line]
                if all(mark in parts for mark in _MARKS[name]) and process.status() != psutil.STATUS_ZOMBIE:
                    return process
        return None

    async def running(self, name: str, *, but: int = 0) -> psutil.Process:
        """A child, once there is one that is not the process `but`."""
        async with asyncio.timeout(30):
            # There is no event for another process's start.
            while not (process := self.server(name)) or process.pid == but:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
            return process

    def relay(self) -> psutil.Process:
        """The relay's process."""
        return psutil.Process(self.process.pid)


@contextlib.asynccontextmanager
async def start(
    root: Path,
    *,
    command: Sequence[str | Path] = (PUNIE_LS,),
    server: Sequence[str] = FAKE_SERVER,
    environ: dict[str, str] | None = None,
    initialize: bool = True,
    **params: Any,
) -> AsyncGenerator[Editor]:
    """A running relay on a folder.

    Args:
        root: the workspace.
        command: the relay; FORGIVING_RELAY to crash its children often.
        server: the third server's command.
        environ: variables to set.
        initialize: whether the editor does that.
        params: for `initialize`.
    """
    inherited = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "CONDA_PREFIX")}
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=root,
        env={**inherited, "PUNIE_SERVER_COMMAND": json.dumps(list(server)), **(environ or {})},
    )
    editor = Editor(process, root)
    try:
        if initialize:
            await editor.initialize(root, **params)
        yield editor
    finally:
        for child in descendants(process.pid):
            with contextlib.suppress(psutil.Error):
                child.resume()
        await editor.close()


def descendants(pid: int) -> list[psutil.Process]:
    """All processes below the relay; none when it has ended."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


async def stopped(process: psutil.Process) -> psutil.Process:
    """Stop a process, and wait until each of its threads has heard of it."""
    process.suspend()
    async with asyncio.timeout(30):
        # Nor for its stop.
        while not all(_is_stopped(process.pid, thread.id) for thread in process.threads()):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    return process


def _is_stopped(pid: int, thread: int) -> bool:
    with contextlib.suppress(FileNotFoundError):  # it has just ended
        return Path(f"/proc/{pid}/task/{thread}/stat").read_text().rpartition(")")[2].split()[0] in "tT"
    return True


async def ended(processes: Sequence[psutil.Process], seconds: float = 20) -> list[psutil.Process]:
    """Wait until processes have ended; gives those that have not."""
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, timeout=seconds)
    return [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
