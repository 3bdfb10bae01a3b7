"""What a model wants to run is asked first, by a tool call that the client knows."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.e2e.acp.client import choose
from tests.e2e.acp.conftest import Desk
from tests.model_server import call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKED = "session/request_permission"
RUN = call("run_code", code="run_command(['git', '--version']).exit_code")


async def test_a_yes_lets_it_run(desk: Desk) -> None:
    session = await desk.new()
    desk.client.answers[ASKED] = choose("allow_once")
    desk.model.add(RUN, say("It runs."))

    await desk.client.prompt(session, "Which git?")

    (asked,) = desk.client.asked(ASKED)
    assert [(o["optionId"], o["kind"]) for o in asked["options"]] == [
        ("allow_once", "allow_once"),
        ("allow_session", "allow_always"),
        ("allow_project", "allow_always"),
        ("reject_once", "reject_once"),
        ("reject_session", "reject_always"),
    ]
    assert len({option["name"] for option in asked["options"]}) == 5
    key = asked["toolCall"]["toolCallId"]
    start = next(u for u in desk.client.of_kind("tool_call") if u["toolCallId"] == key)
    assert (start["kind"], start["status"]) == ("execute", "pending")
    assert "git --version" in start["content"][0]["content"]["text"]
    order = [m.get("method") for m in desk.client.messages]
    assert order.index("session/update") < order.index(ASKED)
    ends = [u["status"] for u in desk.client.of_kind("tool_call_update") if u["toolCallId"] == key]
    assert ends == ["completed"]
    assert '"result":0' in desk.model.chats[-1].last.replace(" ", "")


@pytest.mark.parametrize(
    "answer",
    [choose("reject_once"), choose("nonsense"), lambda _: {"outcome": {"outcome": "cancelled"}}, lambda _: {}, None],
    ids=["reject", "nonsense", "cancelled", "empty", "no method"],
)
async def test_anything_else_is_a_no(desk: Desk, answer: Any) -> None:
    session = await desk.new()
    if answer:
        desk.client.answers[ASKED] = answer
    desk.model.add(RUN, say("I may not."))

    assert await desk.client.prompt(session, "Which git?") == "end_turn"

    assert "was not run: nobody allowed it" in desk.model.chats[-1].last
    assert desk.client.text == "I may not."


async def test_a_yes_for_the_session_is_asked_once(desk: Desk) -> None:
    session = await desk.new()
    desk.client.answers[ASKED] = choose("allow_session")
    desk.model.add(RUN, say("Once."), RUN, say("Twice."))

    await desk.client.prompt(session, "Which git?")
    await desk.client.prompt(session, "Again?")

    assert len(desk.client.asked(ASKED)) == 1


async def test_in_mode_auto_programs_are_still_asked_about(desk: Desk) -> None:
    session = await desk.new()
    await desk.client.call("session/set_mode", {"sessionId": session, "modeId": "auto"})
    desk.client.answers[ASKED] = choose("reject_once")
    desk.model.add(RUN, say("I may not."))

    await desk.client.prompt(session, "Which git?")

    assert len(desk.client.asked(ASKED)) == 1


async def test_a_question_that_nobody_answers_can_be_cancelled(desk: Desk) -> None:
    session = await desk.new()
    desk.client.answers[ASKED] = lambda _: asyncio.sleep(3600)
    desk.model.add(RUN, say("Never."))
    answer = desk.client.say(session, "Which git?")
    await desk.client.until(lambda: desk.client.asked(ASKED))

    desk.client.send({"method": "session/cancel", "params": {"sessionId": session}})

    assert (await answer)["stopReason"] == "cancelled"
    desk.model.add(say("Here again."))
    assert await desk.client.prompt(session, "Still there?") == "end_turn"


async def test_the_question_about_an_edit_can_be_cancelled(desk: Desk) -> None:
    session = await desk.new()
    desk.client.answers[ASKED] = lambda _: asyncio.sleep(3600)
    before = desk.read("app.py")
    code = "edit_file('app.py', 'f\"done\"', '\"done\"')\nverify_edits(0).state"
    desk.model.add(call("run_code", code=code), say("Done."))
    answer = desk.client.say(session, "Take it away")
    await desk.client.until(lambda: desk.client.asked(ASKED))

    desk.client.send({"method": "session/cancel", "params": {"sessionId": session}})

    assert (await answer)["stopReason"] == "cancelled"
    assert desk.read("app.py") == before
