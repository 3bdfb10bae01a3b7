"""Several servers on one PostgreSQL: what a team has when one machine is not enough."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.e2e.serve.conftest import Serving
from tests.integration.store_postgres.server import PostgresServer
from tests.unit.serve.client import connected

ASKED = "find references to price"


async def test_a_session_goes_on_in_another_server(
    serving: Serving, environ: dict[str, str], projects: Callable[[str], Path], url: str, tmp_path: Path
) -> None:
    shop = projects("shop")
    environ["PUNIE_STORE"] = url
    async with serving() as serve, connected(serve.url, serve.token) as client:
        await client.initialize()
        session = await client.new(shop)
        await client.prompt(session, ASKED)
        answered = client.text
        # A machine that is gone, not one that says goodbye.
        psutil.Process(serve.process.pid).send_signal(signal.SIGKILL)
    environ["PUNIE_STATE_DIR"] = str(tmp_path / "elsewhere")

    async with serving() as serve, connected(serve.url, serve.token) as client:
        await client.initialize()
        await client.ask("session/load", sessionId=session, cwd=str(shop), mcpServers=[])
        shown = client.text
        client.heard.clear()
        result = await client.prompt(session, ASKED)

        assert "shop.py" in answered
        assert answered in shown
        assert result["stopReason"] == "end_turn"
        assert client.text == answered


async def test_a_database_that_is_away_ends_no_server(
    serving: Serving, environ: dict[str, str], projects: Callable[[str], Path], server: PostgresServer, url: str
) -> None:
    shop = projects("shop")
    environ["PUNIE_STORE"] = url
    async with serving() as serve, connected(serve.url, serve.token) as client:
        await client.initialize()
        session = await client.new(shop)
        server.stop(signal.SIGQUIT)
        try:
            away = await client.prompt(session, ASKED)
            told = client.text
        finally:
            server.start()
        client.heard.clear()

        again = await client.prompt(session, ASKED)

        assert (away["stopReason"], again["stopReason"]) == ("end_turn", "end_turn")
        assert "shop.py" in told
        assert "shop.py" in client.text
