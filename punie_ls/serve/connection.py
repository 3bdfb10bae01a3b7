"""One client's ACP conversation: what the server answers itself, and which project's worker gets the rest.

Knows ACP's methods by name; nothing of WebSockets. It is told messages by `receive`, and says its own on a line.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Protocol

from punie_agent.acp.capabilities import initialize_result
from punie_ls.serve import messages
from punie_ls.serve.exceptions import RequestRefused
from punie_ls.serve.link import Link
from punie_ls.serve.messages import Envelope, Json
from punie_ls.serve.project import Project
from punie_ls.serve.projects import Projects
from punie_ls.serve.replay import OpenSessions

INBOX_BYTES = 32 << 20

log = logging.getLogger(__name__)


class Outlet(Protocol):
    """Where messages to the client go."""

    def send(self, message: bytes) -> None:
        """Send a message, now or later."""
        ...

    async def room(self) -> None:
        """Wait until the client has taken most of what was sent."""
        ...


class Connection:
    """A client, from `initialize` to its end. `run` it, tell it messages with `receive`, and `close` it.

    Attributes:
        initialize_params: what the client said of itself; workers are told the same.
        opened: the client's sessions.
    """

    def __init__(self, projects: Projects, outlet: Callable[[], Outlet]) -> None:
        self.initialize_params: Json = {}
        self.opened = OpenSessions()
        self._initialized = False
        self._projects = projects
        self._outlet = outlet
        self._links: dict[Project, Link] = {}
        self._project_of: dict[str, Project] = {}
        self._questions: dict[str, Link] = {}
        self._numbers = 0
        # A late answer to a question of an earlier server must not fit a question of this one.
        self._question_prefix = f"punie-{secrets.token_hex(4)}"
        self._waiting = 0
        self._space = asyncio.Event()
        self._space.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = ""

    @property
    def session_count(self) -> int:
        """How many sessions are open."""
        return len(self.opened.ids)

    def receive(self, body: bytes) -> None:
        """A message of the client's."""
        try:
            envelope = messages.read(body)
        except RequestRefused as error:
            self.forward(messages.failure(None, error))
            return
        try:
            self._route(envelope, body)
        except RequestRefused as error:
            if envelope.is_request:
                self.forward(messages.failure(envelope.identifier, error))
            else:
                log.info("a client's %s was ignored: %s", envelope.name, error)

    async def inbox_room(self) -> None:
        """Wait until the workers have taken most of what the client sent."""
        await self._space.wait()

    def end(self, reason: str) -> None:
        """Take no more requests; those that wait are told the reason when their worker ends."""
        self._ending = reason
        for link in self._links.values():
            link.ended = reason

    async def close(self) -> None:
        """The client is gone: its links are cut, which ends its turns."""
        for link in self._links.values():
            link.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def forward(self, body: bytes) -> None:
        """Send a message to the client."""
        self._outlet().send(body)

    async def room(self) -> None:
        """Wait until the client has taken most of what was sent."""
        await self._outlet().room()

    def ask(self, link: Link) -> str:
        """An id of the client's side for a worker's request: two workers may use the same."""
        self._numbers += 1
        identifier = f"{self._question_prefix}-{self._numbers}"
        self._questions[identifier] = link
        return identifier

    def withdraw(self, identifier: str) -> None:
        """A worker's request is void, for the worker is gone; a client that knows the message closes its question."""
        if self._questions.pop(identifier, None) is not None:
            self.forward(messages.notification(messages.CANCEL_REQUEST, {"requestId": identifier}))

    def opened_in(self, project: Project, session: str) -> None:
        """A session was opened there."""
        self._project_of[session] = project

    def taken(self, size: int) -> None:
        """So many bytes of the client's messages have left."""
        self._waiting -= size
        if self._waiting < INBOX_BYTES:
            self._space.set()

    def _route(self, envelope: Envelope, body: bytes) -> None:
        if envelope.is_response:
            self._answered(envelope)
        elif envelope.name == messages.CANCEL_REQUEST:
            self._cancel(envelope, body)
        elif self._ending:
            raise RequestRefused(messages.INTERNAL_ERROR, self._ending)
        elif envelope.name == messages.INITIALIZE:
            self.initialize_params = messages.as_object(envelope.params)
            result = initialize_result(self.initialize_params)
            self._initialized = True
            self.forward(messages.result(envelope.identifier, result))
        elif not self._initialized:
            raise RequestRefused(messages.INVALID_REQUEST, f"Send initialize before {envelope.name}.")
        elif envelope.name in (messages.AUTHENTICATE, messages.LOGOUT):
            # Without a model the builtin planner answers, so there is nothing to be kept from.
            self.forward(messages.result(envelope.identifier, {}))
        else:
            self._to_worker(envelope, body)

    def _to_worker(self, envelope: Envelope, body: bytes) -> None:
        session, cwd = messages.session_params(envelope.params)
        if any(link.knows(envelope.key) for link in self._links.values()) and envelope.is_request:
            raise RequestRefused(messages.INVALID_REQUEST, f"The id {envelope.identifier!r} is in use.")
        project = self._project_for(envelope.name, session, cwd)
        if session is not None and envelope.name in messages.OPENING:
            self._project_of[session] = project
        self._waiting += len(body)
        if self._waiting >= INBOX_BYTES:
            self._space.clear()
        self._link(project).send(envelope, body, session)

    def _project_for(self, method: str, session: str | None, cwd: str | None) -> Project:
        """Who is asked. Raises RequestRefused."""
        if method in messages.OPENING:
            if cwd is None:
                raise RequestRefused(messages.INVALID_PARAMS, f"{method} needs cwd, the project's absolute path.")
            return self._projects.of(cwd)
        if method == messages.LIST:
            return self._projects.of(cwd) if cwd is not None else self._projects.any()
        if session is not None:
            if session in self._project_of:
                return self._project_of[session]
            if method == messages.DELETE:
                return self._projects.none()
            raise RequestRefused(
                messages.RESOURCE_NOT_FOUND,
                f"The session {session} is not open on this connection: send session/load or session/resume first.",
                {"sessionId": session},
            )
        what = f"{method} without a sessionId" if method.startswith("session/") else method
        raise RequestRefused(messages.METHOD_NOT_FOUND, f"There is no method {what}.", {"method": method})

    def _link(self, project: Project) -> Link:
        if project not in self._links:
            link = Link(self, project)
            self._links[project] = link
            task = asyncio.ensure_future(self._run(link))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return self._links[project]

    async def _run(self, link: Link) -> None:
        try:
            await link.run()
        except Exception:
            log.exception("the line to the worker for %s failed", link.project.root)

    def _answered(self, envelope: Envelope) -> None:
        """The client's answer to a worker's question; one to a question of a worker that is gone is void."""
        link = self._questions.pop(envelope.id, None) if isinstance(envelope.id, str) else None
        if link is not None and isinstance(envelope.id, str):
            link.reply(envelope.id, envelope)

    def _cancel(self, envelope: Envelope, body: bytes) -> None:
        key = messages.cancelled_request(envelope.params)
        for link in self._links.values():
            if key is not None and link.knows(key):
                if not link.cancel_undelivered(key):
                    link.send(envelope, body, None)
                return
