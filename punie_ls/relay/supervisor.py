"""Keeps one child server alive: starts it, initializes it, restarts it, and gives up in the end.

Knows processes and time; what a fresh server must be told is the relay's business.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from msgspec import Raw

from punie_ls.relay import methods
from punie_ls.relay.child import Child
from punie_ls.relay.child_process import TERM_SECONDS, ChildProcess, spawn
from punie_ls.relay.exceptions import StartError
from punie_ls.relay.messages import Reply, encode, result_of

BACKOFF_SECONDS = 0.05
MAX_RESTARTS = 5
RESTART_WINDOW_SECONDS = 60.0

log = logging.getLogger(__name__)


class Events(Protocol):
    """Who hears of a child's ups and downs."""

    def child_ready(self, child: Child, *, again: bool) -> None:
        """It is initialized; `again` when it was so before."""
        ...

    def child_lost(self, child: Child) -> None:
        """It has exited; `child.reason` says how."""
        ...

    def child_gone(self, child: Child, *, ran: bool) -> None:
        """It will not be started again; `ran` when it once was initialized."""
        ...

    def child_params(self, child: Child) -> dict[str, Any]:
        """Its `initialize` params as things stand."""
        ...


@dataclass(frozen=True)
class Launch:
    """How a child is started.

    Attributes:
        command: program and arguments; empty when there is none, and then `absence` says why.
        environ: its environment.
        absence: a sentence for the user.
        first_retries: how often a start is repeated that has never succeeded.
        start_seconds: how long `initialize` may take.
        process: makes the object for a run; a trace puts its own here.
    """

    command: Sequence[str]
    environ: Mapping[str, str]
    absence: str = ""
    first_retries: int = 2
    start_seconds: float = 20.0
    process: Callable[..., ChildProcess] = ChildProcess


class Supervisor:
    """The life of one child. `first` is done when it is initialized or given up: the result, or None."""

    def __init__(self, child: Child, launch: Launch, events: Events) -> None:
        self.child = child
        self.first: asyncio.Future[dict[str, Any] | None] = asyncio.get_running_loop().create_future()
        self.stopping = False
        self._launch = launch
        self._events = events
        self._ran = False
        self._planned = False
        self._failures: deque[float] = deque()

    async def spawn(self) -> None:
        """Start the process, so that it is warm when `initialize` comes. Raises StartError."""
        launch = self._launch
        if not launch.command:
            raise StartError(launch.absence, retry=False)
        try:
            process = await spawn(
                self.child.name,
                launch.command,
                environ=launch.environ,
                on_message=self.child.receive,
                on_exit=self._exited,
                process=launch.process,
            )
        except OSError as error:
            raise StartError(f"{launch.command[0]}: {error.strerror or error}", retry=False) from error
        if self.stopping:
            # Whoever stops the children did not know of it yet.
            process.abandon()
            raise StartError("it is not wanted any more", retry=False)
        if process.exited.is_set():
            raise StartError(self._description(process), retry=True)
        self.child.process = process
        self.child.state = "starting"

    async def run(self) -> None:
        """Start and restart until there is no point in it any more."""
        while not self.stopping:
            try:
                process = await self._start()
            except StartError as error:
                self.child.reason = str(error)
                retry = error.retry or self._ran
            else:
                await process.exited.wait()
                retry = True
            if self.stopping:
                return
            if self._planned:
                self._planned = False
                continue
            if not retry or not self._may_restart():
                self._give_up()
                return
            # Not after the first crash: someone is typing.
            await asyncio.sleep(BACKOFF_SECONDS * (2 ** (len(self._failures) - 1) - 1))

    def restart(self) -> bool:
        """End this run so that the next one starts with new settings, which is no failure.

        False when it was given up, and `run` must be called again.
        """
        self._failures.clear()
        if self.child.state == "gone":
            self.child.state = "down"
            return False
        if self.child.process is not None:
            self._planned = True
            self.child.process.terminate()
            # A hung one does not hear that.
            asyncio.get_running_loop().call_later(TERM_SECONDS, self.child.process.kill)
        return True

    async def _start(self) -> ChildProcess:
        """Spawn and initialize; returns the running process."""
        if self.child.process is None:
            await self.spawn()
        process = self.child.process
        if process is None:
            raise StartError(self.child.reason, retry=True)
        result = await self._initialize(process)
        self.child.capabilities = result.get("capabilities") or {}
        self.child.state = "ready"
        again, self._ran = self._ran, True
        self._events.child_ready(self.child, again=again)
        if not self.first.done():
            self.first.set_result(result)
        return process

    async def _initialize(self, process: ChildProcess) -> dict[str, Any]:
        params = encode(self._events.child_params(self.child))
        try:
            async with asyncio.timeout(self._launch.start_seconds):
                reply: Reply = await self.child.call(methods.INITIALIZE, params)
        except TimeoutError:
            process.kill()
            await process.exited.wait()
            message = f"{self._launch.command[0]}: no answer to initialize in {self._launch.start_seconds:g} s"
            raise StartError(message, retry=False) from None
        result = result_of(reply)
        if isinstance(result, dict):
            return result
        if process.exited.is_set():
            raise StartError(self.child.reason, retry=True)
        process.kill()
        await process.exited.wait()
        answer = bytes(reply.error).decode() if isinstance(reply.error, Raw) else "no result"
        raise StartError(f"{self._launch.command[0]}: initialize failed: {answer}", retry=True)

    def _exited(self, process: ChildProcess) -> None:
        if process is not self.child.process:
            return
        self.child.lost(self._description(process))
        if not self.stopping:
            level = logging.INFO if self._planned else logging.ERROR
            log.log(level, "%s stopped: %s", self.child.name, self.child.reason)
            self._events.child_lost(self.child)

    def _description(self, process: ChildProcess) -> str:
        """How a run has ended, in the child's own last words."""
        code = process.returncode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        last = f": {process.last_error}" if process.last_error else ""
        return f"{self._launch.command[0]}: {how}{last}"

    def _may_restart(self) -> bool:
        now = asyncio.get_running_loop().time()
        self._failures.append(now)
        while self._failures[0] < now - RESTART_WINDOW_SECONDS:
            self._failures.popleft()
        return len(self._failures) <= (MAX_RESTARTS if self._ran else self._launch.first_retries)

    def _give_up(self) -> None:
        self.child.state = "gone"
        log.warning("%s stays off: %s", self.child.name, self.child.reason)
        if not self.first.done():
            self.first.set_result(None)
        self._events.child_gone(self.child, ran=self._ran)
