"""Messages put together around raw JSON, and what is mended in them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_ls.relay.messages import (
    MAX_DEPTH,
    answer,
    decode_envelope,
    decode_reply,
    error_response,
    id_of,
    is_no_path,
    notification,
    params_of,
    reply_response,
    request,
    result_of,
    unfit,
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


@pytest.mark.parametrize(
    "value",
    [
        b"1e999",
        b'{"a":[-1e400]}',
        b"9" * 309,
        b"9" * 5000,
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1),
        b'{"a":%b,"a":1}' % (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)),
        b'{"uri":"file:///%ff.py"}',
        b'{"file:///%e9.py":[]}',
        b'["FILE:/%c3%28"]',
        b'["f\\u0069le:///\\u0025\\u0066f"]',
    ],
    ids=lambda value: value[:30].decode(),
)
def test_what_ends_ty_or_ruff_is_unfit(value: bytes) -> None:
    assert unfit(value)


@pytest.mark.parametrize(
    "value",
    [
        b"null",
        b"1e308",
        b"9" * 308,
        b"1e-999",
        b"[" * MAX_DEPTH + b"]" * MAX_DEPTH,
        b'"' + b"[{" * 500 + b'"',
        b'"' + b"9" * 500 + b'"',
        b'["a\\"' + b"[" * 500 + b'"]',
        b"[%b]" % b",".join([b"{}"] * 500),
        b'["file:///%c3%a9%20.py","untitled:%ff","100%","file:///a#%ff"]',
    ],
    ids=lambda value: value[:30].decode(),
)
def test_all_else_is_fit(value: bytes) -> None:
    assert unfit(value) is None


@pytest.mark.parametrize("uri", [" file:///%ff", "\x01file:///%ff", "fi\tle:///%ff", "file:///%f\tf", "File:%80"])
def test_uris_are_read_as_browsers_read_them(uri: str) -> None:
    assert is_no_path(uri)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ({"result": [1]}, {"result": [1]}),
        ({"result": 1, "error": None}, {"result": 1}),
        ({}, {"result": None}),
        (
            {"error": {"code": -1, "message": "m", "data": [], "x": 1}},
            {"error": {"code": -1, "message": "m", "data": []}},
        ),
    ],
    ids=["a result", "a result and no error", "neither", "an error"],
)
def test_the_editors_answers_are_made_what_servers_read(rest: dict[str, Any], expected: dict[str, Any]) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": "s/1", **rest, "more": 1}).encode()

    assert json.loads(answer(decode_envelope(body))) == {"jsonrpc": "2.0", "id": "s/1", **expected}


@pytest.mark.parametrize(
    "rest",
    [
        b'"result":1e999',
        b'"error":1',
        b'"error":{"code":1.5,"message":"m"}',
        b'"error":{"code":2147483648,"message":"m"}',
        b'"error":{"code":1}',
        b'"error":{"code":1,"message":"m","data":1e999}',
    ],
)
def test_an_answer_that_servers_cannot_read_becomes_an_error(rest: bytes) -> None:
    message = json.loads(answer(decode_envelope(b'{"id":"s/1",%b}' % rest)))

    assert message["error"]["code"] == -32603
    assert "result" not in message


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"id":1.5,"method":1}', b"1.5"),
        (b'{"id":"a","method":1}', b'"a"'),
        (b'{"id":-3}', b"-3"),
        (b'{"id":true}', b"null"),
        (b'{"id":[1]}', b"null"),
        (b'{"id":null}', b"null"),
        (b"{}", b"null"),
        (b"[1]", b"null"),
    ],
)
def test_the_id_of_what_is_no_message(body: bytes, expected: bytes) -> None:
    assert id_of(body) == expected


@pytest.mark.parametrize("body", [b'{"id":1.5,}', b"[1", b"", b'{"id":1}x'])
def test_what_is_no_json_has_no_id(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        id_of(body)
