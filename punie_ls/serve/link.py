"""One client's line to one project's worker. It outlives workers: a fresh one is told what the last one knew.

Knows JSON-RPC and ACP's session methods; the worker's process is the project's business, and the client's socket the
connection's.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import Protocol

from punie_ls.serve import messages
from punie_ls.serve.exceptions import RequestRefused, WorkerUnavailable
from punie_ls.serve.messages import Envelope, Id, Json, Key
from punie_ls.serve.project import Project
from punie_ls.serve.reopening import NoAnswer, Reopening
from punie_ls.serve.replay import OpenSessions, Request
from punie_ls.serve.worker import Worker

LOST_SECONDS = 2.0
GOES_ON = "Its sessions are kept, and open again with your next message: send the request once more."

log = logging.getLogger(__name__)


class Client(Protocol):
    """What a link needs of its client's connection."""

    initialize_params: Json
    opened: OpenSessions

    def forward(self, body: bytes) -> None:
        """Send a message to the client."""
        ...

    async def room(self) -> None:
        """Wait until the client has taken most of what was sent."""
        ...

    def ask(self, link: Link) -> str:
        """An id for a request to the client, whose answer goes to the link."""
        ...

    def withdraw(self, identifier: str) -> None:
        """An answer is not wanted any more."""
        ...

    def taken(self, size: int) -> None:
        """So many bytes of the client's messages have left."""
        ...

    def opened_in(self, project: Project, session: str) -> None:
        """A session was opened."""
        ...


@dataclass
class _InFlight:
    """A client's request. `delivered` when the worker has it."""

    identifier: Id
    session: str | None
    delivered: bool = False


class Link:
    """A client's line to a project. `send` what is for the worker; `run` carries it there, until it is cancelled."""

    def __init__(self, client: Client, project: Project) -> None:
        self.project = project
        self._client = client
        self._queue: asyncio.Queue[tuple[Envelope, bytes, str | None]] = asyncio.Queue()
        self._in_flight: dict[Key, _InFlight] = {}
        self._asked: dict[str, Id] = {}
        self._reopening = Reopening(client.opened, self._write, "punie-serve")
        self._worker: Worker | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self.ended = ""
        project.users.add(self)

    @property
    def busy(self) -> bool:
        """Whether something is asked or answered."""
        return bool(self._in_flight or self._asked or self._reopening.busy or self._queue.qsize())

    @property
    def sessions(self) -> int:
        """How many sessions the worker has open for this client."""
        return len(self._reopening.there)

    def knows(self, key: Key) -> bool:
        """Whether a request waits for its answer here."""
        return key in self._in_flight

    def send(self, envelope: Envelope, body: bytes, session: str | None) -> None:
        """Send a client's request or notification, after all that was sent before. Raises RequestRefused."""
        if envelope.is_request:
            if envelope.key in self._in_flight:
                raise RequestRefused(messages.INVALID_REQUEST, f"The id {envelope.identifier!r} is in use.")
            self._in_flight[envelope.key] = _InFlight(envelope.identifier, session)
        self._queue.put_nowait((envelope, body, session))

    def reply(self, identifier: str, envelope: Envelope) -> None:
        """Send the client's answer to a request of the worker's."""
        original = self._asked.pop(identifier, None)
        if original is not None and self._writer is not None:
            self._write(messages.response(original, envelope))

    def cancel_undelivered(self, key: Key) -> bool:
        """Answer a cancelled request that the worker does not have yet; whether it was one."""
        request = self._in_flight.get(key)
        if request is None or request.delivered:
            return False
        self._fail(key, RequestRefused(messages.REQUEST_CANCELLED, "Cancelled before it began."))
        return True

    def detach(self) -> None:
        """The worker will be stopped, and nothing is asked of it: what comes now needs another one."""
        if self._reading is not None:
            self._reading.cancel()
        self._forget()

    def close(self) -> None:
        """The client is gone."""
        self.project.users.discard(self)
        self.detach()

    async def run(self) -> None:
        """Deliver what is sent, in order."""
        while True:
            envelope, body, session = await self._queue.get()
            try:
                await self._deliver(envelope, body, session)
            except (WorkerUnavailable, RequestRefused) as error:
                if envelope.is_request:
                    self._fail(envelope.key, error if isinstance(error, RequestRefused) else self._down(str(error)))
            except Exception as error:
                log.exception("%s could not be delivered to the worker for %s", envelope.name, self.project.root)
                if envelope.is_request:
                    self._fail(envelope.key, RequestRefused(messages.INTERNAL_ERROR, f"A bug of Punie's: {error!r}."))
            finally:
                self._client.taken(len(body))

    async def _deliver(self, envelope: Envelope, body: bytes, session: str | None) -> None:
        writer = await self._connected()
        while session is not None and self._reopening.needed(envelope.name, session):
            await self._reopening.open(session)
            writer = await self._connected()
        if envelope.is_request:
            request = self._in_flight.get(envelope.key)
            if request is None:  # cancelled meanwhile
                return
            request.delivered = True
            self._client.opened.asked(envelope)
        self._write(body)
        # A worker that ends now answers by its end; one that does not read makes this client wait, and no other.
        with contextlib.suppress(ConnectionError):
            await writer.drain()

    async def _connected(self) -> asyncio.StreamWriter:
        """A connection to a worker that knows this client. Raises WorkerUnavailable."""
        if self._worker is not None and self._reading is not None and self._worker.ended:
            # What it is told now it never hears: let those who wait for it be told first.
            await asyncio.wait([self._reading], timeout=2 * LOST_SECONDS)
            self._forget()
        if self._writer is not None:
            return self._writer
        worker = await self.project.ready()
        reader, writer = await worker.connect()
        self._worker, self._writer = worker, writer
        self._reading = asyncio.ensure_future(self._read(reader, worker))
        try:
            request = Request(messages.INITIALIZE, self._client.initialize_params)
            answer = await self._reopening.ask(request)
        except NoAnswer:
            self.detach()
            self.project.lost(worker)
            raise
        if problem := messages.error_message(answer):
            self.detach()
            raise WorkerUnavailable(f"The agent for {self.project.root} refuses this client: {problem}")
        if self._writer is None:
            raise WorkerUnavailable(worker.ending())
        return self._writer

    def _write(self, body: bytes) -> None:
        self.project.touch()
        if self._writer is not None:
            self._writer.write(messages.one_line(body))

    async def _read(self, reader: asyncio.StreamReader, worker: Worker) -> None:
        """What the worker says, until it is gone."""
        why = ""
        try:
            while line := await reader.readline():
                if line.endswith(b"\n"):
                    self._receive(line[:-1])
                await self._client.room()
        except (ConnectionError, ValueError) as error:  # ValueError: a line without end
            why = str(error)
        except Exception as error:
            log.exception("what the worker for %s says cannot be passed on", self.project.root)
            why = repr(error)
        await self._lost(worker, why)

    def _receive(self, body: bytes) -> None:
        self.project.touch()
        try:
            envelope = messages.read(body)
        except RequestRefused as error:
            log.warning("the worker for %s says what is no message: %s", self.project.root, error)
            return
        if envelope.is_response:
            self._answered(envelope, body)
        elif envelope.is_request:
            identifier = self._client.ask(self)
            self._asked[identifier] = envelope.identifier
            self._client.forward(messages.request(identifier, envelope.name, envelope.params))
        elif not self._reopening.hides(body):
            self._client.opened.noticed(envelope)
            self._client.forward(body)

    def _answered(self, envelope: Envelope, body: bytes) -> None:
        if self._reopening.takes(envelope):
            return
        if self._in_flight.pop(envelope.key, None) is None:
            log.info("the worker for %s answers what nobody asked", self.project.root)
            return
        session = self._reopening.answered(envelope)
        if session is not None:
            self._client.opened_in(self.project, session)
        self._client.forward(body)

    async def _lost(self, worker: Worker, why: str) -> None:
        """The worker is gone: what it was asked has no answer, and the next message starts another one."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOST_SECONDS):
                await worker.wait()
        if worker.wanted and not worker.ended:
            log.warning("the worker for %s has closed a connection: %s", self.project.root, why)
        ending = worker.ending() if worker.wanted else "The server stops this agent."
        if self._worker is worker:
            self._forget()
        why = f"{ending} {self.ended or GOES_ON}"
        self._reopening.lost(WorkerUnavailable(why))
        for key, request in list(self._in_flight.items()):
            if request.delivered:
                self._fail(key, self._down(why))

    def _down(self, why: str) -> RequestRefused:
        """What a client is told whose request has no answer."""
        data = {"restart": not self.ended, "project": str(self.project.root)}
        return RequestRefused(messages.INTERNAL_ERROR, why, data)

    def _fail(self, key: Key, error: RequestRefused) -> None:
        request = self._in_flight.pop(key, None)
        if request is not None:
            self._client.opened.forget_request(key)
            self._client.forward(messages.failure(request.identifier, error))

    def _forget(self) -> None:
        """There is no worker now."""
        if self._writer is not None:
            self._writer.close()
        self._worker = self._writer = self._reading = None
        self._reopening.there.clear()
        for identifier in list(self._asked):
            self._client.withdraw(identifier)
        self._asked.clear()
