"""The commands that run now: what each does, and stopping them."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Job:
    """A running command.

    Attributes:
        number: counts up.
        title: what it is, for people.
        task: cancelling it ends the command.
        session: the id of the session whose turn it is; empty for none.
        doing: the sentence of its progress bar.
    """

    number: int
    title: str
    task: asyncio.Task[object]
    session: str = ""
    doing: str = ""
    started: float = field(default_factory=time.monotonic)


class Jobs:
    """All running commands; `on_change` hears when one begins or ends."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._jobs: dict[int, Job] = {}
        self._numbers = itertools.count(1)

    @contextmanager
    def running(self, title: str) -> Generator[Job]:
        """The present task is a job until the block ends."""
        task = asyncio.current_task()
        assert task is not None
        job = Job(next(self._numbers), title, task)
        self._jobs[job.number] = job
        self._on_change()
        try:
            yield job
        finally:
            del self._jobs[job.number]
            self._on_change()

    def all(self) -> list[Job]:
        """Oldest first."""
        return list(self._jobs.values())

    def stop(self, session: str | None = None) -> list[Job]:
        """Cancel a session's jobs, or all others than the present one. Gives what was cancelled."""
        own = asyncio.current_task()
        stopped = [job for job in self._jobs.values() if job.task is not own and session in (None, job.session)]
        for job in stopped:
            job.task.cancel()
        return stopped
