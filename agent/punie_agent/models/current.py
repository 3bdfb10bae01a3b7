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
        self._open: list[AsyncExitStack] = []
        self._changing = asyncio.Lock()

    async def ready(self, decide: Decider | None) -> ModelChoice:
        """The model, opened if it is not yet. Raises ModelError when none of the settings can be used."""
        async with self._changing:
            if self.choice is None:
                return await self._use(await self._allowed(decide))
            return self.choice

    async def select(self, spec: str | Sequence[str]) -> ModelChoice:
        """Another one, for open sessions too. Raises ModelError; then all stays as it was."""
        async with self._changing:
            return await self._use(spec)

    async def close(self) -> None:
        """End what belongs to models: connections, and servers that Punie started."""
        stacks, self._open = self._open, []
        for stack in stacks:
            await stack.aclose()

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

    async def _use(self, spec: str | Sequence[str]) -> ModelChoice:
        stack = AsyncExitStack()
        try:
            choice = await stack.enter_async_context(open_model(spec, self._settings, on_note=self._on_note))
        except ModelError:
            await stack.aclose()
            raise
        sessions = list(self._sessions())
        if not any(session.running for session in sessions):
            await self.close()  # else a turn may still be asking the one before
        self._open.append(stack)
        self.choice = choice
        for session in sessions:
            session.use(choice)
        return choice
