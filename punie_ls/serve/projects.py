"""The registry of projects: which there are, what their workers do, and when these are stopped."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from punie_ls.serve.discovery import TOKEN_VARIABLE, folder
from punie_ls.serve.exceptions import RequestRefused
from punie_ls.serve.memory import tree_megabytes
from punie_ls.serve.messages import INVALID_PARAMS
from punie_ls.serve.model_queue import VARIABLE, ModelQueue
from punie_ls.serve.project import Launch, Project
from punie_ls.serve.worker import Command, agent_command

STARTING_AT_ONCE = 2
MAX_WORKERS = 16
MODEL_SLOTS = 4
CHECKS_PER_IDLE = 8


class Projects:
    """All projects that a client has asked for. An async context manager: at its end all workers have ended.

    Args:
        idle_seconds: a worker that has nothing to do for so long is stopped.
        max_workers: before another one is started, the one that was idle longest is stopped.
        model_slots: how many requests a model server of this machine gets at once.
        environ: what workers get.
        command: what a worker runs.

    Attributes:
        model_queue: where workers wait for their turn at a model server.
    """

    def __init__(
        self,
        *,
        idle_seconds: float,
        max_workers: int = MAX_WORKERS,
        model_slots: int = MODEL_SLOTS,
        environ: Mapping[str, str] | None = None,
        command: Command = agent_command,
    ) -> None:
        self.model_queue = ModelQueue(model_slots)
        self._idle_seconds = idle_seconds
        self._max_workers = max_workers
        self._environ = dict(os.environ if environ is None else environ)
        # Whoever has it may use the server: it is not for the programs that an agent runs.
        self._environ.pop(TOKEN_VARIABLE, None)
        self._projects: dict[Path, Project] = {}
        self._command = command
        self._launch: Launch | None = None

    async def __aenter__(self) -> Self:
        # Only the user can enter it; its name is short, for a socket's path has about 100 characters.
        sockets = Path(await asyncio.to_thread(lambda: tempfile.mkdtemp(prefix="punie-")))
        await self.model_queue.start(sockets / "models")
        environ = {**self._environ, VARIABLE: str(sockets / "models")}
        self._launch = Launch(self._command, sockets, environ, asyncio.Semaphore(STARTING_AT_ONCE), self._make_room)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop_all()
        await self.model_queue.close()
        if self._launch is not None:
            await asyncio.to_thread(shutil.rmtree, self._launch.sockets, ignore_errors=True)

    def of(self, cwd: str) -> Project:
        """The project of a session's `cwd`: that very folder. Raises RequestRefused when it is none."""
        path = Path(cwd)
        if not path.is_absolute() or "\0" in cwd:
            raise RequestRefused(INVALID_PARAMS, f"cwd must be an absolute path, and {cwd!r} is none.", {"cwd": cwd})
        root = _existing(path)
        if root is None:
            raise RequestRefused(INVALID_PARAMS, f"There is no folder {cwd}. Pass the project's folder.", {"cwd": cwd})
        return self._at(root)

    def any(self) -> Project:
        """A project for what is about none, such as a list of all sessions: one whose worker runs, if any does."""
        running = [project for project in self._projects.values() if project.worker is not None]
        return max(running, key=lambda project: project.last_used) if running else self.none()

    def none(self) -> Project:
        """No project, with a worker that may look at the sessions of all of them."""
        place = folder() / "no-project"
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._at(place.resolve(), restricted=False)

    def listing(self) -> list[dict[str, Any]]:
        """What there is, for people."""
        now = time.monotonic()
        return [
            {
                "root": str(project.root),
                "state": project.state,
                "busy": project.busy,
                "pid": project.worker.pid if project.worker else None,
                "memoryMegabytes": tree_megabytes(project.worker.pid) if project.worker else None,
                "clients": len(project.users),
                "sessions": sum(user.sessions for user in project.users),
                "idleSeconds": round(now - project.last_used, 1),
                "starts": project.starts,
                "crashes": project.crashes,
            }
            for project in self._projects.values()
        ]

    async def stop_idle(self) -> None:
        """Stop workers that have nothing to do, for ever."""
        while True:
            await asyncio.sleep(min(self._idle_seconds / CHECKS_PER_IDLE, 30.0))
            now = time.monotonic()
            for project in list(self._projects.values()):
                if now - project.last_used >= self._idle_seconds and not project.busy:
                    await project.stop(only_idle=True)
                if project.state == "stopped" and not project.users:
                    self._projects.pop(project.root, None)

    async def stop_all(self, *, only_running: bool = False) -> None:
        """End all workers; those that are just starting are waited for, unless `only_running`."""
        found = [p for p in self._projects.values() if p.state != "starting" or not only_running]
        await asyncio.gather(*(project.stop() for project in found))

    async def _make_room(self, wanted: Project) -> None:
        """Stop the worker that was idle longest when there are too many; busy ones are left alone."""
        running = [project for project in self._projects.values() if project.worker is not None]
        idle = sorted((p for p in running if not p.busy and p is not wanted), key=lambda p: p.last_used)
        for project in idle[: max(len(running) + 1 - self._max_workers, 0)]:
            await project.stop(only_idle=True)

    def _at(self, root: Path, *, restricted: bool = True) -> Project:
        assert self._launch is not None
        if root not in self._projects:
            self._projects[root] = Project(root, self._launch, restricted=restricted)
        return self._projects[root]


def _existing(path: Path) -> Path | None:
    """A folder with its links followed; None when it is none."""
    try:
        root = path.resolve()
        return root if root.is_dir() else None
    except (OSError, RuntimeError):  # a circle of links, a name that is too long
        return None
