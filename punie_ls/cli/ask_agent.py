"""An agent of our own for `ask` and `chat`: the project is opened here, and closed with all that it started."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack, aclosing
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from punie_agent.exceptions import AgentError, ModelError, UnknownSession
from punie_ls.cli.ask_events import without_secrets
from punie_ls.cli.ask_source import AskError, Hunks, Json, NotApplied, SessionLine, Written
from punie_semantic.exceptions import SemanticError

if TYPE_CHECKING:
    from punie_agent.events import Choice, PermissionRequested
    from punie_agent.session import Session
    from punie_agent.sessions import SessionManager
    from punie_semantic.overlay import FileChange
    from punie_semantic.settings import Layer
    from punie_semantic.workspace import Workspace

MOST_SESSIONS = 1000

# What asks the person: its question as JSON, and which answers there are.
Decide = Callable[[Json], Awaitable[str]]


class OwnAgent:
    """See `TurnSource`.

    Args:
        folder: the project.
        layers: settings of the command line, which win over the files.
        decide: asks the person; gives one of the choices. None where nobody can be asked.
    """

    picks_hunks = True

    def __init__(self, folder: Path, layers: Sequence[Layer], decide: Decide | None) -> None:
        self.session = ""
        self.model = ""
        self._folder = folder
        self._layers = layers
        self._ask = decide
        self._decider = self._decide if decide else None
        self._stack = AsyncExitStack()
        self._manager: SessionManager | None = None
        self._session: Session | None = None
        self._warming: asyncio.Task[None] | None = None
        self._shown: dict[str, asyncio.Event] = {}

    async def open(self, which: str) -> Sequence[str]:
        """Open the project when that is not done, and a session of it."""
        try:
            manager = self._manager or await self._open()
            self._session = await self._begin(manager, which)
        except UnknownSession as error:
            raise AskError(str(error), 2) from error
        except ModelError as error:
            raise AskError(f"{error} `punie-ls models` says what answers here.") from error
        except AgentError as error:
            raise AskError(str(error)) from error
        except (SemanticError, OSError) as error:
            raise AskError(str(error), 2) from error
        self.session, self.model = self._session.id, self._session.choice.name
        return manager.all_problems

    async def turn(self, prompt: str) -> AsyncGenerator[Json]:
        """One turn on the files as they are now."""
        session = self._opened
        self.model = session.choice.name
        try:
            await session.begin()
            async with aclosing(without_secrets(session.prompt(prompt), session.id)) as events:
                async for event in events:
                    yield event
                    if event["type"] == "permission_requested":
                        self._seen(event["id"]).set()
        except (AgentError, SemanticError, OSError) as error:
            raise AskError(str(error)) from error
        finally:
            self._shown.clear()

    async def cancel(self) -> None:
        """Stop the turn that runs."""
        if self._session is not None:
            await self._session.cancel()

    async def accept(self, title: str, hunks: Hunks | None = None) -> Written:
        """Write the last turn's edits, if the files are still what they were made for."""
        session = self._opened
        changes = list(session.proposal)
        transactions = import_module("punie_semantic.transactions")
        try:
            if hunks is not None:
                changes = await self._part(changes, hunks)
            head = await asyncio.to_thread(transactions.commit, session.workspace.root, changes, title=title)
        except (SemanticError, OSError) as error:
            raise NotApplied(str(error)) from error
        session.proposal = []
        await session.outcome("accepted")
        return Written(head.id if head else "")

    async def reject(self) -> None:
        """They are not written, and forgotten when the next turn begins."""
        if self._session is not None and self._session.proposal:
            await self._session.outcome("rejected")

    async def sessions(self) -> Sequence[SessionLine]:
        """Those that are kept of the project."""
        try:
            found = await self._kept.list(MOST_SESSIONS)
        except AgentError as error:
            raise AskError(str(error)) from error
        return [SessionLine(s.id, s.title, s.updated, s.turns, s.state) for s in found]

    async def models(self) -> Sequence[str]:
        """What can be chosen here and now."""
        try:
            rows = await self._kept.models()
        except AgentError as error:
            raise AskError(str(error)) from error
        return [f"{row.spec}{f'  ({row.problem})' if row.problem else ''}" for row in rows]

    async def select_model(self, spec: str) -> None:
        """Another model for this agent; the settings stay as they are."""
        try:
            choice = await self._kept.select_model(spec)
        except AgentError as error:
            raise AskError(str(error)) from error
        self.model = choice.name

    async def close(self) -> None:
        """End the sessions, their sandboxes, and ty."""
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        await self._stack.aclose()

    @property
    def _opened(self) -> Session:
        if self._session is None:
            raise AskError("There is no session yet.")
        return self._session

    @property
    def _kept(self) -> SessionManager:
        if self._manager is None:
            raise AskError("The project is not open yet.")
        return self._manager

    async def _open(self) -> SessionManager:
        # In a thread: the model stack takes seconds to import.
        agent = await asyncio.to_thread(import_module, "punie_agent.sessions")
        workspaces = import_module("punie_semantic.workspace")
        workspace: Workspace = await self._stack.enter_async_context(
            workspaces.Workspace.open(self._folder, layers=self._layers)
        )
        self._warming = asyncio.create_task(workspace.warm())
        manager: SessionManager = await self._stack.enter_async_context(agent.open_agent(workspace))
        manager.problems.extend(problem for layer in self._layers for problem in layer.problems)
        self._manager = manager
        return manager

    async def _begin(self, manager: SessionManager, which: str) -> Session:
        if which == "new":
            return await manager.new(decide=self._decider)
        found = [summary.id for summary in await manager.list(MOST_SESSIONS)]
        if which == "last":
            if not found:
                raise UnknownSession("There is no session to continue in this project yet.")
            return await manager.resume(found[0], self._decider)
        matching = [key for key in found if key.startswith(which)]
        if len(matching) != 1:
            what = "several sessions begin" if matching else "no session of this project begins"
            raise UnknownSession(f"{what.capitalize()} with {which!r}. `punie-ls sessions list` shows them.")
        return await manager.resume(matching[0], self._decider)

    async def _decide(self, request: PermissionRequested) -> Choice:
        """Ask the person, after all that led to the question was shown."""
        if self._session is not None and self._session.running:
            await self._seen(request.id).wait()
        assert self._ask is not None
        answer = await self._ask(request.model_dump(mode="json"))
        return next((choice for choice in request.choices if choice == answer), "reject_once")

    def _seen(self, question: str) -> asyncio.Event:
        return self._shown.setdefault(question, asyncio.Event())

    async def _part(self, changes: Sequence[FileChange], hunks: Hunks) -> list[FileChange]:
        parts = import_module("punie_semantic.partial_changes")
        workspace = self._opened.workspace.fork()
        await workspace.begin()
        chosen: list[Collection[int]] = [hunks.get(change.file, ()) for change in changes]
        found: list[FileChange] = await parts.checked_part(workspace, changes, chosen)
        return found
