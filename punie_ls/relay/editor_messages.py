"""What the editor writes: read, and passed on or answered. Requests go on to `editor_requests`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import msgspec
from msgspec import UNSET

from punie_ls.relay import methods
from punie_ls.relay.connection import Connection
from punie_ls.relay.editor_requests import EditorRequests, check_params
from punie_ls.relay.exceptions import ResponseError
from punie_ls.relay.lifecycle import Lifecycle
from punie_ls.relay.messages import (
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
    well_formed,
)
from punie_ls.relay.routing import Name, Route, route_of
from punie_ls.relay.virtual_documents import FRONT_BYTES, concerns_virtual
from punie_semantic.wire.framing import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    REQUEST_CANCELLED,
)

log = logging.getLogger(__name__)


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
    """Reads the editor's messages, and routes its notifications and responses.

    Nothing goes on as it came: every message is put together anew from its id, method and params, once these are
    known to be what ty and ruff can read.
    """

    def __init__(self, connection: Connection, lifecycle: Lifecycle) -> None:
        self._connection = connection
        self._client = connection.client
        self._lifecycle = lifecycle
        self._request = EditorRequests(connection, lifecycle).receive
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
            check_params(params)
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
        if concerns_virtual(params, FRONT_BYTES):
            connection.punie.send(body)
            return
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
