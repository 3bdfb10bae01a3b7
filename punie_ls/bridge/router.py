"""The bridge's memory of a conversation: what the editor asked, which sessions it opened, and how all that is brought
to a server that knows nothing of it.

Knows ACP's messages; the sockets are the connector's business.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from punie_ls.bridge.line import Line
from punie_ls.serve import messages
from punie_ls.serve.exceptions import RequestRefused, WorkerUnavailable
from punie_ls.serve.messages import Envelope, Id, Key
from punie_ls.serve.reopening import Reopening
from punie_ls.serve.replay import OpenSessions, Request

QUEUE_BYTES = 16 << 20
TOO_LONG = "This line is longer than 32 MB. Send less at once."


class Router:
    """Between the editor and a line. `from_editor` takes the editor's lines; `deliver` carries them on, for ever.

    Args:
        to_editor: writes a message.
        new_line: makes a line to a server, given what takes the server's messages.
        hold: stops or lets go the editor's input.
    """

    def __init__(
        self,
        to_editor: Callable[[bytes], None],
        new_line: Callable[[Callable[[bytes], None]], Line],
        hold: Callable[[bool], None],
    ) -> None:
        self.line = new_line(self._from_server)
        self.wanted = asyncio.Event()
        self._to_editor = to_editor
        self._new_line = new_line
        self._hold = hold
        self._opened = OpenSessions()
        self._reopening = Reopening(self._opened, self._send, "punie-bridge")
        self._initialize: tuple[Envelope, bytes] | None = None
        self._greeted = True
        self._pending: dict[Key, tuple[Id, str]] = {}
        self._questions: dict[Key, Id] = {}
        self._queue: deque[tuple[Envelope, bytes]] = deque()
        self._queued = 0
        self._arrived = asyncio.Event()
        self._delivering = False

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be sent."""
        return not (self._queue or self._delivering or self.line.log.size)

    @property
    def waited_for(self) -> bool:
        """Whether the editor waits for anything."""
        return bool(self._pending) or not self.idle

    @property
    def answered(self) -> bool:
        """Whether the editor waits for nothing but the end of a turn."""
        return self.idle and all(method == "session/prompt" for _, method in self._pending.values())

    def from_editor(self, line: bytes) -> None:
        """A line of the editor's; an empty one stands for one that was too long."""
        try:
            if not line:
                raise RequestRefused(messages.INVALID_REQUEST, TOO_LONG)
            envelope = messages.read(line)
            if envelope.is_request and envelope.key in self._pending:
                raise RequestRefused(messages.INVALID_REQUEST, f"The id {envelope.identifier!r} is in use.")
        except RequestRefused as error:
            self._to_editor(messages.failure(None, error))
            return
        if envelope.is_request:
            self._pending[envelope.key] = (envelope.identifier, envelope.name)
        self._queue.append((envelope, line))
        self._queued += len(line)
        if self._queued > QUEUE_BYTES:
            self._hold(True)
        self._arrived.set()
        self.wanted.set()

    async def deliver(self) -> None:
        """Carry the editor's messages to the server, in order."""
        while True:
            while not self._queue:
                self._arrived.clear()
                await self._arrived.wait()
            envelope, line = self._queue.popleft()
            self._delivering = True
            try:
                await self.line.room()
                await self._deliver(envelope, line)
            except (RequestRefused, WorkerUnavailable) as error:
                refusal = error if isinstance(error, RequestRefused) else _down(str(error))
                self._fail(envelope.key, refusal)
            finally:
                self._delivering = False
                self._queued = max(self._queued - len(line), 0)
                if self._queued <= QUEUE_BYTES:
                    self._hold(False)

    def restarted(self, why: str, *, reachable: bool = True) -> None:
        """The server has forgotten this client: what it was asked has no answer.

        Args:
            why: a sentence for people.
            reachable: whether there is a server; without one, what waits for it is answered too.
        """
        old = self.line
        again = self._unsent(old) if reachable else []
        if not reachable:
            self._queue.clear()
            self._queued = 0
            self._hold(False)
        kept = {envelope.key for envelope, _ in [*again, *self._queue] if envelope.is_request}
        for key in [key for key in self._pending if key not in kept]:
            self._fail(key, _down(why))
        for identifier in self._questions.values():
            self._to_editor(messages.notification(messages.CANCEL_REQUEST, {"requestId": identifier}))
        self._questions.clear()
        self.line = self._new_line(self._from_server)
        self._greeted = self._initialize is None
        self._reopening.lost(WorkerUnavailable(why))
        old.release()
        self._queue.extendleft(reversed(again))
        self._queued += sum(len(body) for _, body in again)
        if self._queue:
            self._arrived.set()
            self.wanted.set()

    def _unsent(self, line: Line) -> list[tuple[Envelope, bytes]]:
        """What no server got, so that it can be sent to the next one; and `initialize`, if it has no answer."""
        found = [(messages.read(body), body) for body in line.log.after(line.written)]
        found = [item for item in found if not _is_own(item[0])]
        first = self._initialize
        if first is not None and first[0].key in self._pending and all(item[0].key != first[0].key for item in found):
            found.insert(0, first)
        return found

    async def _deliver(self, envelope: Envelope, line: bytes) -> None:
        if envelope.is_response:
            if self._questions.pop(envelope.key, self) is not self:
                self._send(line)
            return
        if envelope.is_request and envelope.key not in self._pending:  # it has failed already
            return
        if envelope.name == messages.INITIALIZE:
            self._initialize = (envelope, line)
            self._greeted = True
        session = _session(envelope)
        while not self._greeted or (session is not None and self._reopening.needed(envelope.name, session)):
            await self._greet()
            if session is not None and self._reopening.needed(envelope.name, session):
                await self._reopening.open(session)
        self._opened.asked(envelope)
        self._send(line)

    async def _greet(self) -> None:
        """Tell a fresh server what the editor said of itself."""
        if not self._greeted and self._initialize is not None:
            line = self.line
            params = messages.as_object(self._initialize[0].params)
            await self._reopening.ask(Request(messages.INITIALIZE, params))
            self._greeted = line is self.line

    def _send(self, body: bytes) -> None:
        self.line.send(body)
        self.wanted.set()

    def _from_server(self, body: bytes) -> None:
        envelope = messages.read(body)
        if envelope.is_response:
            if self._reopening.takes(envelope):
                return
            self._pending.pop(envelope.key, None)
            self._reopening.answered(envelope)
        elif envelope.is_request:
            self._questions[envelope.key] = envelope.identifier
        elif self._reopening.hides(body):
            return
        else:
            self._opened.noticed(envelope)
            if envelope.name == messages.CANCEL_REQUEST and (key := messages.cancelled_request(envelope.params)):
                self._questions.pop(key, None)
        self._to_editor(body)

    def _fail(self, key: Key, error: RequestRefused) -> None:
        found = self._pending.pop(key, None)
        if found is not None:
            self._opened.forget_request(key)
            self._to_editor(messages.failure(found[0], error))


def _down(why: str) -> RequestRefused:
    return RequestRefused(
        messages.INTERNAL_ERROR,
        f"{why} Its sessions are kept, and open again with your next message: send the request once more.",
        {"restart": True},
    )


def _session(envelope: Envelope) -> str | None:
    try:
        return messages.session_params(envelope.params)[0]
    except RequestRefused:  # the agent says so
        return None


def _is_own(envelope: Envelope) -> bool:
    return isinstance(envelope.id, str) and envelope.id.startswith("punie-bridge:")
