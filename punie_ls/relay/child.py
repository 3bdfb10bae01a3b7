"""One child server as the relay sees it: its state, its pipe, and the relay's own requests to it.

Knows JSON-RPC; who restarts it and what its messages mean is said elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from punie_ls.relay import methods
from punie_ls.relay.child_process import ChildProcess
from punie_ls.relay.exceptions import ResponseError
from punie_ls.relay.messages import (
    NULL,
    Id,
    Reply,
    decode_reply,
    encode,
    error_response,
    notification,
    request,
)
from punie_ls.relay.routing import Name
from punie_semantic.wire.framing import CONTENT_MODIFIED, METHOD_NOT_FOUND, REQUEST_FAILED, peek, peek_trusted

State = Literal["starting", "ready", "down", "gone"]
OnMessage = Callable[["Child", Id | None, str | None, bytes], None]

OWN_PREFIX = "m/"

log = logging.getLogger(__name__)


class Call:
    """A request of the relay's own to a child; awaiting it gives the reply."""

    def __init__(self, child: Child, identifier: str) -> None:
        self._child = child
        self.identifier = identifier
        self.future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def __await__(self) -> Generator[Any, None, Reply]:
        body = yield from self.future.__await__()
        return decode_reply(body)

    def cancel(self) -> None:
        """Tell the child that nobody waits any more; nothing happens after its answer."""
        if self._child.forget(self.identifier):
            self._child.send(
                notification(methods.CANCEL_REQUEST, encode({"id": self.identifier})),
            )


@dataclass(frozen=True)
class Waiting:
    """A request of the editor's that waits for a child to start."""

    identifier: Id
    body: bytes


class Child:
    """A child server over all its restarts.

    Args:
        name: which one.
        on_message: gets every message but the answers to the relay's own requests.
        trusted: the child writes its keys in the order in which a prefix is enough to know a notification.
        patient: requests wait while the child starts, instead of failing.
    """

    def __init__(self, name: Name, on_message: OnMessage, *, trusted: bool = True, patient: bool = False) -> None:
        self.name: Name = name
        self.settled = asyncio.Event()
        self._state: State = "starting"
        self._since = 0.0
        self.capabilities: dict[str, Any] = {}
        self.reason = "it has not been started"
        self.process: ChildProcess | None = None
        self.patient = patient
        self.waiting: list[Waiting] = []
        self._on_message = on_message
        self._peek = peek_trusted if trusted else peek
        self._calls: dict[str, Call] = {}
        self._count = 0

    @property
    def state(self) -> State:
        """Where it is in its life; `settled` is set while it is ready, or gone for good."""
        return self._state

    @state.setter
    def state(self, state: State) -> None:
        self._state = state
        self._since = time.monotonic()
        if state in ("ready", "gone"):
            self.settled.set()
        else:
            self.settled.clear()

    @property
    def seconds(self) -> float:
        """How long it has been in this state."""
        return time.monotonic() - self._since

    @property
    def restarting(self) -> bool:
        """Whether it is on its way (back), so that it is worth waiting for."""
        return self.state in ("starting", "down")

    @property
    def ready(self) -> bool:
        """Whether it is initialized and takes messages."""
        return self.state == "ready"

    def send(self, body: bytes) -> None:
        """Pass a message on. One that is not ready gets the state of things when it is, so nothing is kept."""
        if self.state == "ready" and self.process is not None:
            self.process.write(body)

    def ask(self, identifier: Id, body: bytes) -> None:
        """Pass on a request of the editor's. Raises ResponseError when there is no one to answer."""
        if self.state == "ready" and self.process is not None:
            self.process.write(body)
        elif self.patient and self.state != "gone":
            self.waiting.append(Waiting(identifier, body))
        else:
            raise self.unavailable()

    def take_waiting(self) -> list[Waiting]:
        """The requests that waited, which wait no more."""
        taken, self.waiting = self.waiting, []
        return taken

    def drop_waiting(self, identifier: Id) -> bool:
        """Cancel a request that waits; False when it does not."""
        left = [waiting for waiting in self.waiting if waiting.identifier != identifier]
        dropped = len(left) < len(self.waiting)
        self.waiting = left
        return dropped

    def unavailable(self) -> ResponseError:
        """Why it does not answer, as an error."""
        if self.state != "gone":
            return ResponseError.of(CONTENT_MODIFIED, f"{self.name} is restarting")
        code = REQUEST_FAILED if self.capabilities else METHOD_NOT_FOUND
        return ResponseError.of(code, f"{self.name} is not running: {self.reason}")

    def call(self, method: str, params: bytes = NULL) -> Call:
        """Ask on the relay's own behalf; a child that is not running answers with an error."""
        self._count += 1
        call = Call(self, f"{OWN_PREFIX}{self._count}")
        if self.process is None or not (self.ready or method == methods.INITIALIZE):
            call.future.set_result(error_response(encode(call.identifier), self.unavailable().raw))
            return call
        self._calls[call.identifier] = call
        self.process.write(request(call.identifier, method, params))
        return call

    def has_call(self, identifier: str) -> bool:
        """Whether the id is one of the relay's own in flight."""
        return identifier in self._calls

    def forget(self, identifier: str) -> bool:
        """Drop an own request; False when it is answered already."""
        return self._calls.pop(identifier, None) is not None

    def receive(self, process: ChildProcess, body: bytes) -> None:
        """A message from a run of this child; late ones of an earlier run are dropped."""
        if process is not self.process:
            return
        try:
            identifier, method = self._peek(body)
        except (msgspec.DecodeError, RecursionError):
            log.error("%s wrote something that is no JSON-RPC (%d bytes)", self.name, len(body))
            return
        if method is None and type(identifier) is str and (call := self._calls.pop(identifier, None)):
            if not call.future.done():
                call.future.set_result(body)
            return
        self._on_message(self, identifier, method, body)

    def lost(self, reason: str) -> None:
        """It has exited: the relay's own requests are answered with an error."""
        self.state = "down"
        self.reason = reason
        self.process = None
        calls, self._calls = self._calls, {}
        for identifier, call in calls.items():
            if not call.future.done():
                call.future.set_result(error_response(encode(identifier), self.unavailable().raw))


async def gather(calls: list[Call]) -> list[Reply]:
    """All replies, in order. When the waiting is cancelled, so are the requests."""
    try:
        return [await call for call in calls]
    finally:
        for call in calls:
            call.cancel()
