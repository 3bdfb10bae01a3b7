"""JSON-RPC messages as bytes: taken apart only as far as needed, and put together around raw JSON.

Knows JSON-RPC and the JSON on which ty and ruff exit, but no method and no child.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from punie_semantic.wire.framing import INTERNAL_ERROR

Id = int | str
# LSP's integers. ty and ruff take a request with a larger id for a notification and never answer.
MIN_INTEGER, MAX_INTEGER = -(2**31), 2**31 - 1
Integer = Annotated[int, Meta(ge=MIN_INTEGER, le=MAX_INTEGER)]

NULL = b"null"
# serde_json gives up at 127, envelope included, and the relay wraps some params once more.
MAX_DEPTH = 100


class Envelope(msgspec.Struct):
    """A message of the editor's. What it holds besides, or twice, goes no further: ty and ruff may exit on it."""

    id: Id | None = None
    method: str | None = None
    params: Raw = Raw(NULL)
    result: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET


class Reply(msgspec.Struct):
    """A response's two possible bodies, undecoded."""

    result: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET

    @property
    def ok(self) -> bool:
        """Whether this is no error."""
        return self.error is UNSET


class _Error(msgspec.Struct):
    code: Integer
    message: str
    data: Raw | UnsetType = UNSET


class _Identified(msgspec.Struct):
    id: Raw = Raw(NULL)


class _Params(msgspec.Struct):
    params: Raw = Raw(NULL)


class Incoming(msgspec.Struct):
    """A child's request: its id as the child wrote it, so that it can be given back unchanged."""

    id: Raw
    method: str
    params: Raw = Raw(NULL)


class _CancelParams(msgspec.Struct):
    id: Id


class _Cancel(msgspec.Struct):
    params: _CancelParams


encode = msgspec.json.encode
decode = msgspec.json.decode
decode_envelope = msgspec.json.Decoder(Envelope).decode
decode_reply = msgspec.json.Decoder(Reply).decode
decode_incoming = msgspec.json.Decoder(Incoming).decode
_decode_error = msgspec.json.Decoder(_Error).decode
_decode_identified = msgspec.json.Decoder(_Identified).decode
_decode_params = msgspec.json.Decoder(_Params).decode
_decode_cancel = msgspec.json.Decoder(_Cancel).decode

_SURROGATE = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(rb"[\[\]{}]")
_THREE_DIGITS = re.compile(rb"[0-9]{3}")
_LONG_INTEGER = re.compile(rb"[0-9]{309}")
# A percent-encoded byte beyond ASCII, or an escape that may hide one.
_FOREIGN_BYTE = re.compile(rb"%[89a-fA-F\\]|\\u00[2-7]")
_IGNORED = re.compile(r"[\t\r\n]")
_BLANK = "".join(map(chr, range(0x21)))
_PATH_END = re.compile(r"[?#]")


def params_of(body: bytes) -> bytes:
    """The raw JSON of a message's params; `null` when it has none."""
    return bytes(_decode_params(body).params)


def cancelled_id(body: bytes) -> Id:
    """Which request a `$/cancelRequest` is about."""
    return _decode_cancel(body).params.id


def request(identifier: Id, method: str, params: bytes) -> bytes:
    """A request around raw params, or without any: JSON-RPC knows no null there."""
    if params == NULL:
        return b'{"jsonrpc":"2.0","id":%b,"method":%b}' % (encode(identifier), encode(method))
    return b'{"jsonrpc":"2.0","id":%b,"method":%b,"params":%b}' % (encode(identifier), encode(method), params)


def notification(method: str, params: bytes) -> bytes:
    """A notification around raw params, or without any."""
    if params == NULL:
        return b'{"jsonrpc":"2.0","method":%b}' % encode(method)
    return b'{"jsonrpc":"2.0","method":%b,"params":%b}' % (encode(method), params)


def response(identifier: bytes, result: bytes) -> bytes:
    """A response around a raw id and a raw result."""
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (identifier, result)


def error_response(identifier: bytes, error: bytes) -> bytes:
    """An error response around a raw id and a raw error object."""
    return b'{"jsonrpc":"2.0","id":%b,"error":%b}' % (identifier, error)


def reply_response(identifier: bytes, reply: Reply) -> bytes:
    """A response with another message's outcome."""
    if isinstance(reply.error, Raw):
        return error_response(identifier, bytes(reply.error))
    return response(identifier, bytes(reply.result) if isinstance(reply.result, Raw) else NULL)


def result_of(reply: Reply) -> object:
    """The decoded result; None for an error or a missing result."""
    return decode(reply.result) if reply.ok and isinstance(reply.result, Raw) else None


def id_of(body: bytes) -> bytes:
    """The raw id of something that is no message, to answer it by; `null` when it has none that could be one.

    Raises msgspec.DecodeError when it is not even JSON.
    """
    try:
        raw = bytes(_decode_identified(body).id)
    except msgspec.ValidationError:
        msgspec.json.decode(body, type=Raw)
        return NULL
    return raw if raw.startswith((b'"', b"-")) or raw[:1].isdigit() else NULL


def answer(envelope: Envelope) -> bytes:
    """The editor's response as every child can read it."""
    identifier = encode(envelope.id)
    result = bytes(envelope.result) if isinstance(envelope.result, Raw) else NULL
    problem = unfit(result)
    # Some editors write both, one of them null.
    if isinstance(envelope.error, Raw) and bytes(envelope.error) != NULL:
        try:
            error = _decode_error(envelope.error)
        except msgspec.DecodeError as bad:
            problem = str(bad)
        else:
            problem = unfit(bytes(error.data)) if isinstance(error.data, Raw) else None
            if problem is None:
                return error_response(identifier, encode(error))
    if problem is not None:
        error = _Error(INTERNAL_ERROR, f"the editor's answer cannot be passed on: {problem}")
        return error_response(identifier, encode(error))
    return response(identifier, result)


def well_formed(body: bytes) -> bytes:
    """The body as every child can read it. Raises UnicodeDecodeError when it is no UTF-8.

    Editors escape half an emoji as a lone surrogate. Rust has no such character and ty and ruff exit on
    it, so it becomes U+FFFD, which is as long.
    """
    if not body.isascii():
        body.decode()
    if b"\\u" in body and (b"\\ud" in body or b"\\uD" in body):
        return _SURROGATE.sub(lambda match: rb"\ufffd" if match[1] else match[0], body)
    return body


def unfit(value: bytes) -> str | None:
    """Why ty or ruff would exit on a JSON value that is sound as such; None when they can read it.

    Everything is decoded, which takes less than a microsecond for most messages; what Python can hold and Rust
    cannot is looked for only when there is a sign of it.
    """
    try:
        tree = decode(value)
    except (msgspec.DecodeError, RecursionError) as error:
        return str(error)
    # A number of 300 digits shows in at least three samples in a row.
    if value.count(b"[") + value.count(b"{") > MAX_DEPTH or _THREE_DIGITS.search(value[::100]):
        bare = _STRING.sub(b"", value)
        if _LONG_INTEGER.search(bare):
            return "a number is out of range"
        if _depth(bare) > MAX_DEPTH:
            return f"more than {MAX_DEPTH} levels deep"
    if _FOREIGN_BYTE.search(value) and any(map(is_no_path, _strings(tree))):
        return "the path in a URI is no UTF-8"
    return None


def is_no_path(uri: str) -> bool:
    """Whether this is a `file:` URI whose path is no UTF-8, which ends ty 0.0.104."""
    if "%" not in uri:
        return False
    # As URLs are read everywhere: tabs and line ends count nowhere, nor does what is blank in front.
    clean = _IGNORED.sub("", uri).lstrip(_BLANK)
    if clean[:5].lower() != "file:":
        return False
    try:
        unquote_to_bytes(_PATH_END.split(clean, maxsplit=1)[0]).decode()
    except UnicodeDecodeError:
        return True
    return False


def _depth(bare: bytes) -> int:
    depth = deepest = 0
    for bracket in _BRACKET.findall(bare):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _strings(tree: object) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield str(key)
            yield from _strings(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _strings(value)
