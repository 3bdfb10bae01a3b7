"""One run of a project's worker: `punie-ls acp` in a process of its own, on a socket that only we can reach.

Knows processes and sockets; nothing of ACP. The worker ends with its standard input, so also when we are killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from punie_ls.serve.exceptions import WorkerUnavailable

START_SECONDS = 60.0
POLL_SECONDS = 0.02
PROBE_SECONDS = 5.0
END_SECONDS = 4.0
TERM_SECONDS = 3.0
LINE_BYTES = 16 << 20
STDERR_BYTES = 8 << 10

log = logging.getLogger(__name__)

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Command = Callable[[Path, Path | None], Sequence[str]]


def agent_command(socket: Path, root: Path | None) -> list[str]:
    """The agent on a socket, for one project; None is for what is about no project, such as the list of sessions."""
    project = [] if root is None else ["--project", str(root)]
    return [sys.executable, "-P", "-m", "punie_ls", "acp", "--listen", str(socket), *project]


class Worker:
    """A process and its socket. Use `start`.

    Attributes:
        started: when it was started, by the monotonic clock.
        wanted: whether its end is a failure; False while it is being stopped.
    """

    def __init__(self, process: asyncio.subprocess.Process, root: Path, socket: Path) -> None:
        self.started = time.monotonic()
        self.wanted = True
        self._process = process
        self._root = root
        self._socket = socket
        self._stderr = bytearray()
        self._reading = asyncio.ensure_future(self._read_stderr())

    @classmethod
    async def start(cls, command: Sequence[str], root: Path, socket: Path, environ: Mapping[str, str]) -> Worker:
        """Start a worker and wait until it listens on its socket. Raises WorkerUnavailable."""
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                env=dict(environ),
                cwd=root,
                process_group=0,
            )
        except OSError as error:
            raise WorkerUnavailable(f"The agent for {root} could not be started: {error.strerror or error}.") from error
        worker = cls(process, root, socket)
        try:
            await worker._wait_until_up()
        except BaseException:
            worker.wanted = False
            await asyncio.shield(worker.stop())
            raise
        log.info("the worker %d for %s listens", process.pid, root)
        return worker

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether the process is gone; known at once, before its sockets and the event loop tell."""
        if self._process.returncode is not None:
            return True
        waitid = getattr(os, "waitid", None)
        if waitid is None:
            return False
        try:
            return waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:  # the loop has just been told
            return True

    def ending(self) -> str:
        """How it ended, as a sentence for people."""
        code = self._process.returncode
        how = "does not answer any more"
        if code is not None:
            how = f"was ended by {_signal_name(-code)}" if code < 0 else f"ended with exit code {code}"
        said = self._last_line()
        return f"The agent for {self._root} {how}" + (f" ({said})." if said else ".")

    async def wait(self) -> None:
        """Until it has ended, and all that it said is read."""
        await self._process.wait()
        with contextlib.suppress(TimeoutError):
            # What it started may hold the pipe open.
            async with asyncio.timeout(0.5):
                await asyncio.shield(self._reading)

    async def connect(self) -> Stream:
        """A new connection to it. Raises WorkerUnavailable."""
        try:
            return await asyncio.open_unix_connection(str(self._socket), limit=LINE_BYTES)
        except OSError as error:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    await self.wait()
            raise WorkerUnavailable(self.ending()) from error

    async def stop(self) -> None:
        """End it: its input ends, then SIGTERM, then SIGKILL to it and what it started."""
        self.wanted = False
        if self._process.stdin is not None:
            self._process.stdin.close()
        for seconds, number in ((END_SECONDS, signal.SIGTERM), (TERM_SECONDS, signal.SIGKILL)):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._process.wait()
                break
            self._signal(number)
        await self.wait()
        self.clean_up()

    def clean_up(self) -> None:
        """What a worker started goes with it, and its socket too."""
        self._signal(signal.SIGKILL)
        self._reading.cancel()
        with contextlib.suppress(OSError):
            self._socket.unlink(missing_ok=True)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    async def _wait_until_up(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not await self._listens():
            if self.ended:
                await self.wait()
                raise WorkerUnavailable(self.ending())
            if time.monotonic() > deadline:
                raise WorkerUnavailable(f"The agent for {self._root} did not start within {START_SECONDS:.0f} s.")
            await asyncio.sleep(POLL_SECONDS)

    async def _listens(self) -> bool:
        if not self._socket.exists():
            return False
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                _, writer = await asyncio.open_unix_connection(str(self._socket))
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    async def _read_stderr(self) -> None:
        assert self._process.stderr is not None
        while data := await self._process.stderr.read(64 << 10):
            log.info("worker %d: %s", self.pid, data[-STDERR_BYTES:].decode(errors="replace").rstrip())
            self._stderr += data
            del self._stderr[:-STDERR_BYTES]

    def _last_line(self) -> str:
        lines = bytes(self._stderr).decode(errors="replace").split("\n")
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
