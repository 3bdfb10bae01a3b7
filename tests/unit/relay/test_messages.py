"""Messages put together around raw JSON, and what is mended in them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_ls.relay.messages import (
    decode_reply,
    error_response,
    notification,
    params_of,
    reply_response,
    request,
    result_of,
    well_formed,
)


def test_messages_carry_raw_json_untouched() -> None:
    raw = b'{"a" : [1,  null]}'

    assert request("m/1", "a/b", raw) == b'{"jsonrpc":"2.0","id":"m/1","method":"a/b","params":' + raw + b"}"
    assert params_of(notification("a/b", raw)) == raw
    assert params_of(b'{"method":"exit"}') == b"null"


@pytest.mark.parametrize("rest", [b'"result":{"a" : 1}', b'"result":null', b'"error":{"code":1,"message":""}'])
def test_a_reply_goes_on_under_another_id(rest: bytes) -> None:
    reply = decode_reply(b'{"jsonrpc":"2.0","id":7,%b}' % rest)

    assert reply_response(b'"s/1"', reply) == b'{"jsonrpc":"2.0","id":"s/1",%b}' % rest


def test_only_a_result_is_a_result() -> None:
    assert result_of(decode_reply(b'{"id":1,"result":[1]}')) == [1]
    assert result_of(decode_reply(error_response(b"1", b"{}"))) is None
    assert result_of(decode_reply(b'{"id":1}')) is None


@pytest.mark.parametrize(
    ("escaped", "expected"),
    [
        (r'"\ud83d\ude00"', "😀"),
        (r'"\ud83d"', "\ufffd"),
        (r'"\uDE00\uD83D"', "\ufffd\ufffd"),
        (r'"\ud83d\ud83d\ude00"', "\ufffd😀"),
        (r'"\\ud83d"', "\\ud83d"),
        (r'"\\\ud83d"', "\\\ufffd"),
    ],
)
def test_half_characters_are_replaced_and_nothing_else(escaped: str, expected: str) -> None:
    assert json.loads(well_formed(escaped.encode())) == expected


@given(st.text())
def test_whole_characters_are_left_alone(text: str) -> None:
    for body in (json.dumps(text).encode(), json.dumps(text, ensure_ascii=False).encode("utf-8", "replace")):
        assert well_formed(body) == body


def test_bytes_that_are_no_utf8_are_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        well_formed(b'"\xff"')
