"""Numbered frames, spoken by hand: what a bridge may do, and what ends its socket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from punie_ls.bridge.line import FrameError, FrameLog, read_frame
from punie_ls.serve.server import AgentServer
from tests.unit.serve.conftest import TOKEN, Serving

INITIALIZE = '{"jsonrpc":"2.0","id":%d,"method":"initialize","params":{"protocolVersion":1}}'


async def opened(url: str, *, numbered: bool = True) -> ClientConnection:
    protocols = [Subprotocol("punie.frames.v1" if numbered else "acp")]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return await connect(url, additional_headers=headers, subprotocols=protocols, proxy=None)


def header(socket: ClientConnection, name: str) -> str:
    assert socket.response is not None
    return socket.response.headers[name]


async def frame(socket: ClientConnection) -> tuple[int, int, Any]:
    """The next frame that has a message: its number, what it acknowledges, and the message's id."""
    while True:
        head, _, message = str(await asyncio.wait_for(socket.recv(), 10)).partition("\n")
        number, acknowledged = map(int, head.split(" "))
        if number:
            return number, acknowledged, json.loads(message)["id"]


async def test_messages_are_numbered_and_acknowledged_in_both_directions(server: AgentServer) -> None:
    async with await opened(server.url) as socket:
        await socket.send("1 0\n" + INITIALIZE % 7)
        first = await frame(socket)
        await socket.send("2 1\n" + INITIALIZE % 8)
        second = await frame(socket)

    assert (first, second) == ((1, 1, 7), (2, 2, 8))


async def test_a_message_that_comes_twice_counts_once(server: AgentServer) -> None:
    async with await opened(server.url) as socket:
        for key in (7, 99):
            await socket.send("1 0\n" + INITIALIZE % key)
        await socket.send("2 0\n" + INITIALIZE % 8)
        answers = [(await frame(socket))[2] for _ in range(2)]

    assert answers == [7, 8]


async def test_what_was_not_heard_is_said_again_on_the_next_socket(server: AgentServer) -> None:
    async with await opened(server.url) as socket:
        identifier = header(socket, "Acp-Connection-Id")
        for number in (1, 2, 3):
            await socket.send(f"{number} 0\n" + INITIALIZE % number)
        heard = [await frame(socket) for _ in range(3)]
        socket.transport.abort()
    async with await opened(f"{server.url}?connection={identifier}&seen=1") as socket:
        received = header(socket, "Punie-Received")
        again = [await frame(socket) for _ in range(2)]

    assert [number for number, _, _ in heard] == [1, 2, 3]
    assert received == "3"
    assert [(number, key) for number, _, key in again] == [(2, 2), (3, 3)]


async def test_a_newer_socket_takes_over(server: AgentServer) -> None:
    older = await opened(server.url)
    newer = await opened(f"{server.url}?connection={header(older, 'Acp-Connection-Id')}&seen=0")
    with pytest.raises(ConnectionClosed):
        await asyncio.wait_for(older.recv(), 10)
    await newer.send("1 0\n" + INITIALIZE % 7)

    assert await frame(newer) == (1, 1, 7)
    await newer.close()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("3 0\n{}", "message 1 is missing before 3"),
        ("1 5\n{}", "message 5 was acknowledged, and 0 were sent"),
        ("nonsense", "is no head of a frame"),
        ("-1 0\n{}", "is no head of a frame"),
        ("1" * 50 + " 0\n{}", "is no head of a frame"),
    ],
)
async def test_one_that_is_out_of_step_is_told_so(server: AgentServer, text: str, reason: str) -> None:
    async with await opened(server.url) as socket:
        await socket.send(text)
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 10)

    assert socket.close_code == 4400
    assert reason in (socket.close_reason or "")


@pytest.mark.parametrize(
    ("query", "status"), [("connection=none&seen=0", 410), ("connection={}&seen=9", 409), ("connection={}", 409)]
)
async def test_a_connection_that_cannot_go_on_is_refused(server: AgentServer, query: str, status: int) -> None:
    async with await opened(server.url) as socket:
        identifier = header(socket, "Acp-Connection-Id")
        with pytest.raises(InvalidStatus) as caught:
            await opened(f"{server.url}?{query.format(identifier)}")

    assert caught.value.response.status_code == status


async def test_an_ordinary_client_does_not_take_over_a_bridge(server: AgentServer) -> None:
    async with await opened(server.url) as socket:
        with pytest.raises(InvalidStatus) as caught:
            await opened(f"{server.url}?connection={header(socket, 'Acp-Connection-Id')}&seen=0", numbered=False)

    assert caught.value.response.status_code == 409


async def test_a_goodbye_ends_a_connection_at_once(serving: Serving) -> None:
    async with serving(keep_seconds=600) as server:
        async with await opened(server.url):
            assert len(server._channels) == 1
        async with asyncio.timeout(10):
            while len(server._channels):  # noqa: ASYNC110 - the product has no such event
                await asyncio.sleep(0.01)


def test_a_log_keeps_what_is_not_acknowledged() -> None:
    log = FrameLog()
    for message in (b"one", b"two", b"three"):
        log.add(message)
    log.acknowledge(2)

    assert (log.size, log.after(0), log.get(3)) == (5, [b"three"], b"three")
    log.acknowledge(1)
    assert log.acknowledged == 2
    with pytest.raises(FrameError, match="message 4 was acknowledged, and 3 were sent"):
        log.acknowledge(4)


def test_a_frame_may_hold_any_text() -> None:
    assert read_frame('12 7\n{"a": "🚀\n"}'.encode()) == (12, 7, '{"a": "🚀\n"}'.encode())
    assert read_frame(b"0 7") == (0, 7, b"")
