"""A workspace folder with its agent, opened when first needed and off the event loop's back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from punie_agent.events import Event
    from punie_agent.fixing import FixOutcome
    from punie_agent.requests import FixRequest
    from punie_agent.session import Session
    from punie_semantic.overlay import Buffer
    from punie_semantic.settings import Layer
    from punie_semantic.workspace import Workspace

Outcome = TypeVar("Outcome")

logger = logging.getLogger(__name__)


class Project:
    """One folder, as the editor names it (`folder`) and without symlinks (`root`).

    Its ty, sandbox and session are opened by one task.
    """

    def __init__(self, folder: Path, editor: Layer) -> None:
        self.folder = folder
        self.root = folder.resolve()
        self._editor = editor
        self._opening: asyncio.Task[Session] | None = None
        self._warming: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()
        self._turn = asyncio.Lock()

    def warm(self) -> None:
        """Start opening in the background, so that the first fix need not wait."""
        if self._opening is None or self._has_failed():
            self._opening = asyncio.create_task(self._open())

    def _has_failed(self) -> bool:
        task = self._opening
        return task is not None and task.done() and (task.cancelled() or task.exception() is not None)

    async def fix(
        self, request: FixRequest, buffers: Mapping[Path, Buffer], on_event: Callable[[Event], None]
    ) -> FixOutcome:
        """Fix one problem on the editor's texts; fixes of one project run one after the other."""
        self.warm()
        assert self._opening is not None
        session = await asyncio.shield(self._opening)
        fixing = import_module("punie_agent.fixing")
        async with self._turn:
            await session.workspace.begin(buffers)
            return await fixing.fix(session, request, on_event)

    async def in_turn(self, buffers: Mapping[Path, Buffer], work: Callable[[Workspace], Awaitable[Outcome]]) -> Outcome:
        """Do other work on the editor's texts; it waits for a running fix."""
        self.warm()
        assert self._opening is not None
        session = await asyncio.shield(self._opening)
        async with self._turn:
            await session.workspace.begin(buffers)
            return await work(session.workspace)

    async def retire(self) -> None:
        """Close once the running fix has ended."""
        async with self._turn:
            await self.close()

    async def close(self) -> None:
        """End ty and the sandbox."""
        for task in (self._opening, self._warming):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await self._stack.aclose()

    async def _open(self) -> Session:
        sessions = await asyncio.to_thread(import_module, "punie_agent.session")
        workspaces = import_module("punie_semantic.workspace")
        workspace = await self._stack.enter_async_context(workspaces.Workspace.open(self.root, layers=[self._editor]))
        session = await self._stack.enter_async_context(sessions.open_session(workspace))
        self._warming = asyncio.create_task(workspace.warm())
        return session
