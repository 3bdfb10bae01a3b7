"""The project folders of a host: each opened once, when a session of it is first needed."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from punie_agent.acp.exceptions import BadRequest

if TYPE_CHECKING:
    from punie_agent.sessions import SessionManager


class Projects:
    """The agents of project folders.

    Args:
        only: no folder outside of this one is served; None serves all.
    """

    def __init__(self, only: Path | None = None) -> None:
        self._only = only.resolve() if only else None
        self._opening: dict[Path, asyncio.Task[SessionManager]] = {}
        self._used: dict[Path, float] = {}
        self._stack = AsyncExitStack()
        self._warming: set[asyncio.Task[None]] = set()

    def folder(self, cwd: str) -> Path:
        """The folder that a client names, without symlinks. Raises BadRequest when there is none that is served."""
        if "\0" in cwd or not Path(cwd).is_absolute():
            raise BadRequest(f"The folder {cwd!r} is no absolute path. Pass the project's folder as one.")
        root = Path(cwd).resolve()
        if self._only is not None and not root.is_relative_to(self._only):
            raise BadRequest(f"{cwd} is outside of {self._only}, and nothing else is served here.")
        if not root.is_dir():
            raise BadRequest(f"{cwd} is no folder. Pass the project's folder.")
        return root

    async def get(self, root: Path) -> SessionManager:
        """The agent of a folder. Raises what keeps it from being opened; the next call tries again."""
        task = self._opening.get(root)
        if task is None or (task.done() and not _is_open(task)):
            task = self._opening[root] = asyncio.create_task(self._open(root))
        self._used[root] = time.monotonic()
        return await asyncio.shield(task)

    def used(self) -> dict[Path, float]:
        """When each folder whose agent is there was asked for last."""
        return {root: used for root, used in self._used.items() if _is_open(self._opening[root])}

    async def rest(self, root: Path) -> None:
        """Free what a folder's agent does not need between turns."""
        await self._opening[root].result().workspace.rest()

    async def close(self) -> None:
        """End all sessions, and ty."""
        tasks = [*self._opening.values(), *self._warming]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._stack.aclose()

    async def _open(self, root: Path) -> SessionManager:
        sessions = await asyncio.to_thread(import_module, "punie_agent.sessions")
        workspaces = import_module("punie_semantic.workspace")
        workspace = await self._stack.enter_async_context(workspaces.Workspace.open(root))
        manager: SessionManager = await self._stack.enter_async_context(sessions.open_agent(workspace))
        self._warming.add(task := asyncio.create_task(workspace.warm()))
        task.add_done_callback(self._warming.discard)
        return manager


def _is_open(task: asyncio.Task[SessionManager]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
