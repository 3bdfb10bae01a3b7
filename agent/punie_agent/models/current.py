"""The model that answers now: opened when it is first needed, changed while sessions run, closed when none uses it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from typing import Protocol

from punie_agent.events import PermissionRequested
from punie_agent.exceptions import ModelError
from punie_agent.models.choice import ModelChoice
from punie_agent.models.opening import open_model
from punie_agent.models.specs import allowed_model, chosen_by_project
from punie_agent.permissions import Decider
from punie_semantic.settings import Settings
from punie_semantic.workspace import Workspace

BUILTIN = "builtin"


class Asker(Protocol):
    """A session, as far as models go."""

    @property
    def running(self) -> bool:
        """Whether a turn runs."""
        ...

    @property
    def offered(self) -> ModelChoice:
        """The model that it was told to ask."""
        ...

    def use(self, choice: ModelChoice) -> None:
        """Ask this model from the next turn on."""
        ...


class CurrentModel:
    """Which model answers the sessions of a workspace.

    Args:
        workspace: whose settings choose it.
        settings: these settings.
        sessions: those that are open.
        on_note: gets a sentence when a model of several is passed over.

    Attributes:
        choice: the model; None before it was needed.
        problems: sentences for the user.
    """

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        sessions: Callable[[], Iterable[Asker]],
        on_note: Callable[[str], None],
    ) -> None:
        self.choice: ModelChoice | None = None
        self.problems: list[str] = []
        self._workspace = workspace
        self._settings = settings
        self._sessions = sessions
        self._on_note = on_note
        self._spec: str | Sequence[str] = BUILTIN
        self._open: list[AsyncExitStack] = []
        self._changing = asyncio.Lock()

    async def ready(self, decide: Decider | None) -> ModelChoice:
        """The model, opened if it is not yet. Raises ModelError when none of the settings can be used."""
        async with self._changing:
            if self.choice is None:
                return await self._use(await self._allowed(decide))
            if await self._is_outdated(self.choice):
                return await self._use(self._spec, self.choice)
            return self.choice

    async def refresh(self, asker: Asker) -> None:
        """Before a turn asks: have the session ask what the setting means by now. Raises ModelError as `ready`."""
        async with self._changing:
            if self.choice is None or asker.offered is not self.choice:
                return
            if await self._is_outdated(self.choice):
                await self._use(self._spec, self.choice, asker)
            elif len(self._open) > 1 and not self._asking(asker):
                await self._close(self._open[:-1])

    async def select(self, spec: str | Sequence[str]) -> ModelChoice:
        """Another one, for open sessions too. Raises ModelError; then all stays as it was."""
        async with self._changing:
            return await self._use(spec)

    async def close(self) -> None:
        """End what belongs to models: connections, and servers that Punie started."""
        await self._close(self._open)

    async def _is_outdated(self, choice: ModelChoice) -> bool:
        """Whether the setting means another model by now, or this one was closed when there was no other."""
        return not self._open or await choice.is_outdated()

    async def _close(self, stacks: Sequence[AsyncExitStack]) -> None:
        for stack in list(stacks):
            self._open.remove(stack)
            await stack.aclose()

    def _asking(self, asker: Asker | None = None) -> bool:
        """Whether a turn may be asking a model: one of any session but the asker's, which has not begun to."""
        return any(session.running for session in self._sessions() if session is not asker)

    async def _allowed(self, decide: Decider | None) -> str | Sequence[str]:
        """The model of the settings; the builtin one when the project's own file chose a stranger and nobody agrees."""
        spec, source, root = self._settings.model, self._workspace.sources.get("model"), self._workspace.root
        consent = allowed_model(spec, source, by_project=chosen_by_project(source, root))
        if consent.allowed:
            return spec
        if decide is not None:
            question = PermissionRequested(
                id=uuid.uuid4().hex,
                kind="network",
                title="Use the model that the project chooses?",
                detail=consent.why,
                choices=["allow_once", "reject_once"],
            )
            if await decide(question) == "allow_once":
                return spec
        self.problems.append(f"The builtin planner answers. {consent.why}")
        return BUILTIN

    async def _use(
        self, spec: str | Sequence[str], instead: ModelChoice | None = None, asker: Asker | None = None
    ) -> ModelChoice:
        """Open a model for all sessions, or for those that ask another one until now."""
        stack = AsyncExitStack()
        try:
            choice = await stack.enter_async_context(open_model(spec, self._settings, on_note=self._on_note))
        except ModelError:
            await stack.aclose()
            if instead is not None and not self._asking(asker):
                await self.close()
            raise
        if not self._asking(asker):
            await self.close()
        self._open.append(stack)
        self.choice, self._spec = choice, spec
        for session in list(self._sessions()):
            if instead is None or session.offered is instead:
                session.use(choice)
        return choice
