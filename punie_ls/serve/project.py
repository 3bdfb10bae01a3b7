"""One project of the server: its worker is started when it is needed, restarted after a crash, and stopped when idle.

Knows workers and time; what goes over their sockets is the links' business.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from punie_ls.serve.exceptions import WorkerUnavailable
from punie_ls.serve.worker import Command, Worker

BACKOFF_SECONDS = 0.25
MAX_CRASHES = 5
CRASH_WINDOW_SECONDS = 60.0
STABLE_SECONDS = 10.0

State = Literal["stopped", "starting", "ready", "failing"]

log = logging.getLogger(__name__)


class User(Protocol):
    """Who uses a project's worker: a client's link."""

    @property
    def busy(self) -> bool:
        """Whether something is asked or answered."""
        ...

    @property
    def sessions(self) -> int:
        """How many sessions are open there."""
        ...

    def detach(self) -> None:
        """The worker is about to be stopped; what is sent from now on needs a new one."""
        ...


@dataclass(frozen=True)
class Launch:
    """How workers are started.

    Attributes:
        command: the program and its arguments, for a socket and a project.
        sockets: a folder that only the user can enter.
        environ: what workers get.
        starting: how many may be starting at once.
        make_room: ends others that have nothing to do, when there are too many.
    """

    command: Command
    sockets: Path
    environ: Mapping[str, str]
    starting: asyncio.Semaphore
    make_room: Callable[[Project], Awaitable[None]]


class Project:
    """A folder and its worker.

    Args:
        root: the folder.
        launch: how a worker is started.
        restricted: whether the worker refuses all other folders.

    Attributes:
        root: the folder, links followed; nothing outside it is the worker's business.
        worker: the one that runs; None for none.
        users: the links of clients.
        last_used: when something was said last, by the monotonic clock.
        starts: how many workers there were.
        crashes: how many of them ended by themselves.
    """

    def __init__(self, root: Path, launch: Launch, *, restricted: bool = True) -> None:
        self.root = root
        self.worker: Worker | None = None
        self.users: set[User] = set()
        self.last_used = time.monotonic()
        self.starts = 0
        self.crashes = 0
        self._launch = launch
        self._restricted = restricted
        self._lock = asyncio.Lock()
        self._failures: deque[float] = deque()
        self._watches: set[asyncio.Task[None]] = set()
        self._problem = ""

    @property
    def state(self) -> State:
        """What its worker does."""
        if self.worker is not None:
            return "ready"
        if self._lock.locked():
            return "starting"
        return "failing" if self._failing() else "stopped"

    @property
    def busy(self) -> bool:
        """Whether a client waits for it, or it for a client."""
        return self._lock.locked() or any(user.busy for user in self.users)

    def touch(self) -> None:
        """Something was said."""
        self.last_used = time.monotonic()

    async def ready(self) -> Worker:
        """A worker that runs; it is started when there is none. Raises WorkerUnavailable."""
        async with self._lock:
            worker = self.worker
            if worker is not None and worker.ended:
                await worker.wait()
                self.lost(worker)
            if self.worker is None:
                self.worker = await self._start()
            self.touch()
            return self.worker

    async def stop(self, *, only_idle: bool = False) -> None:
        """End the worker; the next message starts another one."""
        async with self._lock:
            worker = self.worker
            if worker is None or (only_idle and any(user.busy for user in self.users)):
                return
            self.worker = None
            worker.wanted = False
            for user in list(self.users):
                if not user.busy:  # a busy one hears what the worker says at its end
                    user.detach()
            await worker.stop()
            log.info("the worker for %s was stopped", self.root)

    def lost(self, worker: Worker) -> None:
        """A worker has ended by itself, or does not answer."""
        if self.worker is worker:
            self.worker = None
            self.crashes += 1
            if time.monotonic() - worker.started > STABLE_SECONDS:
                self._failures.clear()  # it had started well
            self._failed(worker.ending())
            worker.clean_up()

    async def _start(self) -> Worker:
        if not self.root.is_dir():
            raise WorkerUnavailable(f"The project's folder {self.root} is not there any more.")
        if self._failing():
            wait = CRASH_WINDOW_SECONDS - (time.monotonic() - self._failures[0])
            raise WorkerUnavailable(
                f"{self._problem} It failed {len(self._failures)} times, and is tried again in {wait:.0f} s."
            )
        if self._failures:
            # Not after the first crash: someone is waiting.
            await asyncio.sleep(BACKOFF_SECONDS * (2 ** (len(self._failures) - 1) - 1))
        await self._launch.make_room(self)
        async with self._launch.starting:
            self.starts += 1
            socket = self._launch.sockets / f"{id(self):x}-{self.starts}"
            command = self._launch.command(socket, self.root if self._restricted else None)
            try:
                worker = await Worker.start(command, self.root, socket, self._launch.environ)
            except WorkerUnavailable as error:
                self._failed(str(error))
                raise
        task = asyncio.ensure_future(self._watch(worker))
        self._watches.add(task)
        task.add_done_callback(self._watches.discard)
        return worker

    async def _watch(self, worker: Worker) -> None:
        await worker.wait()
        if worker.wanted:
            log.warning("%s", worker.ending())
            self.lost(worker)

    def _failed(self, problem: str) -> None:
        self._problem = problem
        self._failures.append(time.monotonic())

    def _failing(self) -> bool:
        """Whether it failed so often of late that there is no point in trying."""
        while self._failures and time.monotonic() - self._failures[0] > CRASH_WINDOW_SECONDS:
            self._failures.popleft()
        return len(self._failures) >= MAX_CRASHES
