"""What all clients of a process share: projects, open conversations, and the store of sessions. Knows no protocol.

async with AgentHost() as host:
    await serve_connection(reader, writer, host)
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Self

from punie_agent.acp.conversation import Conversation
from punie_agent.acp.exceptions import BadRequest, Busy, NotFound
from punie_agent.acp.projects import Projects
from punie_agent.acp.resting import REST_SECONDS, rest_when_idle
from punie_agent.exceptions import ModelError, SessionBusy, UnknownSession
from punie_semantic.settings import read_user_file, resolve

if TYPE_CHECKING:
    from punie_agent.mcp.servers import Server
    from punie_agent.sessions import SessionManager
    from punie_agent.store import SessionStore, SessionSummary, StoredSession

PAGE = 50

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """Some sessions, and the cursor of those after them; empty at the end."""

    sessions: Sequence[SessionSummary]
    cursor: str


class AgentHost:
    """Projects and conversations, for as many clients as there are.

    Args:
        only: no folder outside of this one is served; None serves all.
        rest_seconds: after how long without a turn a project's ty ends until it is needed again.
    """

    def __init__(self, only: Path | None = None, *, rest_seconds: float = REST_SECONDS) -> None:
        self.projects = Projects(only)
        self._rest_seconds = rest_seconds
        self._resting: asyncio.Task[None] | None = None
        self._only = only.resolve() if only else None
        self._conversations: dict[str, Conversation] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._kept: SessionStore | None = None
        self._warming: Thread | None = None

    async def __aenter__(self) -> Self:
        look = rest_when_idle(self._used, self.projects.rest, self._rest_seconds)
        self._resting = asyncio.create_task(look)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for key in list(self._conversations):
            await self._close(key)
        await self.projects.close()
        if self._kept is not None:
            await self._kept.close()

    def _used(self) -> dict[Path, float]:
        """When each project was used last, by the monotonic clock; one in which a turn runs is used now."""
        found = self.projects.used()
        for talk in self._conversations.values():
            root = talk.manager.workspace.root
            found[root] = max(found.get(root, 0.0), time.monotonic() if talk.busy else talk.used)
        return found

    def warm(self) -> None:
        """Import what the first session needs, in a thread that the end of the process does not wait for."""
        if self._warming is None:
            self._warming = Thread(target=_import_all, name="punie-warm", daemon=True)
            self._warming.start()

    async def begin(self, client: object, cwd: str, servers: Sequence[Server] = ()) -> Conversation:
        """A new session of a folder. Raises AgentError.

        Args:
            client: who opens it.
            cwd: the project's folder.
            servers: MCP servers whose tools it gets.
        """
        manager = await self.projects.get(self.projects.folder(cwd))
        talk = Conversation(manager)
        try:
            talk.session = await manager.new(decide=talk.decide, servers=servers)
        except ModelError as error:
            talk.session = await manager.new(decide=talk.decide, servers=servers, or_builtin=True)
            talk.notices.append(_planner_answers(error))
        talk.notices += manager.all_problems
        talk.clients.add(client)
        self._conversations[talk.session.id] = talk
        return talk

    async def go_on(
        self, client: object, session: str, cwd: str, servers: Sequence[Server] = ()
    ) -> tuple[Conversation, StoredSession]:
        """A session that was begun here or in an editor, and all that is stored of it. Raises AgentError."""
        root = self.projects.folder(cwd)
        manager = await self.projects.get(root)
        from punie_agent.store.project_store import project_key

        async with self._locks[session]:
            stored = await _stored(manager, session)
            if stored.summary.project != project_key(root):
                raise BadRequest(f"The session {session} belongs to {stored.summary.project}. Open it there.")
            talk = self._conversations.get(session)
            if talk is None:
                talk = self._conversations[session] = Conversation(manager)
                talk.notices += [*manager.all_problems, *stored.problems]
            if not talk.busy:
                try:
                    await self._open_again(talk, session, servers)
                except BaseException:
                    self._conversations.pop(session, None)
                    raise
            talk.clients.add(client)
        return talk, stored

    async def _open_again(self, talk: Conversation, session: str, servers: Sequence[Server]) -> None:
        """The session as it is stored now: it may have gone on elsewhere."""
        before, manager = talk.session, talk.manager
        if before is not None:
            await manager.close(session)
        try:
            talk.session = await manager.resume(session, talk.decide, servers=servers)
        except ModelError as error:
            talk.session = await manager.resume(session, talk.decide, servers=servers, or_builtin=True)
            talk.notices.append(_planner_answers(error))
        if before is not None and (talk.spec or talk.thinking):
            talk.session.use(before.choice)

    def of(self, client: object, session: str) -> Conversation:
        """A conversation that a client has opened. Raises NotFound."""
        talk = self._conversations.get(session)
        if talk is None or client not in talk.clients or talk.session is None:
            raise NotFound(f"There is no open session {session}. Begin one, or load it first.")
        return talk

    async def list(self, cwd: str | None, cursor: str) -> Page:
        """Sessions with turns, newest first, of one folder or of all. Raises AgentError."""
        if cwd is not None and ("\0" in cwd or not Path(cwd).is_absolute()):
            raise BadRequest(f"The folder {cwd!r} is no absolute path.")
        if cursor and not cursor.isdecimal():
            raise BadRequest(f"The cursor {cursor!r} is none that was given.")
        start = int(cursor or 0)
        found = await (await self._store()).sessions(cwd, limit=PAGE + 1, offset=start)
        more = str(start + PAGE) if len(found) > PAGE else ""
        return Page([summary for summary in found[:PAGE] if summary.turns], more)

    async def close(self, client: object, session: str) -> None:
        """Stop a session and free what it uses; it stays stored. Raises NotFound."""
        self.of(client, session)
        await self._close(session)

    async def delete(self, session: str) -> None:
        """Delete a session for good; one that is not there is deleted already. Raises AgentError."""
        store = await self._store()
        try:
            if self._only is not None:
                project = (await store.load(session)).summary.project
                self.projects.folder(project)
            await self._close(session)
            await store.delete(session)
        except UnknownSession:
            logger.info("the session %s was deleted before", session)
        except SessionBusy as error:
            raise Busy(str(error)) from error

    async def release(self, client: object) -> None:
        """A client is gone: end the sessions that nobody else has open."""
        for key, talk in list(self._conversations.items()):
            talk.clients.discard(client)
            if not talk.clients:
                await self._close(key)

    async def _close(self, session: str) -> None:
        talk = self._conversations.pop(session, None)
        self._locks.pop(session, None)
        if talk is not None and talk.session is not None:
            await talk.close()

    async def _store(self) -> SessionStore:
        """The user's store; projects cannot choose another one."""
        if self._kept is None:
            module = await asyncio.to_thread(import_module, "punie_agent.store")
            settings = (await asyncio.to_thread(lambda: resolve([read_user_file()]))).settings
            self._kept = self._kept or module.SessionStore(settings.store)
        assert self._kept is not None
        return self._kept


async def _stored(manager: SessionManager, session: str) -> StoredSession:
    try:
        return await manager.stored(session)
    except UnknownSession as error:
        raise NotFound(str(error)) from error


def _planner_answers(error: ModelError) -> str:
    return f"{error} The builtin planner answers this session until you choose another model."


def _import_all() -> None:
    for name in ("punie_agent.acp.agent", "punie_agent.sessions", "punie_semantic.fixing.search"):
        import_module(name)
    # The planner's phrases are parsed when they are needed first.
    import_module("punie_agent.planner.understanding").understand("find references to it")
