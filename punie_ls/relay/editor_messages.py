"""What the editor writes, on its way to its owners. The hot path: peek, look up, pass on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import msgspec

from punie_ls.relay import methods
from punie_ls.relay.child import OWN_PREFIX
from punie_ls.relay.connection import Connection
from punie_ls.relay.exceptions import ResponseError
from punie_ls.relay.lifecycle import Lifecycle
from punie_ls.relay.messages import Id, cancelled_id, decode, params_of, well_formed
from punie_ls.relay.routing import Name, Route, command_owner, route_of
from punie_semantic.wire.framing import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    REQUEST_CANCELLED,
    SERVER_NOT_INITIALIZED,
    peek,
)

# LSP's integers. ty and ruff take a request with a larger id for a notification and never answer.
MIN_ID, MAX_ID = -(2**31), 2**31 - 1

log = logging.getLogger(__name__)


class _Command(msgspec.Struct):
    command: str


class _Progress(msgspec.Struct):
    token: Id


class EditorMessages:
    """Routes the editor's messages. Requests that several servers answer, or none, have a handler here."""

    def __init__(self, connection: Connection, lifecycle: Lifecycle) -> None:
        self._connection = connection
        self._client = connection.client
        self._lifecycle = lifecycle
        self._requests: dict[Route, Callable[[Id, bytes], None]] = {
            "diagnostic": self._diagnostic,
            "code_action": self._code_action,
            "resolve": self._resolve,
            "command": self._command,
        }
        self._notifications: dict[Route, Callable[[bytes], None]] = {
            "cancel": self._cancel,
            "progress": self._progress,
        }

    def receive(self, body: bytes) -> None:
        """One message. Bad ones are answered and go no further: ty and ruff would exit on them."""
        try:
            body = well_formed(body)
            identifier, method = peek(body)
        except msgspec.ValidationError as error:
            self._client.refuse(None, INVALID_REQUEST, f"not a single JSON-RPC message: {error}")
        except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
            self._client.refuse(None, PARSE_ERROR, f"cannot read this message: {error}")
        else:
            self._dispatch(identifier, method, body)

    def _dispatch(self, identifier: Id | None, method: str | None, body: bytes) -> None:
        try:
            if method is None:
                self._response(identifier, body)
            elif identifier is None:
                self._notification(method, body)
            else:
                self._request(identifier, method, body)
        except ResponseError as error:
            if identifier is not None and method is not None:
                self._client.fail(identifier, error)
        except msgspec.DecodeError as error:
            log.warning("bad params of %s: %s", method, error)
            if identifier is not None and method is not None:
                self._client.fail(identifier, ResponseError.of(INVALID_PARAMS, f"{method}: {error}"))
        except Exception as error:
            log.exception("cannot handle %s", method)
            if identifier is not None and method is not None:
                self._client.fail(identifier, ResponseError.of(INTERNAL_ERROR, f"{method}: {error!r}"))

    # Requests.

    def _request(self, identifier: Id, method: str, body: bytes) -> None:
        connection = self._connection
        if type(identifier) is int and not MIN_ID <= identifier <= MAX_ID:
            self._client.refuse(identifier, INVALID_REQUEST, "this id is no LSP integer")
            return
        if connection.phase != "running":
            self._early_or_late(identifier, method, body)
            return
        if identifier in self._client.in_flight or self._is_own(identifier):
            self._client.refuse(identifier, INVALID_REQUEST, f"a request with the id {identifier!r} is open")
            return
        route = route_of(method)
        if handler := self._requests.get(route):
            handler(identifier, body)
        elif route == "life":
            self._life(identifier, method)
        else:
            self._pass_on(identifier, route if route in ("ty", "ruff", "punie") else "ty", body)

    def _pass_on(self, identifier: Id, name: Name, body: bytes) -> None:
        child = self._connection.children[name]
        child.ask(identifier, body)
        self._client.in_flight[identifier] = child

    def _early_or_late(self, identifier: Id, method: str, body: bytes) -> None:
        phase = self._connection.phase
        if phase == "new" and method == methods.INITIALIZE:
            self._lifecycle.initialize(identifier, body)
        elif phase == "shutdown" or method == methods.INITIALIZE:
            self._client.refuse(identifier, INVALID_REQUEST, f"{method} is out of order")
        else:
            self._client.refuse(identifier, SERVER_NOT_INITIALIZED, "the server is not initialized")

    def _life(self, identifier: Id, method: str) -> None:
        if method == methods.SHUTDOWN:
            self._lifecycle.shutdown(identifier)
        else:
            self._client.refuse(identifier, INVALID_REQUEST, f"{method} is out of order")

    def _diagnostic(self, identifier: Id, body: bytes) -> None:
        connection = self._connection
        connection.tasks.answer(self._client, identifier, connection.diagnostics.pull(params_of(body)))

    def _code_action(self, identifier: Id, body: bytes) -> None:
        connection = self._connection
        connection.tasks.answer(self._client, identifier, connection.code_actions.request(params_of(body)))

    def _resolve(self, identifier: Id, body: bytes) -> None:
        connection = self._connection
        connection.tasks.answer(self._client, identifier, connection.code_actions.resolve(params_of(body)))

    def _command(self, identifier: Id, body: bytes) -> None:
        command = decode(params_of(body), type=_Command).command
        self._pass_on(identifier, command_owner(command, self._connection.command_owners), body)

    def _is_own(self, identifier: Id) -> bool:
        """Whether a child would take the id for one of the relay's own."""
        if type(identifier) is not str or not identifier.startswith(OWN_PREFIX):
            return False
        return any(child.has_call(identifier) for child in self._connection.children.values())

    # Notifications and responses.

    def _notification(self, method: str, body: bytes) -> None:
        if method == methods.EXIT:
            self._lifecycle.exit(body)
            return
        if self._connection.phase != "running":
            return
        route = route_of(method)
        if route == "all":
            self._tell_all(method, body)
        elif handler := self._notifications.get(route):
            handler(body)
        else:
            self._connection.children[route if route in ("ty", "ruff", "punie") else "ty"].send(body)

    def _tell_all(self, method: str, body: bytes) -> None:
        """The children first; the books after."""
        connection = self._connection
        for child in connection.children.values():
            child.send(body)
        connection.documents.update(method, body)
        connection.session.follow(method, body)

    def _cancel(self, body: bytes) -> None:
        identifier = cancelled_id(body)
        owner = self._client.in_flight.get(identifier)
        if owner is None:
            return
        if isinstance(owner, asyncio.Task):
            # Not at once: a task that is cancelled before its first step would never answer.
            asyncio.get_running_loop().call_soon(owner.cancel)
        elif owner.drop_waiting(identifier):
            self._client.fail(identifier, ResponseError.of(REQUEST_CANCELLED, "cancelled"))
        else:
            owner.send(body)

    def _progress(self, body: bytes) -> None:
        """To whoever created the token; a token of the editor's own may be anyone's."""
        token = decode(params_of(body), type=_Progress).token
        owner = self._connection.leftovers.owner(token)
        for child in [owner] if owner else self._connection.children.values():
            child.send(body)

    def _response(self, identifier: Id | None, body: bytes) -> None:
        if identifier is None and b'"error"' not in body and b'"result"' not in body:
            self._client.refuse(None, INVALID_REQUEST, "neither a method nor an id")
        else:
            self._client.answered(identifier, body)
