"""JSON-RPC messages as bytes: taken apart only as far as needed, and put together around raw JSON.

Knows JSON-RPC, no method and no child.
"""

from __future__ import annotations

import re

import msgspec
from msgspec import UNSET, Raw, UnsetType

Id = int | str

NULL = b"null"


class Reply(msgspec.Struct):
    """A response's two possible bodies, undecoded."""

    result: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET

    @property
    def ok(self) -> bool:
        """Whether this is no error."""
        return self.error is UNSET


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
decode_reply = msgspec.json.Decoder(Reply).decode
decode_incoming = msgspec.json.Decoder(Incoming).decode
_decode_params = msgspec.json.Decoder(_Params).decode
_decode_cancel = msgspec.json.Decoder(_Cancel).decode

_SURROGATE = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


def params_of(body: bytes) -> bytes:
    """The raw JSON of a message's params; `null` when it has none."""
    return bytes(_decode_params(body).params)


def cancelled_id(body: bytes) -> Id:
    """Which request a `$/cancelRequest` is about."""
    return _decode_cancel(body).params.id


def request(identifier: Id, method: str, params: bytes) -> bytes:
    """A request around raw params."""
    return b'{"jsonrpc":"2.0","id":%b,"method":%b,"params":%b}' % (encode(identifier), encode(method), params)


def notification(method: str, params: bytes) -> bytes:
    """A notification around raw params."""
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


def well_formed(body: bytes) -> bytes:
    """The body as every child can read it. Raises UnicodeDecodeError when it is no UTF-8.

    Editors escape half an emoji as a lone surrogate. Rust has no such character and ty and ruff exit on
    it, so it becomes U+FFFD, which is as long.
    """
    if not body.isascii():
        body.decode()
    if b"\\ud" in body or b"\\uD" in body:
        return _SURROGATE.sub(lambda match: rb"\ufffd" if match[1] else match[0], body)
    return body
