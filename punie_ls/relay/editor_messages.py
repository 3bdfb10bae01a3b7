"""What the editor writes, on its way to its owners. The hot path: peek, look up, pass on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import msgspec
from msgspec import UNSET

from punie_ls.relay import hover, methods
from punie_ls.relay.child import OWN_PREFIX, Child
from punie_ls.relay.connection import Connection
from punie_ls.relay.exceptions import ResponseError
from punie_ls.relay.lifecycle import Lifecycle
from punie_ls.relay.messages import (
    MAX_INTEGER,
    MIN_INTEGER,
    NULL,
    Envelope,
    Id,
    answer,
    decode,
    decode_envelope,
    encode,
    error_response,
    id_of,
    notification,
    request,
    unfit,
    well_formed,
)
from punie_ls.relay.routing import Name, Route, command_owner, route_of
from punie_semantic.wire.framing import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    REQUEST_CANCELLED,
    SERVER_NOT_INITIALIZED,
)

log = logging.getLogger(__name__)


class _Command(msgspec.Struct):
    command: str


class _Cancel(msgspec.Struct):
    id: Id


class _Progress(msgspec.Struct):
    token: Id


class _Folder(msgspec.Struct):
    uri: str
    name: str


class _FolderChanges(msgspec.Struct):
    added: list[_Folder]
    removed: list[_Folder]


class _FoldersParams(msgspec.Struct):
    event: _FolderChanges


class EditorMessages:
    """Routes the editor's messages. Requests that several servers answer, or none, have a handler here.

    Nothing goes on as it came: every message is put together anew from its id, method and params, once these are
    known to be what ty and ruff can read.
    """

    def __init__(self, connection: Connection, lifecycle: Lifecycle) -> None:
        self._connection = connection
        self._client = connection.client
        self._lifecycle = lifecycle
        self._requests: dict[Route, Callable[[Id, bytes], None]] = {
            "diagnostic": self._diagnostic,
            "code_action": self._code_action,
            "resolve": self._resolve,
            "hover": self._hover,
            "command": self._command,
        }
        self._notifications: dict[Route, Callable[[bytes], None]] = {
            "cancel": self._cancel,
            "progress": self._progress,
        }
        self._removed: list[_Folder] = []

    def receive(self, body: bytes) -> None:
        """One message. Bad ones are answered and go no further: ty and ruff would exit on them."""
        try:
            body = well_formed(body)
            envelope = decode_envelope(body)
        except msgspec.ValidationError as error:
            self._no_message(body, error)
        except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
            self._client.refuse(None, PARSE_ERROR, f"cannot read this message: {error}")
        else:
            self._dispatch(envelope)

    def _no_message(self, body: bytes, error: Exception) -> None:
        """Answer a body of the wrong shape, which may be no JSON further on."""
        try:
            identifier, code = id_of(body), INVALID_REQUEST
        except (msgspec.DecodeError, RecursionError):
            identifier, code = NULL, PARSE_ERROR
        text = f"not a single JSON-RPC message: {error}"
        self._client.write(error_response(identifier, ResponseError.of(code, text).raw))

    def _dispatch(self, envelope: Envelope) -> None:
        identifier, method = envelope.id, envelope.method
        try:
            if method is None:
                self._response(envelope)
            elif identifier is None:
                self._notification(method, bytes(envelope.params))
            else:
                self._request(identifier, method, bytes(envelope.params))
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

    def _request(self, identifier: Id, method: str, params: bytes) -> None:
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
        _check(params)
        route = route_of(method)
        if handler := self._requests.get(route):
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
            _check(params)
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

    def _diagnostic(self, identifier: Id, params: bytes) -> None:
        connection = self._connection
        connection.tasks.answer(self._client, identifier, connection.diagnostics.pull(params))

    def _code_action(self, identifier: Id, params: bytes) -> None:
        connection = self._connection
        connection.tasks.answer(self._client, identifier, connection.code_actions.request(params))

    def _resolve(self, identifier: Id, params: bytes) -> None:
        connection = self._connection
        connection.tasks.answer(self._client, identifier, connection.code_actions.resolve(params))

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

    def _is_own(self, identifier: Id) -> bool:
        """Whether a child would take the id for one of the relay's own."""
        if type(identifier) is not str or not identifier.startswith(OWN_PREFIX):
            return False
        return any(child.has_call(identifier) for child in self._connection.children.values())

    # Notifications and responses.

    def _notification(self, method: str, params: bytes) -> None:
        connection = self._connection
        if method == methods.EXIT:
            self._lifecycle.exit(notification(method, NULL))
            return
        if connection.phase != "running" or (method == methods.INITIALIZED and connection.session.initialized):
            return
        if connection.documents.follows(method):
            params = connection.documents.update(method, params)
        else:
            _check(params)
        route = route_of(method)
        if route == "all":
            self._tell_all(method, params)
        elif handler := self._notifications.get(route):
            handler(params)
        else:
            name: Name = route if route in ("ty", "ruff", "punie") else "ty"
            connection.children[name].send(notification(method, params))

    def _tell_all(self, method: str, params: bytes) -> None:
        connection = self._connection
        body = notification(method, params)
        for_ty = self._folders_for_ty(body, params) if method == methods.DID_CHANGE_WORKSPACE_FOLDERS else body
        for child in connection.children.values():
            child.send(for_ty if child is connection.ty else body)
        connection.session.follow(method, body)
        connection.reconfiguration.follow(method, body)

    def _folders_for_ty(self, body: bytes, params: bytes) -> bytes:
        """The same without the end of the last folder, which would be ty's: it loses that one with the next change."""
        event = decode(params, type=_FoldersParams).event
        gone = {folder.uri for folder in event.removed}
        left = [f for f in self._connection.session.params.get("workspaceFolders") or () if f["uri"] not in gone]
        event.removed += self._removed
        self._removed = []
        if not left and not event.added:
            self._removed, event.removed = event.removed, []
        return notification(methods.DID_CHANGE_WORKSPACE_FOLDERS, encode({"event": event}))

    def _cancel(self, params: bytes) -> None:
        identifier = decode(params, type=_Cancel).id
        owner = self._client.in_flight.get(identifier)
        if owner is None:
            return
        if isinstance(owner, asyncio.Task):
            # Not at once: a task that is cancelled before its first step would never answer.
            asyncio.get_running_loop().call_soon(owner.cancel)
        elif owner.drop_waiting(identifier):
            self._client.fail(identifier, ResponseError.of(REQUEST_CANCELLED, "cancelled"))
        else:
            owner.send(notification(methods.CANCEL_REQUEST, params))

    def _progress(self, params: bytes) -> None:
        """To whoever created the token; a token of the editor's own may be anyone's."""
        token = decode(params, type=_Progress).token
        leftovers = self._connection.leftovers
        owner = leftovers.owner(token)
        own = encode({"token": leftovers.own_token(token)})
        for child in [owner] if owner else self._connection.children.values():
            child.send(notification(methods.WORK_DONE_PROGRESS_CANCEL, own))

    def _response(self, envelope: Envelope) -> None:
        if envelope.id is None and envelope.error is UNSET and envelope.result is UNSET:
            self._client.refuse(None, INVALID_REQUEST, "neither a method nor an id")
        else:
            self._client.answered(envelope.id, answer(envelope))


def _check(params: bytes) -> None:
    """Raises ResponseError for params that end a server."""
    if not params.startswith((b"{", b"[")) and params != NULL:
        raise ResponseError.of(INVALID_PARAMS, "params are neither an object nor an array")
    if problem := unfit(params):
        raise ResponseError.of(INVALID_PARAMS, f"these params cannot be passed on: {problem}")
