"""`punie-ls bridge` with the real server and agent: started when needed, cut off, and told of a fresh server."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.e2e.serve.conftest import Serving, announced, run
from tests.model_server import ModelServer, say
from tests.unit.serve.bridged import CuttingProxy, bridged
from tests.unit.serve.client import Failed

Projects = Callable[[str], Path]


@pytest.fixture
async def user(environ: dict[str, str]) -> AsyncGenerator[dict[str, str]]:
    """A user whose server is ended with the test."""
    yield environ
    await run(environ, "serve", "--stop")


async def test_bridges_start_one_server_and_share_it(user: dict[str, str], projects: Projects) -> None:
    shop = projects("shop")
    async with bridged(environ=user) as first, bridged(environ=user) as second:
        await asyncio.gather(first.initialize(), second.initialize())
        await first.prompt(await first.new(shop), "find references to price")
        code, page, _ = await run(user, "serve", "--status")
    pid = (await announced(user))["pid"]
    listening = [c for c in psutil.Process(pid).net_connections() if c.status == psutil.CONN_LISTEN]

    assert code == 0
    assert "2 clients" in page
    assert "shop.py" in first.text
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


async def test_a_killed_server_costs_one_error(user: dict[str, str], projects: Projects) -> None:
    shop = projects("shop")
    with ModelServer(say("word ", endless=True, pause=0.01), say("here again")) as model:
        Path(user["PUNIE_CONFIG_FILE"]).write_text(f'model = "{model.spec}"\n')
        async with bridged(environ=user) as editor:
            await editor.initialize()
            session = await editor.new(shop)
            turn = await editor.begin_prompt(session, "never stop")
            await editor.until(lambda: editor.text)
            old = (await announced(user))["pid"]
            os.kill(old, signal.SIGKILL)
            with pytest.raises(Failed, match=r"server has ended.*send the request once more") as caught:
                await turn
            editor.heard.clear()
            result = await editor.prompt(session, "are you there?")
            new = (await announced(user))["pid"]

    assert caught.value.error["data"] == {"restart": True}
    assert result["stopReason"] == "end_turn"
    assert editor.text == "here again"
    assert new != old
    assert editor.strays == []
    # The fresh agent knows what was said before the server was killed.
    assert "never stop" in str(model.chats[-1].body["messages"])


async def test_an_answer_survives_cut_connections(
    serving: Serving, projects: Projects, choose: Callable[[str], None]
) -> None:
    shop = projects("shop")
    words = " ".join(f"n{number}" for number in range(600)) + " 🚀 世界"
    with ModelServer(say(words, size=11, pause=0.01)) as model:
        choose(model.spec)
        async with serving() as serve, CuttingProxy(urlsplit(serve.url).port or 0) as proxy:
            environ = {**serve.environ, "PUNIE_SERVE_TOKEN": serve.token}
            async with bridged("--url", proxy.url, environ=environ) as editor:
                await editor.initialize()
                session = await editor.new(shop)
                turn = await editor.begin_prompt(session, "count")
                cuts = 0
                while not turn.done():
                    await asyncio.sleep(random.uniform(0.05, 0.4))
                    proxy.cut()
                    cuts += 1
                result = await turn

    assert cuts > 3
    assert result["stopReason"] == "end_turn"
    assert editor.text == words
    assert editor.strays == []


async def test_a_bridge_that_is_not_used_starts_no_server(user: dict[str, str]) -> None:
    async with bridged(environ=user):
        await asyncio.sleep(1.0)

    assert not (Path(user["PUNIE_STATE_DIR"]) / "serve" / "server.json").exists()
