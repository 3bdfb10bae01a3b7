"""All conversations about one workspace: new ones, earlier ones, and the model that answers them.

async with open_agent(workspace) as manager:
    session = await manager.new(decide=ask_the_user)
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from pydantic_ai.messages import ModelMessage
from pydantic_ai.settings import ModelSettings

from punie_agent.codemode.runner import open_runner
from punie_agent.events import Notice
from punie_agent.exceptions import ModelError, StoreError, UnknownSession
from punie_agent.mcp.servers import Server
from punie_agent.mcp.session_tools import SessionTools
from punie_agent.models.builtin import BuiltinModel
from punie_agent.models.choice import ModelChoice
from punie_agent.models.current import BUILTIN, CurrentModel
from punie_agent.models.listing import ModelRow, list_models
from punie_agent.permissions import Decider, SessionPermissions, StoredAnswers
from punie_agent.policy import Policy
from punie_agent.recording import StoreRecorder
from punie_agent.session import Session
from punie_agent.store import SessionStore, SessionSummary, StoredSession
from punie_agent.store.adapter_rows import AdapterOutcome
from punie_agent.store.transcript import transcript
from punie_semantic.registry import TOOLS
from punie_semantic.settings import Settings
from punie_semantic.stubs import render_stubs
from punie_semantic.workspace import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AgentStatus:
    """What an agent is doing.

    Attributes:
        model: who answers; empty before anybody was asked.
        tool_style: how that model calls tools.
        context_length: the most tokens that it takes; None when it is not known.
        sessions: titles of the open sessions by id.
        running: ids of those whose turn runs.
        store: where sessions are kept; empty when they are not.
        problems: sentences for the user.
    """

    model: str
    tool_style: str
    context_length: int | None
    sessions: Mapping[str, str]
    running: Sequence[str]
    store: str
    problems: Sequence[str]


class SessionManager:
    """The sessions of one workspace. Use `open_agent`.

    Attributes:
        workspace: what all sessions are about; each works on a fork of it.
        problems: sentences for the user about settings that do not hold.
    """

    def __init__(self, workspace: Workspace, settings: Settings, *, stored: bool) -> None:
        self.workspace = workspace
        self.problems: list[str] = list(Policy.of(settings.policy).problems)
        self._store = self._open_store(settings.store) if stored else None
        self._settings = settings
        self._sessions: dict[str, Session] = {}
        self._stacks: dict[str, AsyncExitStack] = {}
        self._current = CurrentModel(workspace, settings, self._sessions.values, self._note)

    @property
    def model(self) -> ModelChoice | None:
        """The model that answers; None before it was needed."""
        return self._current.choice

    @property
    def all_problems(self) -> Sequence[str]:
        """Sentences for the user: about settings, the model and the store."""
        broken = self._store.problem if self._store else None
        return [*self.problems, *self._current.problems, *([str(broken)] if broken else [])]

    @property
    def project(self) -> str:
        """The workspace's folder, as sessions are stored with it."""
        return str(self.workspace.root)

    async def new(
        self,
        title: str = "",
        decide: Decider | None = None,
        *,
        stored: bool = True,
        or_builtin: bool = False,
        servers: Sequence[Server] = (),
    ) -> Session:
        """Begin a session. Raises ModelError when no model of the settings can be used.

        Args:
            title: one line; by default the first prompt's first line.
            decide: who is asked for permission; nobody by default, and the answer is no.
            stored: False for work that is no conversation, such as a quick fix.
            or_builtin: the planner answers when no model of the settings can be used; otherwise ModelError is raised.
            servers: MCP servers whose tools this session gets. They are connected in the background; its first turn
                waits for them, and tells of those that failed. They end with the session.
        """
        choice = await self._chosen(decide, or_builtin=or_builtin)
        store = self._store if stored else None
        key = await store.create(self.project, title, choice.name) if store else f"unstored-{uuid.uuid4().hex[:12]}"
        return await self._open(key, title, choice, decide, store, (), servers)

    async def resume(
        self,
        session: str,
        decide: Decider | None = None,
        *,
        or_builtin: bool = False,
        servers: Sequence[Server] = (),
    ) -> Session:
        """Go on with a session that ended or was cut off; one that is open stays as it is, with the servers it has.

        Raises UnknownSession, StoreError or ModelError. Arguments as in `new`.
        """
        if session in self._sessions:
            return self._sessions[session]
        stored = await self.stored(session)
        summary = stored.summary
        choice = await self._chosen(decide, or_builtin=or_builtin)
        return await self._open(summary.id, summary.title, choice, decide, self._store, stored.messages, servers)

    async def _chosen(self, decide: Decider | None, *, or_builtin: bool) -> ModelChoice:
        try:
            return await self._current.ready(decide)
        except ModelError:
            if not or_builtin:
                raise
            return ModelChoice(BuiltinModel(), BUILTIN, ModelSettings())

    def permissions(self, decide: Decider | None) -> SessionPermissions:
        """The same policy and remembered answers for work that is no turn, such as running tests from a command."""
        policy = Policy.of(self._settings.policy)
        return SessionPermissions(policy, decide, lambda event: None, remembered=self._answers())

    def _answers(self) -> StoredAnswers | None:
        return StoredAnswers(self._store, self.workspace.root) if self._store else None

    async def stored(self, session: str) -> StoredSession:
        """All that is kept of a session. Raises UnknownSession or StoreError."""
        return await self._kept().load(session)

    async def list(self, limit: int = 20) -> Sequence[SessionSummary]:
        """The sessions of this project, the last one first. Raises StoreError."""
        return await self._store.sessions(project=self.project, limit=limit) if self._store else []

    async def export(self, session: str, form: Literal["markdown", "json"] = "markdown") -> str:
        """A session as text. Raises UnknownSession or StoreError."""
        if form == "json":
            return await self._kept().export_session(session)
        return transcript(await self._kept().load(session))

    async def delete(self, session: str) -> None:
        """Stop a session and delete all that is kept of it. Raises UnknownSession or StoreError."""
        await self.close(session)
        await self._kept().delete(session)

    def get(self, session: str) -> Session | None:
        """A session that is open."""
        return self._sessions.get(session)

    async def close(self, session: str) -> None:
        """Stop a session and end its sandbox; what is stored stays."""
        opened, stack = self._sessions.pop(session, None), self._stacks.pop(session, None)
        if opened is not None:
            await opened.cancel()
        if stack is not None:
            await stack.aclose()

    async def select_model(self, spec: str | Sequence[str]) -> ModelChoice:
        """Another model answers from now on, in open sessions too. Raises ModelError; then all stays as it was."""
        return await self._current.select(spec)

    async def usual_model(self, decide: Decider | None = None) -> ModelChoice:
        """The model that answers where a session has no other one. Raises ModelError when none can be used."""
        return await self._current.ready(decide)

    async def models(self) -> Sequence[ModelRow]:
        """What can be chosen here and now."""
        return await list_models(self._settings)

    def status(self) -> AgentStatus:
        """What is going on."""
        model = self._current.choice
        return AgentStatus(
            model=model.name if model else "",
            tool_style=model.tool_style if model else "",
            context_length=model.context_length if model else None,
            sessions={key: session.title for key, session in self._sessions.items()},
            running=[key for key, session in self._sessions.items() if session.running],
            store=str(self._store.location) if self._store else "",
            problems=self.all_problems,
        )

    async def end(self) -> None:
        """Stop all sessions, and the model servers that Punie started."""
        for session in list(self._sessions):
            await self.close(session)
        await self._current.close()
        if self._store is not None:
            await self._store.close()

    def _kept(self) -> SessionStore:
        if self._store is None:
            raise UnknownSession("Sessions are not kept here.")
        return self._store

    async def _count(self, adapter: str, session: str, outcome: AdapterOutcome) -> None:
        """Count what came of an adapter's turn; a store that fails never stops one."""
        if self._store is not None:
            try:
                await self._store.count_outcome(adapter, session, outcome)
            except StoreError as error:
                logger.warning("an outcome of the adapter %s was not counted: %s", adapter, error)

    def _open_store(self, setting: str | None) -> SessionStore | None:
        """The store touches nothing before it is needed; a setting that names no place is a problem, not an end."""
        try:
            return SessionStore(setting, on_notice=self._pass_on)
        except StoreError as error:
            self.problems.append(f"Sessions are not kept: {error}")
            return None

    def _note(self, sentence: str) -> None:
        self._pass_on(Notice(text=sentence, level="warning"))

    def _pass_on(self, notice: Notice) -> None:
        for session in self._sessions.values():
            session.notify(notice)

    async def _open(
        self,
        key: str,
        title: str,
        choice: ModelChoice,
        decide: Decider | None,
        store: SessionStore | None,
        messages: Sequence[ModelMessage],
        servers: Sequence[Server],
    ) -> Session:
        stack = AsyncExitStack()
        runner = await stack.enter_async_context(open_runner(render_stubs(), TOOLS))
        tools = SessionTools(servers, self.workspace.root) if servers else None
        if tools is not None:
            stack.push_async_callback(tools.close)
        session = Session(
            self.workspace.fork(),
            choice,
            runner,
            id=key,
            title=title,
            settings=self._settings,
            recorder=StoreRecorder(store, key) if store else None,
            decide=decide,
            remembered=self._answers(),
            messages=messages,
            servers=tools,
            count=self._count,
            refresh=self._current.refresh,
        )
        self._sessions[key], self._stacks[key] = session, stack
        return session


@asynccontextmanager
async def open_agent(
    workspace: Workspace, settings: Settings | None = None, *, stored: bool = True
) -> AsyncGenerator[SessionManager]:
    """The agent of a workspace; at the end all its turns are stopped.

    Args:
        workspace: what it works on.
        settings: instead of the workspace's.
        stored: whether sessions are kept, where `settings.store` says.
    """
    manager = SessionManager(workspace, settings or workspace.settings, stored=stored)
    try:
        yield manager
    finally:
        await manager.end()
