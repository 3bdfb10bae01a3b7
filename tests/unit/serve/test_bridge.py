"""`punie-ls bridge`: nothing is lost or doubled over connections that break, and a fresh server is told everything."""

from __future__ import annotations

import asyncio
import json
import os
import random
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from punie_ls.serve.server import AgentServer
from tests.unit.serve.bridged import CuttingProxy, bridged
from tests.unit.serve.client import Failed
from tests.unit.serve.conftest import TOKEN, Serving

ENVIRON = {"PUNIE_SERVE_TOKEN": TOKEN}


def port_of(server: AgentServer) -> int:
    return urlsplit(server.url).port or 0


async def test_a_conversation_goes_through(server: AgentServer, folder: Path) -> None:
    async with bridged("--url", server.url, environ=ENVIRON) as editor:
        result = await editor.initialize()
        session = await editor.new(folder)
        await editor.prompt(session, "echo 🚀 世界\r\n“quoted”\u2028")

    assert result["agentInfo"]["name"] == "punie"
    assert editor.text == "echo 🚀 世界\r\n“quoted”\u2028"
    assert editor.process.returncode == 0


async def test_cut_connections_lose_and_double_nothing(server: AgentServer, folder: Path) -> None:
    async with CuttingProxy(port_of(server)) as proxy, bridged("--url", proxy.url, environ=ENVIRON) as editor:
        await editor.initialize()
        session = await editor.new(folder)
        turn = await editor.begin_prompt(session, "tick 1500 2")
        cuts = 0
        while not turn.done():
            await asyncio.sleep(random.uniform(0.02, 0.25))
            proxy.cut()
            cuts += 1
        result = await turn
        await editor.prompt(session, "echo end")

    assert cuts > 5
    assert result == {"stopReason": "end_turn"}
    assert editor.words == [*map(str, range(1500)), "echo end"]
    assert editor.strays == []


async def test_what_is_said_while_the_connection_is_away_arrives_once(server: AgentServer, folder: Path) -> None:
    async with CuttingProxy(port_of(server)) as proxy, bridged("--url", proxy.url, environ=ENVIRON) as editor:
        await editor.initialize()
        session = await editor.new(folder)
        proxy.open = False
        proxy.cut()
        turns = [await editor.begin_prompt(session, f"echo {number}") for number in range(20)]
        await asyncio.sleep(0.3)
        proxy.open = True
        await asyncio.gather(*turns)

    assert sorted(editor.words) == sorted(f"echo {number}" for number in range(20))


async def test_a_question_and_its_answer_survive_a_cut(server: AgentServer, folder: Path) -> None:
    async with CuttingProxy(port_of(server)) as proxy, bridged("--url", proxy.url, environ=ENVIRON) as editor:
        await editor.initialize()
        session = await editor.new(folder)
        turn = await editor.begin_prompt(session, "ask")
        await editor.until(lambda: editor.heard)
        proxy.open = False
        proxy.cut()
        await editor.send({"jsonrpc": "2.0", "id": editor.heard[0]["id"], "result": "yes"})
        await asyncio.sleep(0.2)
        proxy.open = True
        await turn

    assert editor.text == '"yes"'


async def test_a_restarted_server_is_told_all_and_the_editor_sees_one_error(serving: Serving, folder: Path) -> None:
    async with (
        serving() as first,
        CuttingProxy(port_of(first)) as proxy,
        bridged("--url", proxy.url, environ=ENVIRON) as editor,
    ):
        await editor.initialize()
        session = await editor.new(folder)
        await editor.ask("session/set_mode", sessionId=session, modeId="ask")
        hanging = await editor.begin_prompt(session, "hang")
        async with serving() as second:
            proxy.target = port_of(second)
            proxy.cut()
            with pytest.raises(Failed, match=r"restarted.*send the request once more") as caught:
                await hanging
            await editor.prompt(session, "mode")
            another = await editor.new(folder)
            await editor.prompt(another, "echo more")

    assert caught.value.error["code"] == -32603
    assert editor.words == ["ask", "echo more"]
    assert editor.strays == []


async def test_a_bridge_that_was_away_for_too_long_is_told_so(serving: Serving, folder: Path) -> None:
    async with (
        serving(keep_seconds=0.3) as server,
        CuttingProxy(port_of(server)) as proxy,
        bridged("--url", proxy.url, environ=ENVIRON) as editor,
    ):
        await editor.initialize()
        session = await editor.new(folder)
        turn = await editor.begin_prompt(session, "hang")
        proxy.open = False
        proxy.cut()
        await asyncio.sleep(1.0)
        proxy.open = True
        with pytest.raises(Failed, match="away for too long"):
            await turn
        await editor.prompt(session, "echo on")

    assert editor.text == "echo on"


async def test_bad_lines_are_answered_and_the_bridge_lives_on(server: AgentServer, folder: Path) -> None:
    async with bridged("--url", server.url, environ=ENVIRON) as editor:
        await editor.initialize()
        await editor.send("{nonsense")
        await editor.send("[]")
        session = await editor.new(folder)
        await editor.prompt(session, "echo on")

    assert [stray["error"]["code"] for stray in editor.strays] == [-32700, -32600]
    assert editor.text == "echo on"


async def test_a_line_that_is_too_long_is_refused(server: AgentServer, folder: Path) -> None:
    async with bridged("--url", server.url, environ=ENVIRON) as editor:
        await editor.initialize()
        session = await editor.new(folder)
        await editor.send(json.dumps({"jsonrpc": "2.0", "id": 77, "method": "x", "params": {"a": "x" * (33 << 20)}}))
        await editor.prompt(session, "echo on")

    assert "longer than 32 MB" in editor.strays[0]["error"]["message"]
    assert editor.text == "echo on"


async def test_a_large_answer_goes_through(server: AgentServer, folder: Path) -> None:
    async with bridged("--url", server.url, environ=ENVIRON) as editor:
        await editor.initialize()
        session = await editor.new(folder)
        await editor.prompt(session, "big 20")

    assert editor.text == "x" * (20 << 20)


async def test_a_wrong_token_ends_the_bridge_with_a_reason(server: AgentServer) -> None:
    async with bridged("--url", server.url, environ={"PUNIE_SERVE_TOKEN": "wrong"}) as editor:
        answer = await editor.begin("initialize", protocolVersion=1)
        with pytest.raises(Failed, match="The token is wrong"):
            await answer
        await editor.process.wait()
        assert editor.process.stderr is not None
        said = (await editor.process.stderr.read()).decode()

    assert editor.process.returncode == 1
    assert "refuses this client (HTTP 401: The token is wrong" in said
    assert "wrong-token" not in said


async def test_no_server_is_said_when_none_may_be_started(tmp_path: Path) -> None:
    environ = {**os.environ, "PUNIE_STATE_DIR": str(tmp_path)}
    async with bridged("--no-start", environ=environ) as editor:
        answer = await editor.begin("initialize", protocolVersion=1)
        with pytest.raises(Failed, match=r"No server runs here. Start one with `punie-ls serve`"):
            await answer
        assert await editor.process.wait() == 1
