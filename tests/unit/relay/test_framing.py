"""The byte stream as messages, however it is cut."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_semantic.wire.framing import (
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    Framer,
    FramingError,
    frame,
    peek,
    peek_trusted,
)


@given(st.lists(st.binary(max_size=50), max_size=5), st.integers(1, 20))
def test_messages_survive_any_cutting(bodies: list[bytes], size: int) -> None:
    stream = b"".join(map(frame, bodies))
    got: list[bytes] = []
    framer = Framer(got.append)

    for at in range(0, len(stream), size):
        framer.feed(stream[at : at + size])

    assert got == bodies


def test_header_names_are_case_insensitive_and_others_are_skipped() -> None:
    got: list[bytes] = []

    Framer(got.append).feed(b"Content-Type: x\r\ncontent-LENGTH:  2\r\n\r\n{}")

    assert got == [b"{}"]


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 2\n\n",
        b"Content-Length:2\r\nContent-Length: 2\r\n\r\n",
        b"X: Content-Length: 5\r\nContent-Length: 002\r\n\r\n",
        b"X:" + b"x" * (MAX_HEADER_BYTES - 25) + b"\r\nContent-Length: 2\r\n\r\n",
    ],
    ids=["line feeds alone", "twice", "in another's value", "long"],
)
def test_headers_are_read_as_leniently_as_they_can_be(header: bytes) -> None:
    got: list[bytes] = []

    Framer(got.append).feed((header + b"{}") * 2)

    assert got == [b"{}", b"{}"]


@pytest.mark.parametrize(
    "stream",
    [
        b"a: b\r\n\r\n",
        b"\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: +1\r\n\r\n",
        b"Content-Length: x\r\n\r\n",
        b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"Content-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1),
        b"x" * (MAX_HEADER_BYTES + 1),
        b"x" * (MAX_HEADER_BYTES + 1) + b"\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=lambda stream: stream[:30].decode(),
)
def test_a_stream_that_cannot_be_followed_is_an_error(stream: bytes) -> None:
    with pytest.raises(FramingError):
        Framer(lambda body: None).feed(stream)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"jsonrpc":"2.0","id":1,"result":null}', (1, None)),
        (b'{"jsonrpc":"2.0","id":"m/1","error":{}}', ("m/1", None)),
        (b'{"result":{"id":5,"method":"x"},"id":-2}', (-2, None)),
        (b'{"jsonrpc":"2.0","method":"a/b","params":{"id":3}}', (None, "a/b")),
        (b'{"jsonrpc":"2.0","id":1,"method":"a","params":{"method":"b"}}', (1, "a")),
        (b'{"jsonrpc":"2.0","id":"a\\"b","result":1}', ('a"b', None)),
    ],
)
def test_peek_reads_the_outer_keys_only(body: bytes, expected: tuple[object, object]) -> None:
    assert peek(body) == expected
    assert peek_trusted(body) == expected


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b'{"id":1.5}'])
def test_peek_refuses_what_is_no_message(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        peek(body)
