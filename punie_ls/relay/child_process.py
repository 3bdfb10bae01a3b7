"""A child server's process and pipes, as whole LSP messages. Knows asyncio and framing, no method."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from punie_ls.relay.transport import enlarge
from punie_semantic.wire.framing import Framer, FramingError, frame

STDERR_TAIL_BYTES = 16 << 10
STDERR_LOG_BYTES = 8 << 10
DRAIN_SECONDS = 0.1
TERM_SECONDS = 1.0
KILL_SECONDS = 1.0

# A child that takes nothing in for this long, while so much waits for it, hangs.
BACKLOG_BYTES: int = 64 << 20
DEAF_SECONDS = 10.0

log = logging.getLogger(__name__)

OnChildMessage = Callable[["ChildProcess", bytes], None]


class _Stdout(asyncio.Protocol):
    """A child's stdout without asyncio's detour, which hands on each piece one turn of the loop later."""

    def __init__(self, process: ChildProcess, original: asyncio.BaseProtocol) -> None:
        self._process = process
        self._original = original

    def data_received(self, data: bytes) -> None:
        self._process.pipe_data_received(1, data)

    def connection_lost(self, exc: Exception | None) -> None:
        # asyncio keeps the books of a child's pipes.
        self._original.connection_lost(exc)


class ChildProcess(asyncio.SubprocessProtocol):
    """One run of a child server. Its exit is reported once, after its last output has been read.

    It leads a process group of its own: what it starts ends with it, and a stopped child whose relay is killed is
    woken and ended by the kernel.
    """

    def __init__(self, name: str, on_message: OnChildMessage, on_exit: Callable[[ChildProcess], None]) -> None:
        self.name = name
        self.exited = asyncio.Event()
        self._framer = Framer(lambda body: on_message(self, body))
        self._on_exit = on_exit
        self._stderr = bytearray()
        self._transport: asyncio.SubprocessTransport | None = None
        self._stdin: asyncio.WriteTransport | None = None
        self._written = 0
        self._closing = False
        self._deaf_check: asyncio.TimerHandle | None = None

    @property
    def returncode(self) -> int | None:
        """The exit code; negative for a signal, None while it runs."""
        return self._transport.get_returncode() if self._transport else None

    @property
    def pid(self) -> int | None:
        """The process id."""
        return self._transport.get_pid() if self._transport else None

    @property
    def last_error(self) -> str:
        """The last line it wrote to stderr that is not of the ordinary course of things."""
        lines = bytes(self._stderr).decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip() and " INFO " not in line), "")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport and its pipes."""
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self._stdin = cast("asyncio.WriteTransport", self._transport.get_pipe_transport(0))
        self._stdin.set_write_buffer_limits(high=BACKLOG_BYTES)
        for descriptor in (0, 1):
            pipe = self._transport.get_pipe_transport(descriptor)
            if pipe is not None:
                enlarge(pipe.get_extra_info("pipe").fileno())
        if stdout := self._transport.get_pipe_transport(1):
            stdout.set_protocol(_Stdout(self, stdout.get_protocol()))

    def write(self, body: bytes) -> None:
        """Send one message; what a full pipe does not take is kept, for the editor is never held up."""
        if self._stdin is not None and not self._stdin.is_closing():
            framed = frame(body)
            self._written += len(framed)
            self._stdin.write(framed)

    def pause_writing(self) -> None:
        """Much waits for it: find out whether it still reads."""
        self._check_reading(-1)

    def resume_writing(self) -> None:
        """It has read most of it."""
        if self._deaf_check is not None:
            self._deaf_check.cancel()

    def _check_reading(self, before: int) -> None:
        """Kill it when nothing more than `before` has been read: a fresh one is told less than what waits."""
        if self._stdin is None or self.exited.is_set():
            return
        read = self._written - self._stdin.get_write_buffer_size()
        if read == before:
            log.error("%s hangs: it reads nothing", self.name)
            self.kill()
        else:
            self._deaf_check = asyncio.get_running_loop().call_later(DEAF_SECONDS, self._check_reading, read)

    def hold(self, *, paused: bool) -> None:
        """Stop or go on reading what the child writes."""
        pipe = self._transport.get_pipe_transport(1) if self._transport else None
        if isinstance(pipe, asyncio.ReadTransport) and not pipe.is_closing():
            (pipe.pause_reading if paused else pipe.resume_reading)()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Messages from stdout, a log from stderr."""
        if fd == 1:
            try:
                self._framer.feed(data)
            except FramingError:
                log.exception("%s does not speak LSP any more", self.name)
                self.kill()
            return
        # Of a flood, the end is enough: the log keeps what it has not written yet in memory.
        log.info("%s: %s", self.name, data[-STDERR_LOG_BYTES:].decode(errors="replace").rstrip())
        self._stderr += data
        del self._stderr[:-STDERR_TAIL_BYTES]

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Without its stdin or stdout a child is of no use, even if it still runs."""
        if fd in (0, 1) and not (self._closing or self.exited.is_set()):
            asyncio.get_running_loop().call_later(DRAIN_SECONDS, self.kill)

    def process_exited(self) -> None:
        """A grandchild may hold the pipes open: do not wait for their end for long."""
        asyncio.get_running_loop().call_later(DRAIN_SECONDS, self._finish)

    def connection_lost(self, exc: Exception | None) -> None:
        """Exited, and everything is read."""
        self._finish()

    def _finish(self) -> None:
        if not self.exited.is_set():
            self.exited.set()
            self.resume_writing()
            self._signal(signal.SIGKILL)
            if self._transport is not None:
                self._transport.close()
            self._on_exit(self)

    def close_stdin(self) -> None:
        """The polite end: a language server exits when its input ends."""
        self._closing = True
        if self._stdin is not None:
            self._stdin.close()

    def terminate(self) -> None:
        """SIGTERM, to it and what it has started."""
        if self.returncode is None:
            self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL, to it and what it has started."""
        if self.returncode is None:
            self._signal(signal.SIGKILL)

    def abandon(self) -> None:
        """Kill it and let go of its pipes, without waiting for its end: the loop may be closed from now on."""
        self.kill()
        if self._transport is not None:
            self._transport.close()

    def _signal(self, number: signal.Signals) -> None:
        # macOS refuses to signal a group of which only zombies are left.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.pid is not None:
                os.killpg(self.pid, number)


async def spawn(
    name: str,
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    on_message: OnChildMessage,
    on_exit: Callable[[ChildProcess], None],
    process: Callable[..., ChildProcess] = ChildProcess,
) -> ChildProcess:
    """Start a child server. Raises OSError when the program cannot be run."""
    loop = asyncio.get_running_loop()
    _, started = await loop.subprocess_exec(
        lambda: process(name, on_message, on_exit), *command, env=dict(environ), process_group=0
    )
    return started


async def stop_all(processes: Iterable[ChildProcess]) -> None:
    """End children: their input ends, then SIGTERM, then SIGKILL."""
    left = [process for process in processes if not process.exited.is_set()]
    for process in left:
        process.close_stdin()
    for seconds, action in ((TERM_SECONDS, ChildProcess.terminate), (KILL_SECONDS, ChildProcess.kill)):
        left = await _still_running(left, seconds)
        for process in left:
            action(process)
    for process in await _still_running(left, KILL_SECONDS):
        process.abandon()


async def _still_running(processes: list[ChildProcess], seconds: float) -> list[ChildProcess]:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            for process in processes:
                await process.exited.wait()
    return [process for process in processes if not process.exited.is_set()]
