"""What a client may do wrong: each gets an error that says what to do, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from punie_ls.serve.server import AgentServer
from tests.unit.serve.client import Client, Failed, connected
from tests.unit.serve.conftest import TOKEN, Serving


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", -32700), ("", -32700), ("nonsense", -32700), ("[]", -32600), ("[1]", -32600), ("7", -32600),
        ("{}", -32600), ('{"id": {}}', -32600), ('{"jsonrpc": "2.0", "id": 1}', -32600), ('{"method": 7}', -32600),
        ('{"id": 1, "method": "x", "params": ' + "[" * 100_000, -32700),
    ],
)  # fmt: skip
async def test_what_is_no_message_is_answered_and_the_connection_lives_on(client: Client, text: str, code: int) -> None:
    await client.send(text)
    await client.until(lambda: client.heard)
    await client.initialize()

    assert client.heard[0]["error"]["code"] == code
    assert client.heard[0]["id"] is None


@pytest.mark.parametrize(
    ("method", "params", "code", "words"),
    [
        ("session/new", {}, -32602, "session/new needs cwd"),
        ("session/new", {"cwd": "shop"}, -32602, "must be an absolute path"),
        ("session/new", {"cwd": "/no/such/folder"}, -32602, "There is no folder /no/such/folder"),
        ("session/new", {"cwd": "/etc/passwd"}, -32602, "There is no folder /etc/passwd"),
        ("session/new", {"cwd": "/" + "x" * 5000}, -32602, "There is no folder"),
        ("session/new", {"cwd": "/a\0b"}, -32602, "must be an absolute path"),
        ("session/new", {"cwd": 7}, -32602, "The params are wrong"),
        ("session/new", [], -32602, "The params are wrong"),
        ("session/prompt", {"sessionId": "none", "prompt": []}, -32002, "none is not open on this connection"),
        ("session/prompt", {"prompt": []}, -32601, "There is no method session/prompt without a sessionId"),
        ("fs/read_text_file", {"path": "/etc/passwd"}, -32601, "There is no method"),
        ("nonsense", None, -32601, "There is no method nonsense"),
    ],
)
async def test_a_wrong_request_gets_an_error_that_says_so(
    client: Client, method: str, params: Any, code: int, words: str
) -> None:
    answer = await client.begin("initialize", protocolVersion=1)
    await answer
    client.heard.clear()
    await client.send(json.dumps({"jsonrpc": "2.0", "id": "bad", "method": method, "params": params}))
    answers: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    client._answers["bad"] = answers

    with pytest.raises(Failed, match=words) as caught:
        await asyncio.wait_for(answers, 20)

    assert caught.value.error["code"] == code


async def test_nothing_is_done_before_initialize(server: AgentServer, folder: Path) -> None:
    async with connected(server.url, TOKEN) as client:
        with pytest.raises(Failed, match="Send initialize before session/new"):
            await client.new(folder)


async def test_a_version_of_the_future_is_answered_with_ours(server: AgentServer) -> None:
    async with connected(server.url, TOKEN) as client:
        result = await client.ask("initialize", protocolVersion=99, clientCapabilities={})

    assert result["protocolVersion"] == 1


async def test_an_id_that_is_in_use_is_refused(client: Client, folder: Path) -> None:
    session = await client.new(folder)
    turn = await client.begin("session/prompt", 50, sessionId=session, prompt=[{"type": "text", "text": "ask"}])
    client.allow = False
    await client.until(lambda: client.heard)
    client._answers.pop(50)

    with pytest.raises(Failed, match="The id 50 is in use"):
        await client.ask("session/prompt", 50, sessionId=session, prompt=[{"type": "text", "text": "echo a"}])
    turn.cancel()


async def test_a_frame_that_is_too_large_closes_its_client_and_no_other(server: AgentServer, client: Client) -> None:
    async with connected(server.url, TOKEN) as other:
        await other.send("x" * (33 << 20))
        await asyncio.wait_for(other.reading, 20)
        code = other.socket.close_code

    assert code == 1009
    await client.initialize()


async def test_a_slow_reader_is_closed_with_a_reason_and_no_other(serving: Serving, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    async with serving(stall_seconds=1.0) as server, connected(server.url, TOKEN) as other:
        await other.initialize()
        session = await other.new(tmp_path / "a")
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with connect(server.url, additional_headers=headers, proxy=None, max_size=None, max_queue=2) as socket:
            slow = Client(socket)
            await slow.initialize()
            flood = await slow.new(tmp_path / "b")
            slow.reading.cancel()
            await slow.begin_prompt(flood, "big 500")
            await other.prompt(session, "tick 50 20")
            sizes = [channel.line.log.size for channel in server._channels._channels.values()]
            await asyncio.sleep(3)
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(_read_all(socket), 30)

        assert other.text == "".join(map(str, range(50)))
        assert max(sizes) < 24 << 20
        assert socket.close_code == 4408
        assert "nothing was read for 1 s" in (socket.close_reason or "")


async def _read_all(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


async def test_a_project_whose_folder_vanished_is_told_so(client: Client, folder: Path, server: AgentServer) -> None:
    session = await client.new(folder)
    await server._projects.of(str(folder)).stop()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()

    with pytest.raises(Failed, match=r"folder .* is not there any more"):
        await client.prompt(session, "echo a")
    with pytest.raises(Failed, match="There is no folder"):
        await client.new(folder)
