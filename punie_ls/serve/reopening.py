"""Opens a client's sessions again in an agent process that does not know them yet: one by one, when they are needed.

Knows ACP's session methods; the server uses it towards a fresh worker, the bridge towards a fresh server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from punie_ls.serve import messages
from punie_ls.serve.exceptions import RequestRefused, ServeError, WorkerUnavailable
from punie_ls.serve.messages import Envelope
from punie_ls.serve.replay import OpenSessions, Request

ANSWER_SECONDS = 60.0

# They say themselves which session they open, or need none to be open.
_SELF_SUFFICIENT = messages.OPENING | {messages.DELETE, messages.LIST}


class NoAnswer(WorkerUnavailable):
    """The other end takes messages and does not answer."""


class Reopening:
    """Requests of our own between a client and its agent.

    Args:
        opened: the client's sessions.
        send: sends a message to the agent.
        prefix: begins the ids of our own requests; no client's ids begin so.

    Attributes:
        there: the sessions that the agent has open.
    """

    def __init__(self, opened: OpenSessions, send: Callable[[bytes], None], prefix: str) -> None:
        self.there: set[str] = set()
        self._opened = opened
        self._send = send
        self._prefix = prefix
        self._numbers = 0
        self._waiting: dict[str, asyncio.Future[Envelope]] = {}
        self._session = ""

    @property
    def busy(self) -> bool:
        """Whether an answer is waited for."""
        return bool(self._waiting)

    def needed(self, method: str, session: str | None) -> bool:
        """Whether a session must be opened again before a message about it is sent."""
        if session is None or method in _SELF_SUFFICIENT:
            return False
        return session in self._opened and session not in self.there

    async def open(self, session: str) -> None:
        """Resume a session and set it as it was. Raises RequestRefused when the agent cannot, or WorkerUnavailable."""
        self._session = session
        try:
            for request in self._opened.opening(session):
                answer = await self.ask(request)
                if problem := messages.error_message(answer):
                    raise RequestRefused(
                        messages.RESOURCE_NOT_FOUND,
                        f"The session {session} could not be opened again: {problem}",
                        {"sessionId": session},
                    )
        finally:
            self._session = ""
        self.there.add(session)

    async def ask(self, request: Request) -> Envelope:
        """The agent's answer to a request of our own. Raises WorkerUnavailable."""
        self._numbers += 1
        key = f"{self._prefix}:{self._numbers}"
        answer: asyncio.Future[Envelope] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answer
        try:
            self._send(messages.request(key, request.method, request.params))
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answer
        except TimeoutError:
            raise NoAnswer(f"The agent did not answer {request.method} within {ANSWER_SECONDS:.0f} s.") from None
        finally:
            self._waiting.pop(key, None)

    def takes(self, envelope: Envelope) -> bool:
        """Whether a response is to a request of our own, which the client knows nothing of."""
        if not (isinstance(envelope.id, str) and envelope.id.startswith(f"{self._prefix}:")):
            return False
        answer = self._waiting.get(envelope.id)
        if answer is not None and not answer.done():
            answer.set_result(envelope)
        return True

    def hides(self, body: bytes) -> bool:
        """Whether a notification comes of opening a session again: the client knows all that it says."""
        return bool(self._session) and self._session.encode() in body

    def answered(self, envelope: Envelope) -> str | None:
        """A response to the client. Gives the session that it opened, if it did."""
        session = self._opened.answered(envelope)
        self.there &= set(self._opened.ids)
        if session is not None:
            self.there.add(session)
        return session

    def lost(self, error: ServeError) -> None:
        """The agent's process is gone."""
        self.there.clear()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(error)
