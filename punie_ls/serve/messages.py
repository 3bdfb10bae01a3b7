"""JSON-RPC messages of ACP as bytes: taken apart only as far as a router needs.

Knows JSON-RPC and which of ACP's methods are about sessions; nothing of workers or sockets.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from punie_ls.serve.exceptions import RequestRefused

Id = int | float | str | None
Key = tuple[str, Id]
Json = dict[str, Any]

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
REQUEST_CANCELLED = -32800
RESOURCE_NOT_FOUND = -32002

INITIALIZE = "initialize"
AUTHENTICATE = "authenticate"
LOGOUT = "logout"
NEW = "session/new"
LOAD = "session/load"
RESUME = "session/resume"
FORK = "session/fork"
LIST = "session/list"
CLOSE = "session/close"
DELETE = "session/delete"
SET_MODE = "session/set_mode"
SET_OPTION = "session/set_config_option"
CANCEL_REQUEST = "$/cancel_request"

# They open a session in the project of their `cwd`.
OPENING = frozenset((NEW, LOAD, RESUME, FORK))


class Envelope(msgspec.Struct):
    """A message's outside. An id that is there is one of JSON's; `id: null` is no request."""

    id: Id | UnsetType = UNSET
    method: str | UnsetType = UNSET
    params: Raw = Raw(b"null")
    result: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET

    @property
    def is_request(self) -> bool:
        """It must be answered."""
        return self.method is not UNSET and self.id is not UNSET and self.id is not None

    @property
    def is_response(self) -> bool:
        """It answers a request."""
        return self.method is UNSET and self.id is not UNSET

    @property
    def name(self) -> str:
        """The method; empty for a response."""
        return self.method if isinstance(self.method, str) else ""

    @property
    def identifier(self) -> Id:
        """The id, or None."""
        return None if isinstance(self.id, UnsetType) else self.id

    @property
    def key(self) -> Key:
        """The id as a key: 1 and 1.0 and "1" are three."""
        return key_of(self.identifier)


class _SessionParams(msgspec.Struct):
    sessionId: str | None = None  # noqa: N815 - ACP's name
    cwd: str | None = None


class _CancelParams(msgspec.Struct):
    requestId: Id = None  # noqa: N815 - ACP's name


_decode_envelope = msgspec.json.Decoder(Envelope).decode
_decode_session = msgspec.json.Decoder(_SessionParams).decode
_decode_cancel = msgspec.json.Decoder(_CancelParams).decode
_decode_any = msgspec.json.decode


def key_of(identifier: Id) -> Key:
    """An id as a key."""
    return (type(identifier).__name__, identifier)


def read(body: bytes) -> Envelope:
    """A message of a client's. Raises RequestRefused for what is no JSON, or no message of JSON-RPC."""
    try:
        envelope = _decode_envelope(body)
    except msgspec.ValidationError as error:
        raise RequestRefused(INVALID_REQUEST, f"This is no message of JSON-RPC 2.0: {error}.") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise RequestRefused(PARSE_ERROR, f"This is no JSON: {error}.") from error
    if envelope.method is UNSET and (envelope.id is UNSET or (envelope.result is UNSET and envelope.error is UNSET)):
        raise RequestRefused(INVALID_REQUEST, "This is neither a request, a notification nor a response.")
    return envelope


def session_params(params: Raw) -> tuple[str | None, str | None]:
    """The session's id and the `cwd` in params, each None when it is not there. Raises RequestRefused."""
    if bytes(params) == b"null":
        return None, None
    try:
        found = _decode_session(params)
    except msgspec.ValidationError as error:
        raise RequestRefused(INVALID_PARAMS, f"The params are wrong: {error}.") from error
    return found.sessionId, found.cwd


def cancelled_request(params: Raw) -> Key | None:
    """Which request a `$/cancel_request` is about; None when it does not say."""
    try:
        return key_of(_decode_cancel(params).requestId)
    except msgspec.ValidationError:
        return None


def as_object(params: Raw) -> Json:
    """Params as a JSON object. Raises RequestRefused for anything else; null counts as an empty one."""
    try:
        value = _decode_any(params)
    except msgspec.DecodeError as error:
        raise RequestRefused(INVALID_PARAMS, f"The params are wrong: {error}.") from error
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RequestRefused(INVALID_PARAMS, "The params must be an object.")
    return value


def one_line(body: bytes) -> bytes:
    """A message as one line. JSON's strings hold no line ends, so each of them is only space between tokens."""
    return body.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"


def request(identifier: Id, method: str, params: object) -> bytes:
    """A request."""
    return msgspec.json.encode({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})


def notification(method: str, params: object) -> bytes:
    """A notification."""
    return msgspec.json.encode({"jsonrpc": "2.0", "method": method, "params": params})


def result(identifier: Id, value: object) -> bytes:
    """A response with a result."""
    return msgspec.json.encode({"jsonrpc": "2.0", "id": identifier, "result": value})


def response(identifier: Id, envelope: Envelope) -> bytes:
    """Another response's outcome under an id."""
    body: Json = {"jsonrpc": "2.0", "id": identifier}
    if envelope.error is not UNSET:
        return msgspec.json.encode({**body, "error": envelope.error})
    return msgspec.json.encode({**body, "result": envelope.result})


def failure(identifier: Id, error: RequestRefused) -> bytes:
    """A response with an error."""
    told: Json = {"code": error.code, "message": str(error)}
    if error.data is not None:
        told["data"] = error.data
    return msgspec.json.encode({"jsonrpc": "2.0", "id": identifier, "error": told})


def error_message(envelope: Envelope) -> str:
    """What an error response says, for people; empty for another message."""
    if isinstance(envelope.error, UnsetType):
        return ""
    error = _decode_any(envelope.error)
    return str(error.get("message", error)) if isinstance(error, dict) else str(error)
