"""MCP servers that a client hands over are tools of that session."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.acp.client import choose
from tests.e2e.acp.conftest import Desk
from tests.model_server import call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

SERVER = Path(__file__).parents[2] / "integration" / "mcp" / "server.py"


def stdio(**changed: Any) -> dict[str, Any]:
    args = ["-P", str(SERVER), "stdio"]
    return {"name": "weather", "command": sys.executable, "args": args, "env": [], **changed}


async def test_a_servers_tool_is_called(desk: Desk) -> None:
    session = await desk.client.new(desk.root, [stdio()])
    desk.client.answers["session/request_permission"] = choose("allow_once")
    desk.model.add(call("run_code", code="weather_add(2, 40)"), say("42."))

    assert await desk.client.prompt(session, "Add them") == "end_turn"

    assert "42" in desk.model.chats[-1].last
    (asked,) = desk.client.asked("session/request_permission")
    assert "40" in asked["toolCall"]["content"][0]["content"]["text"]


async def test_it_is_of_this_session_alone(desk: Desk) -> None:
    await desk.client.new(desk.root, [stdio()])
    session = await desk.new()
    desk.model.add(call("run_code", code="weather_add(2, 40)"), say("I cannot."))

    await desk.client.prompt(session, "Add them")

    assert "weather_add" in desk.model.chats[-1].last
    assert "not defined" in desk.model.chats[-1].last


async def test_a_server_that_does_not_start_is_no_end(desk: Desk) -> None:
    session = await desk.client.new(desk.root, [stdio(command="/no/such/program")])
    desk.model.add(say("Fine."))

    assert await desk.client.prompt(session, "How are you?") == "end_turn"

    assert "weather" in desk.client.text
    assert "Fine." in desk.client.text
