"""A project's agent: opened once, when it is first needed, in a task of its own; closed with all that it started."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from punie_agent.sessions import SessionManager
    from punie_semantic.settings import Layer


class AgentOpening:
    """The way to an agent.

    Args:
        root: the folder, without symlinks.
        editor: the editor's settings.
        on_open: gets the agent before anybody else does.
    """

    def __init__(self, root: Path, editor: Layer, on_open: Callable[[SessionManager], None]) -> None:
        self._root = root
        self._editor = editor
        self._on_open = on_open
        self._task: asyncio.Task[SessionManager] | None = None
        self._warming: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()

    @property
    def begun(self) -> bool:
        """Whether it is opened, or being opened."""
        return self._task is not None

    @property
    def manager(self) -> SessionManager | None:
        """The agent, when it is there already."""
        task = self._task
        return task.result() if task is not None and task.done() and not has_failed(task) else None

    def start(self) -> None:
        """Begin in the background; again when it has failed."""
        if self._task is None or has_failed(self._task):
            self._task = asyncio.create_task(self._open())

    async def get(self) -> SessionManager:
        """The agent. Raises what kept it from being opened."""
        self.start()
        assert self._task is not None
        return await asyncio.shield(self._task)

    async def close(self) -> None:
        """End ty, the sessions and their sandboxes."""
        for task in (self._task, self._warming):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await self._stack.aclose()

    async def _open(self) -> SessionManager:
        sessions = await asyncio.to_thread(import_module, "punie_agent.sessions")
        await asyncio.to_thread(import_module, "punie_semantic.fixing.search")
        workspaces = import_module("punie_semantic.workspace")
        workspace = await self._stack.enter_async_context(workspaces.Workspace.open(self._root, layers=[self._editor]))
        manager: SessionManager = await self._stack.enter_async_context(sessions.open_agent(workspace))
        self._on_open(manager)
        self._warming = asyncio.create_task(workspace.warm())
        return manager


def has_failed(task: asyncio.Task[Any]) -> bool:
    """Whether a task ended without a result."""
    return task.done() and (task.cancelled() or task.exception() is not None)
