"""Splitting a byte stream into LSP messages."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_semantic.wire.framing import MAX_HEADER_BYTES, Framer, FramingError, frame, peek, peek_trusted


def read(*chunks: bytes) -> list[bytes]:
    messages: list[bytes] = []
    framer = Framer(messages.append)
    for chunk in chunks:
        framer.feed(chunk)
    return messages


def test_a_frame_has_the_length_in_bytes() -> None:
    assert frame('{"a":"é"}'.encode()) == b'Content-Length: 10\r\n\r\n{"a":"\xc3\xa9"}'


def test_two_messages_at_once() -> None:
    assert read(frame(b"{}") + frame(b"[1]")) == [b"{}", b"[1]"]


def test_one_byte_at_a_time() -> None:
    stream = frame(b'{"id":1}') + frame(b"{}")

    assert read(*(stream[i : i + 1] for i in range(len(stream)))) == [b'{"id":1}', b"{}"]


@given(bodies=st.lists(st.binary(max_size=40), max_size=5), cuts=st.lists(st.integers(0, 300), max_size=8))
def test_any_cut_gives_the_same_messages(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(frame(body) for body in bodies)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]

    chunks = [stream[a:b] for a, b in pairwise(places)]

    assert read(*chunks) == bodies


@pytest.mark.parametrize(
    "header",
    [
        b"content-length: 2\r\n\r\n",
        b"CONTENT-LENGTH:2\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: 2\r\nX-Other: 7\r\n\r\n",
    ],
)
def test_header_names_are_case_insensitive_and_others_are_skipped(header: bytes) -> None:
    assert read(header + b"{}") == [b"{}"]


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Type: x\r\n\r\n",
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"\r\n\r\n",
        b"{}\r\n\r\n",
    ],
)
def test_a_header_without_a_length_is_an_error(header: bytes) -> None:
    with pytest.raises(FramingError, match="without a valid Content-Length"):
        read(header)


def test_an_endless_header_is_an_error() -> None:
    with pytest.raises(FramingError, match=f"within {MAX_HEADER_BYTES} bytes"):
        read(b"X: " + b"a" * MAX_HEADER_BYTES)


def test_a_body_larger_than_the_header_limit_passes() -> None:
    body = b'"' + b"a" * 100_000 + b'"'

    assert read(frame(body)) == [body]


def test_messages_before_the_error_were_delivered() -> None:
    messages: list[bytes] = []

    with pytest.raises(FramingError):
        Framer(messages.append).feed(frame(b"{}") + b"junk\r\n\r\n")

    assert messages == [b"{}"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"jsonrpc":"2.0","id":7,"result":null}', (7, None)),
        (b'{"jsonrpc":"2.0","id":-1,"error":{"code":1,"message":"id"}}', (-1, None)),
        (b'{"jsonrpc":"2.0","id":"a b","result":{"method":"x"}}', ("a b", None)),
        (b'{"method":"m","id":3,"params":{"id":4,"method":"inner"}}', (3, "m")),
        (b'{ "params": {"id": 1}, "method": "exit", "jsonrpc": "2.0" }', (None, "exit")),
        (b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":""}}', (None, None)),
        (b'{"jsonrpc":"2.0","id":"\\u0061","result":1}', ("a", None)),
    ],
)
def test_peek_gives_id_and_method(body: bytes, expected: tuple[int | str | None, str | None]) -> None:
    assert peek(body) == expected
    assert peek_trusted(body) == expected


def test_peek_trusted_knows_a_notification_by_its_prefix() -> None:
    assert peek_trusted(b'{"jsonrpc":"2.0","method":"$/progress","params":{"token":1}}') == (None, "$/progress")


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"3", b'{"id":1.5}', b'{"method":2}', b"\xff\xfe"])
def test_peek_refuses_what_is_no_json_rpc_object(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        peek(body)
