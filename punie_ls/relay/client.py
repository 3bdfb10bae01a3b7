"""The editor's side: which of its requests are open, each answered exactly once, and what is asked of it.

Requests of the children to the editor travel under ids of the relay's own, for the children's would collide.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from punie_ls.relay import methods
from punie_ls.relay.child import Child
from punie_ls.relay.child_process import ChildProcess
from punie_ls.relay.exceptions import ResponseError
from punie_ls.relay.messages import (
    Id,
    Incoming,
    Reply,
    cancelled_id,
    decode_reply,
    encode,
    error_response,
    notification,
    reply_response,
    request,
    response,
)

_NOTHING = b',"result":null}'

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """A request to the editor: from a run of a child, or (without one) from the relay."""

    child: Child | None
    process: ChildProcess | None
    identifier: bytes
    answer: asyncio.Future[Reply] | None = None


class Client:
    """Writes to the editor and keeps the books of both directions' requests.

    Attributes:
        in_flight: who answers an open request.
        otherwise: asks someone else, if there is one, when that one has nothing to say.
    """

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.write = write
        self.in_flight: dict[Id, Child | asyncio.Task[None]] = {}
        self.otherwise: dict[Id, Callable[[], Child | None]] = {}
        self._asked: dict[str, Asked] = {}
        self._count = 0

    # Answers to the editor's requests.

    def relay_response(self, child: Child, identifier: Id | None, body: bytes) -> None:
        """Pass on a child's answer, untouched; one that nobody waits for is dropped."""
        if identifier is not None and self.in_flight.get(identifier) is child:
            if self.otherwise and self._ask_other(identifier, body):
                return
            del self.in_flight[identifier]
            self.write(body)
        else:
            log.warning("dropped an answer of %s to the unknown id %r", child.name, identifier)

    def _ask_other(self, identifier: Id, body: bytes) -> bool:
        """After an empty answer the request goes to its second owner, if it has one."""
        ask = self.otherwise.pop(identifier, None)
        other = ask() if ask and body.endswith(_NOTHING) else None
        if other is not None:
            self.in_flight[identifier] = other
        return other is not None

    def respond(self, identifier: Id, result: bytes) -> None:
        """Answer an open request with a raw result."""
        if self.in_flight.pop(identifier, None) is not None:
            self.write(response(encode(identifier), result))

    def fail(self, identifier: Id, error: ResponseError) -> None:
        """Answer a request with an error, whether it was already accepted or not."""
        self.in_flight.pop(identifier, None)
        self.otherwise.pop(identifier, None)
        self.write(error_response(encode(identifier), error.raw))

    def refuse(self, identifier: Id | None, code: int, message: str) -> None:
        """Answer a request that was never accepted."""
        self.write(error_response(encode(identifier), ResponseError.of(code, message).raw))

    def notify(self, method: str, params: object) -> None:
        """Send a notification of the relay's own."""
        self.write(notification(method, encode(params)))

    def child_lost(self, child: Child) -> None:
        """Answer at once what an exited child will never answer, and take back what it asked."""
        for identifier in [i for i, owner in self.in_flight.items() if owner is child]:
            if not any(waiting.identifier == identifier for waiting in child.waiting):
                self.fail(identifier, child.unavailable())
        for key in [key for key, asked in self._asked.items() if asked.child is child]:
            del self._asked[key]
            # A question that is on the screen is nobody's any more.
            self.notify(methods.CANCEL_REQUEST, {"id": key})

    # Requests to the editor.

    def forward_request(self, child: Child, incoming: Incoming) -> None:
        """Pass a child's request on under an id of the relay's own."""
        key = self._remember(Asked(child, child.process, bytes(incoming.id)))
        self.write(request(key, incoming.method, bytes(incoming.params)))

    def forward_cancel(self, child: Child, body: bytes) -> None:
        """A child no longer wants an answer; the editor knows the request by another id."""
        wanted = encode(cancelled_id(body))
        for key, asked in self._asked.items():
            if asked.child is child and asked.identifier == wanted:
                self.notify(methods.CANCEL_REQUEST, {"id": key})
                return

    def ask(self, method: str, params: bytes) -> asyncio.Future[Reply]:
        """Ask the editor on the relay's own behalf."""
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        key = self._remember(Asked(None, None, b"null", answer))
        self.write(request(key, method, params))
        return answer

    def answered(self, identifier: Id | None, body: bytes) -> None:
        """The editor's response to a request; an unknown id is ignored."""
        asked = self._asked.pop(identifier, None) if type(identifier) is str else None
        if asked is None:
            log.warning("ignored a response to the unknown id %r", identifier)
            return
        try:
            reply = decode_reply(body)
        except msgspec.DecodeError:
            reply = Reply(error=msgspec.Raw(b'{"code":-32603,"message":"unreadable response"}'))
        if asked.answer is not None:
            if not asked.answer.done():
                asked.answer.set_result(reply)
        elif asked.child is not None and asked.child.process is asked.process:
            asked.child.send(reply_response(asked.identifier, reply))

    def _remember(self, asked: Asked) -> str:
        self._count += 1
        key = f"s/{self._count}"
        self._asked[key] = asked
        return key
