"""LSP base protocol: split a byte stream into messages and peek at their envelopes.

Knows JSON-RPC's outer shape only. No JSON tree is built for a message that is merely passed on.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

MAX_HEADER_BYTES = 8192
MAX_BODY_BYTES = 1 << 30

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_NOT_INITIALIZED = -32002
REQUEST_FAILED = -32803
CONTENT_MODIFIED = -32801
REQUEST_CANCELLED = -32800
SERVER_CANCELLED = -32802


class FramingError(Exception):
    """The stream is no longer LSP: a header is too long, malformed, or has no length that can be believed."""


class Envelope(msgspec.Struct):
    """The two keys that routing needs; msgspec skips, but validates, everything else."""

    id: int | str | None = None
    method: str | None = None


_decode_envelope = msgspec.json.Decoder(Envelope).decode

# LSP ends header lines with \r\n. A bare \n is understood: what is piped in by hand would wait for ever otherwise.
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_USUAL_HEADER = re.compile(rb"Content-Length: (\d{1,9})\r\n\r\n")

# ty and ruff always write their keys in this order, so a prefix is enough for their responses.
_RESPONSE = re.compile(rb'\{"jsonrpc":"2\.0","id":(-?\d+|"[^"\\]*"),"(?:result|error)":')
_NOTIFIES = b'{"jsonrpc":"2.0","method":"'
_NOTIFICATION = re.compile(rb'\{"jsonrpc":"2\.0","method":"([^"\\]+)","params":')


def peek(body: bytes) -> tuple[int | str | None, str | None]:
    """The message's id and method. Raises msgspec.DecodeError when the body is no JSON-RPC object."""
    if match := _RESPONSE.match(body):
        raw = match[1]
        return (raw[1:-1].decode() if raw[0] == 0x22 else int(raw)), None
    envelope = _decode_envelope(body)
    return envelope.id, envelope.method


def peek_trusted(body: bytes) -> tuple[int | str | None, str | None]:
    """`peek` for a child's messages: its notifications are recognised by their prefix as well."""
    if body.startswith(_NOTIFIES) and (match := _NOTIFICATION.match(body)):
        return None, match[1].decode()
    return peek(body)


def frame(body: bytes) -> bytes:
    """The body with its header in front, ready for the pipe."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Framer:
    """Collects bytes and hands out whole messages; header names are case-insensitive."""

    def __init__(self, on_message: Callable[[bytes], None]) -> None:
        self._on_message = on_message
        self._buffer = bytearray()
        self._needed = -1

    def feed(self, data: bytes) -> None:
        """Add bytes from the stream. Raises FramingError once the stream cannot be followed any more."""
        buffer = self._buffer
        if not buffer and self._needed < 0 and (usual := _USUAL_HEADER.match(data)):
            start = usual.end()
            if len(data) == start + int(usual[1]):
                # One whole message, as almost always: the buffer is not needed.
                self._on_message(data[start:])
                return
        buffer += data
        while self._needed >= 0 or self._read_header():
            if len(buffer) < self._needed:
                return
            body = bytes(memoryview(buffer)[: self._needed])
            del buffer[: self._needed]
            self._needed = -1
            self._on_message(body)

    def _read_header(self) -> bool:
        """Take a header off the buffer; False while its end has not come."""
        if usual := _USUAL_HEADER.match(self._buffer):
            self._needed = int(usual[1])
            del self._buffer[: usual.end()]
            return True
        end = _HEADER_END.search(self._buffer, 0, MAX_HEADER_BYTES)
        if end is None:
            if len(self._buffer) >= MAX_HEADER_BYTES:
                raise FramingError(f"no end of header within {MAX_HEADER_BYTES} bytes")
            return False
        self._needed = _content_length(bytes(self._buffer[: end.start()]))
        del self._buffer[: end.end()]
        return True


def _content_length(header: bytes) -> int:
    lengths: set[int] = set()
    for line in header.split(b"\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            digits = value.strip()
            # Twenty digits are too many anyhow, and Python refuses to read some thousands.
            lengths.add(int(digits) if digits.isdigit() and len(digits) < 20 else -1)
    if len(lengths) != 1 or (length := lengths.pop()) < 0:
        raise FramingError(f"header without a valid Content-Length: {header[:200]!r}")
    if length > MAX_BODY_BYTES:
        raise FramingError(f"a message of {length} bytes is longer than {MAX_BODY_BYTES}")
    return length
