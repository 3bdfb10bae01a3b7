"""The byte stream, however it is cut, and how the relay ends when it cannot be followed any more."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import psutil
import pytest

from tests.fuzz.relay import framed, running

HEADERS = {
    "lower case": b"content-length: %d\r\n\r\n",
    "no blank": b"Content-Length:%d\r\n\r\n",
    "many blanks": b"CONTENT-LENGTH:\t   %d  \r\n\r\n",
    "a content type": b"Content-Length: %d\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
    "a content type first": b"Content-Type: application/vscode-jsonrpc; charset=utf8\r\nContent-Length: %d\r\n\r\n",
    "an unknown field": b"X-Unknown: 1:2:3\r\nContent-Length: %d\r\n\r\n",
    "a line without a colon": b"hello\r\nContent-Length: %d\r\n\r\n",
    "twice the same": b"Content-Length: %d\r\nContent-Length: %d\r\n\r\n",
    "line feeds alone": b"Content-Length: %d\n\n",
    "a leading zero": b"Content-Length: 000%d\r\n\r\n",
    "8000 bytes": b"X: " + b"x" * 8000 + b"\r\nContent-Length: %d\r\n\r\n",
}


def message(identifier: str) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": identifier, "method": "é漢😀"}, ensure_ascii=False).encode()


async def test_any_header_that_names_the_length_will_do(root: Path) -> None:
    async with running(root) as relay:
        for name, header in HEADERS.items():
            body = message(name)
            relay.send_bytes(header.replace(b"%d", b"%d" % len(body)) + body)

            assert (await relay.answer(name))["error"]["code"] == -32601


async def test_the_stream_may_be_cut_anywhere(root: Path) -> None:
    stream = b"".join(framed(message(f"cut-{number}")) for number in range(3))
    async with running(root) as relay:
        for at in range(len(stream)):
            relay.send_bytes(stream[at : at + 1])
            await relay.drain()
            await asyncio.sleep(0)
        for number in range(3):
            assert (await relay.answer(f"cut-{number}"))["error"]["code"] == -32601

        relay.send_bytes(b"".join(framed(message(f"many-{number}")) for number in range(100)))
        for number in range(100):
            assert (await relay.answer(f"many-{number}"))["error"]["code"] == -32601


async def test_an_empty_body_is_answered(root: Path) -> None:
    async with running(root) as relay:
        relay.send_bytes(b"Content-Length: 0\r\n\r\n")

        assert (await relay.answer(None))["error"]["code"] == -32700
        assert "error" in await relay.request("nope", {})


UNREADABLE = {
    "no length": b"Content-Type: x\r\n\r\n{}",
    "a negative length": b"Content-Length: -5\r\n\r\n{}",
    "a signed length": b"Content-Length: +2\r\n\r\n{}",
    "a fraction": b"Content-Length: 2.0\r\n\r\n{}",
    "no number": b"Content-Length: two\r\n\r\n{}",
    "digits of another script": "Content-Length: ٢\r\n\r\n{}".encode(),
    "two lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "more than a GiB": b"Content-Length: 1073741825\r\n\r\n{}",
    "5000 digits": b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}",
    "a header without end": b"Content-Length: 2\r\nX: " + b"x" * 20_000,
    "a long header with an end": b"X: " + b"x" * 20_000 + b"\r\nContent-Length: 2\r\n\r\n{}",
    "JSON without a header": b'{"jsonrpc":"2.0","id":1,"method":"x"}\r\n\r\n',
    "only blank lines": b"\r\n\r\n",
}


@pytest.mark.parametrize("stream", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_a_stream_that_cannot_be_followed_ends_the_relay_and_its_servers(root: Path, stream: bytes) -> None:
    async with running(root, initialize=False) as relay:
        relay.request_initialize()
        await relay.answer("initialize")
        started = psutil.Process(relay.process.pid).children(recursive=True)
        assert len(started) >= 2
        relay.send_bytes(stream)

        assert await relay.ended() == 1
        assert b"the editor's stream ended" in relay.stderr
        _, left = psutil.wait_procs(started, timeout=10)
        assert left == []


async def test_an_end_inside_a_message_is_an_end(root: Path) -> None:
    async with running(root) as relay:
        relay.send_bytes(framed(message("never"))[:-5])
        assert relay.process.stdin
        relay.process.stdin.close()

        assert await relay.ended() == 1
        assert ("str", "never") not in relay.answers
