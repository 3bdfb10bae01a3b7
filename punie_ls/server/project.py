"""A workspace folder with its agent, opened when first needed and off the event loop's back."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from punie_agent.exceptions import AgentError
from punie_ls.server.asking import UserDecides
from punie_ls.server.candidates import Candidates
from punie_ls.server.choosing import made_again, take
from punie_ls.server.opening import AgentOpening, has_failed
from punie_semantic.settings import read_project, read_user_file, resolve

if TYPE_CHECKING:
    from punie_agent.events import Event
    from punie_agent.fix_recorder import FixRecorder
    from punie_agent.fixing import FixOutcome
    from punie_agent.requests import FixRequest
    from punie_agent.session import Session
    from punie_agent.sessions import SessionManager
    from punie_ls.server.server import PunieServer
    from punie_semantic.overlay import Buffer, FileChange
    from punie_semantic.settings import Layer
    from punie_semantic.workspace import Workspace

Outcome = TypeVar("Outcome")

logger = logging.getLogger(__name__)

BUILTIN = "builtin"


class Project:
    """One folder, as the editor names it (`folder`) and without symlinks (`root`).

    Its ty, its sessions and their sandboxes are opened by one task.

    Attributes:
        uri: the folder, in the editor's own spelling.
        current: the id of the conversation that goes on; empty before the first one.
        candidates: the fixes that hold, as far as they were looked for.
    """

    def __init__(self, server: PunieServer, folder: Path, editor: Layer, current: str = "", uri: str = "") -> None:
        self.folder = folder
        self.uri = uri or folder.as_uri()
        self.root = folder.resolve()
        self.current = current
        self.candidates = Candidates(self)
        self._server = server
        self._editor = editor
        self._agent = AgentOpening(self.root, editor, self._on_open)
        self._locks: dict[str, asyncio.Lock] = {}
        self._claims: Counter[str] = Counter()
        self._fixes: asyncio.Task[Session] | None = None
        self._recorder: FixRecorder | None = None
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def warm(self) -> None:
        """Start opening in the background, so that the first command need not wait."""
        self._agent.start()

    @property
    def opened(self) -> SessionManager | None:
        """The agent, when it is there already."""
        return self._agent.manager

    @property
    def model(self) -> str:
        """The model that fixes problems when it is asked; empty while that is the builtin planner, or not known."""
        manager = self.opened
        if manager is None:
            return ""
        spec = manager.workspace.settings.model
        name = manager.model.name if manager.model else spec if isinstance(spec, str) else next(iter(spec), BUILTIN)
        return "" if name.startswith(BUILTIN) else name.partition(" at ")[0]

    def buffers(self) -> Mapping[Path, Buffer]:
        """The editor's texts of this project."""
        return self._server.documents.below(self.folder, self.root)

    async def agent(self) -> SessionManager:
        """The sessions of this project."""
        return await self._agent.get()

    def _on_open(self, manager: SessionManager) -> None:
        # For what runs in no session: the tests and programs that the user starts.
        manager.workspace.permissions = manager.permissions(self.decider())
        self._server.news.changed()

    async def recorder(self) -> FixRecorder:
        """What keeps in the store which fixes were tried, and what became of them."""
        settings = (await self.agent()).workspace.settings
        if self._recorder is None:
            module = import_module("punie_agent.fix_recorder")
            self._recorder = module.FixRecorder(settings.store, self.root, "editor", logger.warning)
        return self._recorder

    @asynccontextmanager
    async def claimed(self, wanted: str | None, title: str) -> AsyncGenerator[Session]:
        """The session for a turn. Raises AgentError.

        The one that is named, waiting for its turn; "new" begins one. Without a name it is the current one when that
        is idle, else a new one, so that two commands do not wait for each other.
        """
        with self._busy():
            manager = await self.agent()
            key = "" if wanted == "new" else self.current if wanted is None else wanted
            if wanted is None and self._claims[key]:
                key = ""
            self._claims[key] += 1
            try:
                if session := await self._opened_session(manager, key, named=wanted is not None):
                    yield session
                    return
                session = await self._new(manager, title)
                self._claims[key] -= 1
                key = session.id
                self._claims[key] += 1
                if wanted == "new" or not self._claims[self.current]:
                    self.current = key
                yield session
            finally:
                self._claims[key] -= 1

    def decider(self, session: str = "") -> UserDecides:
        """Who is asked for permission in a session, or in none."""
        return UserDecides(self._server, self.uri, session)

    async def _new(
        self, manager: SessionManager, title: str, *, stored: bool = True, or_builtin: bool = False
    ) -> Session:
        decide = self.decider()
        session = await manager.new(title, decide, stored=stored, or_builtin=or_builtin)
        decide.session = session.id
        return session

    async def _opened_session(self, manager: SessionManager, key: str, *, named: bool) -> Session | None:
        """A session by its id. The current one may be gone since; a named one must be there."""
        if not key:
            return None
        try:
            return manager.get(key) or await manager.resume(key, self.decider(key))
        except AgentError:
            if named:
                raise
            return None

    def is_busy(self, session: str) -> bool:
        """Whether a turn of a session runs."""
        lock = self._locks.get(session)
        return lock is not None and lock.locked()

    @asynccontextmanager
    async def turn(self, session: Session) -> AsyncGenerator[None]:
        """A turn of a session on the editor's texts as they are when it begins; it waits for the turn before."""
        async with self._locks.setdefault(session.id, asyncio.Lock()):
            with self._busy():
                await session.begin(self.buffers())
                yield

    @asynccontextmanager
    async def unstored(self, title: str) -> AsyncGenerator[Session]:
        """A session of its own for one command, in a turn; it is gone afterwards."""
        with self._busy():
            manager = await self.agent()
            session = await self._new(manager, title, stored=False, or_builtin=True)
            try:
                async with self.turn(session):
                    yield session
            finally:
                self._locks.pop(session.id, None)
                await asyncio.shield(manager.close(session.id))

    async def fix(self, request: FixRequest, on_event: Callable[[Event], None]) -> FixOutcome:
        """Let the model fix one problem on the editor's texts; fixes of one project run one after the other."""
        self.candidates.stop()
        manager = await self.agent()
        fixing = import_module("punie_agent.fixing")
        if self._fixes is None or has_failed(self._fixes):
            self._fixes = asyncio.create_task(self._new(manager, "Fixes", stored=False, or_builtin=True))
        session = await asyncio.shield(self._fixes)
        async with self.turn(session):
            return await fixing.fix(session, request, on_event)

    async def take(self, request: FixRequest) -> FixOutcome:
        """Make the fix that the user chose from those that were found, or the best; no model is asked."""
        known = self.candidates.known(replace(request, choice=""))
        self.candidates.stop()
        recorder = await self.recorder()

        async def work(workspace: Workspace) -> FixOutcome:
            taken = await take(workspace, request, known, lambda: self._may_test(workspace))
            if taken.search is not None:
                await recorder.keep_searches(workspace, [taken.search], choice=taken.title)
            return taken.outcome

        return await self.in_turn(work)

    async def _may_test(self, workspace: Workspace) -> bool:
        """Whether tests may run, as the policy or an earlier answer says; nobody is asked."""
        permissions = (await self.agent()).permissions(None)
        may_run_tests = import_module("punie_semantic.tools.testing").may_run_tests
        return bool(await may_run_tests(workspace, permissions, "find_fixes"))

    async def make_again(self, request: FixRequest, changes: Sequence[FileChange]) -> list[FileChange]:
        """Changes that were computed while the user typed elsewhere, on the present texts; empty when they fail."""
        return await self.in_turn(lambda workspace: made_again(workspace, request, changes))

    async def in_turn(self, work: Callable[[Workspace], Awaitable[Outcome]]) -> Outcome:
        """Do other work on the editor's texts, in an overlay of its own."""
        manager = await self.agent()
        workspace = manager.workspace.fork()
        with self._busy():
            await workspace.begin(self.buffers())
            return await work(workspace)

    async def delete(self, session: str) -> None:
        """Delete a session for good. Raises AgentError."""
        await (await self.agent()).delete(session)
        if self.current == session:
            self.current = ""

    async def has_other_settings(self) -> bool:
        """Whether the settings have changed since it was opened."""
        manager = self.opened
        if manager is None:
            return self._agent.begun  # it may have read them before they changed
        layers = await asyncio.to_thread(lambda: [read_user_file(), read_project(self.root)])
        return resolve([*layers, self._editor]).settings != manager.workspace.settings

    async def retire(self) -> None:
        """Close once nothing runs any more."""
        self.candidates.stop()
        await self._idle.wait()
        await self.close()

    async def close(self) -> None:
        """End ty, the sessions and their sandboxes."""
        self.candidates.stop()
        if self._fixes is not None:
            self._fixes.cancel()
            await asyncio.gather(self._fixes, return_exceptions=True)
        if self._recorder is not None:
            await self._recorder.close()
        await self._agent.close()

    @contextmanager
    def _busy(self) -> Generator[None]:
        self._running += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()
