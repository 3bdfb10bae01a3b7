"""Lines and messages: what is none is answered, what the SDK does not route is brought to where it does."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from punie_agent.acp.transport import NdjsonTransport, adapted, decode, encode

LIMIT = 4096


@asynccontextmanager
async def connected() -> AsyncGenerator[tuple[NdjsonTransport, asyncio.StreamReader, asyncio.StreamWriter]]:
    """A transport, and the client's ends of its streams."""
    here, there = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=here, limit=LIMIT)
    client_reader, client_writer = await asyncio.open_connection(sock=there)
    try:
        yield NdjsonTransport(reader, writer), client_reader, client_writer
    finally:
        for stream in (writer, client_writer):
            stream.close()
            await stream.wait_closed()


def request(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}


async def test_messages_come_in_order_whatever_the_pieces() -> None:
    async with connected() as (transport, _, client):
        client.write(b'{"id": 1, "meth')
        await client.drain()
        client.write(b'od": "a"}\r\n\n{"id": 2, "method": "b"}')
        client.write_eof()

        assert [await transport.receive() for _ in range(3)] == [
            {"id": 1, "method": "a", "params": {"_meta": {"request_id": 1}}},
            {"id": 2, "method": "b", "params": {"_meta": {"request_id": 2}}},
            None,
        ]


async def test_a_line_that_is_too_long_is_passed_over() -> None:
    async with connected() as (transport, answers, client):
        client.write(b'{"id": 1, "method": "' + b"x" * 3 * LIMIT + b'"}\n{"id": 2, "method": "b"}\n')

        assert (await transport.receive() or {})["id"] == 2

        answer = json.loads(await answers.readline())
        assert (answer["id"], answer["error"]["code"]) == (None, -32600)


async def test_what_is_given_back_comes_again() -> None:
    async with connected() as (transport, _, _client):
        transport.give_back({"id": 1})
        assert await transport.receive() == {"id": 1}


async def test_an_answer_is_told_of_when_it_is_written() -> None:
    async with connected() as (transport, answers, _):
        written = transport.answer_to(7)
        await transport.send({"jsonrpc": "2.0", "method": "session/update", "params": {}})
        assert not written.is_set()
        await transport.send({"jsonrpc": "2.0", "id": 7, "method": "fs/read_text_file", "params": {}})
        assert not written.is_set()

        await transport.send({"jsonrpc": "2.0", "id": 7, "result": {}})

        assert written.is_set()
        assert len([await answers.readline() for _ in range(3)]) == 3


async def test_nothing_is_written_to_a_client_that_is_gone() -> None:
    async with connected() as (transport, _, _client):
        await transport.close()
        with pytest.raises(ConnectionError):
            await transport.send({"id": 1, "result": {}})


@pytest.mark.parametrize(
    ("method", "routed"),
    [
        ("session/delete", "_punie/session/delete"),
        ("logout", "_punie/logout"),
        ("$/cancel_request", "_punie/$/cancel_request"),
        ("session/prompt", "session/prompt"),
        ("_own/method", "_own/method"),
    ],
)
def test_gaps_of_the_sdk(method: str, routed: str) -> None:
    assert adapted(request(method))["method"] == routed


def test_a_clients_meta_is_put_away() -> None:
    message = adapted(request("session/new", cwd="/a", _meta={"cwd": "/b"}))
    assert message["params"] == {"cwd": "/a", "_meta": {"request_id": 7}}


def test_answers_stay_as_they_are() -> None:
    answer = {"jsonrpc": "2.0", "id": 7, "result": {"_meta": {}}}
    assert adapted(answer) is answer


@pytest.mark.parametrize("line", [b"\xff", b"{", b"[" * 100_000, b"1", b"[]", b'{"id": 1.5}', b'{"id": null}'])
def test_what_is_no_message_is_answered(line: bytes) -> None:
    message, problem = decode(line)
    assert message is None
    assert problem["id"] is None
    assert problem["error"]["code"] in (-32700, -32600)


def test_half_an_emoji_is_written_as_something_whole() -> None:
    line = encode({"text": "a\ud83db 🚀\r\n"})
    assert json.loads(line) == {"text": "a?b 🚀\r\n"}
    assert line.count(b"\n") == 1


def test_an_error_for_nobody_is_not_answered_by_another() -> None:
    error = {"code": -32700, "message": "Parse error"}
    assert decode(encode({"jsonrpc": "2.0", "id": None, "error": error})) == (None, {})
    assert decode(encode({"jsonrpc": "2.0", "id": 3, "error": error}))[0] is not None


async def test_after_an_error_for_nobody_the_next_message_is_read() -> None:
    async with connected() as (transport, answers, client):
        client.write(b'{"id": null, "error": {"code": -32700, "message": "Parse error"}}\n{"id": 2, "method": "b"}\n')

        assert (await transport.receive() or {})["id"] == 2

        await transport.send({"id": 2, "result": "the first that is written"})
        assert json.loads(await answers.readline())["id"] == 2
