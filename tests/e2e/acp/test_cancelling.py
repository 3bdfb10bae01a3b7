"""Stopping a turn: by the session, by the request, by closing; what was said so far stays."""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.acp.client import RpcError, start_agent, until
from tests.e2e.acp.conftest import Desk
from tests.model_server import call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENDLESS = say("on and on ", endless=True, pause=0.01)


async def talking(desk: Desk, session: str) -> tuple[int, asyncio.Future[dict]]:
    """A turn that goes on for ever, and that has begun to speak."""
    desk.model.add(ENDLESS)
    params = {"sessionId": session, "prompt": [{"type": "text", "text": "Go on"}]}
    begun = desk.client.begin("session/prompt", params)
    await desk.client.until(lambda: "on and on" in desk.client.text)
    return begun


async def test_cancelling_the_session(desk: Desk) -> None:
    session = await desk.new()
    _, answer = await talking(desk, session)

    desk.client.send({"method": "session/cancel", "params": {"sessionId": session}})

    assert (await answer)["stopReason"] == "cancelled"
    desk.model.add(say("Yes."))
    await desk.client.prompt(session, "Did you say it?")
    assert "on and on" in str(desk.model.chats[-1].body["messages"])


async def test_cancelling_the_request(desk: Desk) -> None:
    session = await desk.new()
    key, answer = await talking(desk, session)

    desk.client.send({"method": "$/cancel_request", "params": {"requestId": key}})

    assert (await answer)["stopReason"] == "cancelled"


async def test_cancelling_a_program(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(call("run_code", code="for number in range(10**12):\n    pass"))
    answer = desk.client.say(session, "Run")
    await desk.client.until(lambda: desk.client.of_kind("tool_call"))

    desk.client.send({"method": "session/cancel", "params": {"sessionId": session}})

    assert (await answer)["stopReason"] == "cancelled"
    assert desk.client.of_kind("tool_call_update")[-1]["status"] == "failed"


async def test_what_is_over_cannot_be_cancelled(desk: Desk) -> None:
    session = await desk.new()
    desk.client.send({"method": "session/cancel", "params": {"sessionId": session}})
    desk.client.send({"method": "session/cancel", "params": {"sessionId": "nonsense"}})
    desk.client.send({"method": "$/cancel_request", "params": {"requestId": "nonsense"}})
    desk.model.add(say("Fine."))

    assert await desk.client.prompt(session, "How are you?") == "end_turn"


async def test_a_busy_session_takes_no_second_prompt(desk: Desk) -> None:
    session = await desk.new()
    _, answer = await talking(desk, session)

    with pytest.raises(RpcError, match="still works on the prompt before") as error:
        await desk.client.prompt(session, "Me too")

    assert error.value.code == -32600
    await desk.client.call("session/close", {"sessionId": session})
    assert (await answer)["stopReason"] == "cancelled"


async def test_a_client_that_goes_stops_its_turn(desk: Desk) -> None:
    desk.model.add(ENDLESS)
    async with start_agent() as other:
        await other.initialize()
        session = await other.new(desk.root)
        spec = {"sessionId": session, "configId": "model", "value": desk.model.spec}
        await other.call("session/set_config_option", spec)
        other.say(session, "Go on")
        await other.until(lambda: "on and on" in other.text)

    await until(lambda: desk.model.chats[-1].left)
    await desk.client.call("session/load", {"sessionId": session, "cwd": str(desk.root), "mcpServers": []})
    assert "on and on" in desk.client.text


async def test_cancelling_what_is_about_to_begin(desk: Desk) -> None:
    session = await desk.new()
    answer = desk.client.say(session, "Go on")
    desk.client.send({"method": "session/cancel", "params": {"sessionId": session}})

    assert (await answer)["stopReason"] == "cancelled"
    assert desk.model.chats == []
