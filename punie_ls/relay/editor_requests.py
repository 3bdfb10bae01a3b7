"""The editor's requests, on their way to their owners: the hot path.

Those that several servers answer, or none, have a handler here.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from punie_ls.relay import hover, methods
from punie_ls.relay.child import OWN_PREFIX, Child
from punie_ls.relay.connection import Connection
from punie_ls.relay.exceptions import ResponseError
from punie_ls.relay.lifecycle import Lifecycle
from punie_ls.relay.messages import MAX_INTEGER, MIN_INTEGER, NULL, Id, decode, encode, request, response, unfit
from punie_ls.relay.routing import Name, Route, command_owner, route_of
from punie_ls.relay.virtual_documents import concerns_virtual, content_owner, nothing
from punie_semantic.wire.framing import INVALID_PARAMS, INVALID_REQUEST, SERVER_NOT_INITIALIZED

# What ty and ruff would answer about a document that they do not have.
_OF_TOOLS: frozenset[Route] = frozenset({"ty", "ruff", "hover", "diagnostic"})


class _Command(msgspec.Struct):
    command: str


class EditorRequests:
    """Routes requests, once their params are known to be what ty and ruff can read."""

    def __init__(self, connection: Connection, lifecycle: Lifecycle) -> None:
        self._connection = connection
        self._client = connection.client
        self._lifecycle = lifecycle
        joined = self._joined
        self._handlers: dict[Route, Callable[[Id, bytes], None]] = {
            "diagnostic": joined(connection.diagnostics.pull),
            "code_action": joined(connection.code_actions.request),
            "resolve": joined(connection.code_actions.resolve),
            "code_lens": joined(connection.code_lenses.request),
            "lens_resolve": joined(connection.code_lenses.resolve),
            "hover": self._hover,
            "command": self._command,
            "content": self._content,
        }

    def receive(self, identifier: Id, method: str, params: bytes) -> None:
        """One request. Raises ResponseError, or msgspec.DecodeError, for one that nobody gets."""
        connection = self._connection
        if type(identifier) is int and not MIN_INTEGER <= identifier <= MAX_INTEGER:
            self._client.refuse(identifier, INVALID_REQUEST, "this id is no LSP integer")
            return
        if identifier in self._client.in_flight or self._is_own(identifier):
            self._client.refuse(identifier, INVALID_REQUEST, f"a request with the id {identifier!r} is open")
            return
        if connection.phase != "running":
            self._early_or_late(identifier, method, params)
            return
        check_params(params)
        route = route_of(method)
        if connection.documents.virtual and route in _OF_TOOLS and concerns_virtual(params):
            self._client.write(response(encode(identifier), nothing(method)))
        elif handler := self._handlers.get(route):
            try:
                handler(identifier, params)
            except msgspec.DecodeError:
                # A server says best what is wrong with them.
                self._pass_on(identifier, "ty", method, params)
        elif route == "life":
            self._life(identifier, method)
        else:
            self._pass_on(identifier, route if route in ("ty", "ruff", "punie") else "ty", method, params)

    def _pass_on(self, identifier: Id, name: Name, method: str, params: bytes) -> None:
        child = self._connection.children[name]
        child.ask(identifier, request(identifier, method, params))
        self._client.in_flight[identifier] = child

    def _early_or_late(self, identifier: Id, method: str, params: bytes) -> None:
        phase = self._connection.phase
        if phase == "new" and method == methods.INITIALIZE:
            check_params(params)
            self._lifecycle.initialize(identifier, request(identifier, method, params))
        elif phase == "shutdown" or method == methods.INITIALIZE:
            self._client.refuse(identifier, INVALID_REQUEST, f"{method} is out of order")
        else:
            self._client.refuse(identifier, SERVER_NOT_INITIALIZED, "the server is not initialized")

    def _life(self, identifier: Id, method: str) -> None:
        if method == methods.SHUTDOWN:
            self._lifecycle.shutdown(identifier)
        else:
            self._client.refuse(identifier, INVALID_REQUEST, f"{method} is out of order")

    def _joined(self, ask: Callable[[bytes], Coroutine[Any, Any, bytes]]) -> Callable[[Id, bytes], None]:
        """Answers with what several servers say; they are asked at once."""

        def handle(identifier: Id, params: bytes) -> None:
            self._connection.tasks.answer(self._client, identifier, ask(params))

        return handle

    def _hover(self, identifier: Id, params: bytes) -> None:
        """ty's; ruff is asked when ty has nothing to say, or is not there."""
        connection = self._connection

        def ask_ruff() -> Child | None:
            return (
                connection.ruff if hover.ask_ruff(connection.ruff, connection.documents, identifier, params) else None
            )

        if connection.ty.state == "gone" and ask_ruff():
            self._client.in_flight[identifier] = connection.ruff
            return
        self._pass_on(identifier, "ty", methods.HOVER, params)
        self._client.otherwise[identifier] = ask_ruff

    def _command(self, identifier: Id, params: bytes) -> None:
        command = decode(params, type=_Command).command
        owner = command_owner(command, self._connection.command_owners)
        self._pass_on(identifier, owner, methods.EXECUTE_COMMAND, params)

    def _content(self, identifier: Id, params: bytes) -> None:
        self._pass_on(identifier, content_owner(params), methods.TEXT_DOCUMENT_CONTENT, params)

    def _is_own(self, identifier: Id) -> bool:
        """Whether a child would take the id for one of the relay's own."""
        if type(identifier) is not str or not identifier.startswith(OWN_PREFIX):
            return False
        return any(child.has_call(identifier) for child in self._connection.children.values())


def check_params(params: bytes) -> None:
    """Raises ResponseError for params that end a server."""
    if not params.startswith((b"{", b"[")) and params != NULL:
        raise ResponseError.of(INVALID_PARAMS, "params are neither an object nor an array")
    if problem := unfit(params):
        raise ResponseError.of(INVALID_PARAMS, f"these params cannot be passed on: {problem}")
