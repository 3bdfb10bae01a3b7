"""Documents of the scheme `punie:`, as answers and diffs that Punie shows: only its own server knows them.

ty answers every request about one with an error, and ruff would lint it.
"""

from __future__ import annotations

import msgspec

from punie_ls.relay import methods
from punie_ls.relay.messages import NULL
from punie_ls.relay.routing import Name

SCHEME = "punie"
_PREFIX = f"{SCHEME}:"
_MARK = b'"punie:'
# In a notification the URI is at the front; the text that may follow is not looked through.
FRONT_BYTES = 1000

_NO_DIAGNOSTICS = b'{"kind":"full","items":[]}'


class _Identifier(msgspec.Struct):
    uri: str


class _Params(msgspec.Struct):
    textDocument: _Identifier  # noqa: N815 - the wire's name


_decode = msgspec.json.Decoder(_Params).decode
_decode_content = msgspec.json.Decoder(_Identifier).decode


def is_virtual(uri: str) -> bool:
    """Whether a URI is of Punie's scheme."""
    return uri.startswith(_PREFIX)


def concerns_virtual(params: bytes, front: int | None = None) -> bool:
    """Whether params are about such a document; its URI begins within the first `front` bytes, if that is known."""
    if _MARK not in params[:front]:
        return False
    try:
        return is_virtual(_decode(params).textDocument.uri)
    except msgspec.DecodeError:
        return False


def content_owner(params: bytes) -> Name:
    """Who knows the content of `workspace/textDocumentContent`. Raises msgspec.DecodeError."""
    return "punie" if is_virtual(_decode_content(params).uri) else "ty"


def nothing(method: str) -> bytes:
    """The answer to a request about such a document that would be ty's or ruff's."""
    return _NO_DIAGNOSTICS if method == methods.DIAGNOSTIC else NULL
