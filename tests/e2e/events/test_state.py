"""The state and the lists as JSON: asked for by commands, and told when they change."""

from __future__ import annotations

from typing import Any

import pytest
from pygls.exceptions import JsonRpcException

from punie_ls import __version__
from tests.e2e.editor import plain
from tests.e2e.events.conftest import Chat
from tests.e2e.events.plugin import BEGINNING
from tests.e2e.events.test_events import asking, plain_json
from tests.model_server import Reply, say

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def data(chat: Chat, command: str, **arguments: Any) -> Any:
    """What a command answers for programs."""
    return plain_json(plain(await chat.editor.execute(command, {**arguments, "format": "json"}))["data"])


async def test_the_state_while_a_turn_runs(chat: Chat, app: str) -> None:
    chat.model.add(Reply(text=BEGINNING, size=15, hold=5))
    task = asking(chat.editor, {"prompt": "Tell me 🚀", "session": "new"})
    started = await chat.plugin.until("turn_started")
    await chat.plugin.until("text")

    state = await data(chat, "punie.status")

    assert (state["state"], state["version"], state["uri"]) == ("working", __version__, started["uri"])
    assert (state["model"], state["models"]) == (started["model"], [chat.model.spec])
    assert state["session"] == started["session"]
    assert {"id": started["session"], "title": "Tell me 🚀"} in state["sessions"]
    (running,) = state["running"]
    assert (running["session"], running["title"]) == (started["session"], "Ask Punie")
    assert running["doing"] == "Writing the answer…"
    assert running["seconds"] >= 0
    assert chat.editor.shown_documents == []
    await chat.editor.run("punie.stop")
    with pytest.raises(JsonRpcException):
        await task
    await chat.plugin.until("done")


async def test_changes_are_told(chat: Chat, app: str) -> None:
    chat.model.add(say("Well.", delay=0.3))

    await chat.editor.run("punie.ask", {"prompt": "Who?", "session": "new"})

    session = chat.plugin.told[0]["session"]
    working = await chat.plugin.state(state="working", session=session)
    assert [(job["session"], job["title"]) for job in working["running"]] == [(session, "Ask Punie")]
    idle = await chat.plugin.state(state="idle", session=session)
    assert idle["running"] == []
    assert idle["usage"]["requests"] == 1
    assert {**(await data(chat, "punie.status")), "running": []} == idle


async def test_another_model_is_told(chat: Chat, app: str) -> None:
    await chat.editor.run("punie.selectModel", {"model": "builtin"})
    assert (await chat.plugin.state(model="builtin"))["models"] == [chat.model.spec]

    await chat.editor.run("punie.selectModel", {"model": chat.model.spec})

    assert await chat.plugin.state(model=(await data(chat, "punie.status"))["model"])


async def test_models_to_choose_from(chat: Chat, app: str) -> None:
    rows = await data(chat, "punie.selectModel")

    specs = [row["spec"] for row in rows]
    assert "builtin" in specs
    chosen = next(row for row in rows if row["chosen"] == 1)
    assert chosen["spec"] == chat.model.spec
    assert chosen["problem"] == ""
    assert chat.editor.questions == []
    assert chat.plugin.asked == []


async def test_sessions_as_a_list(chat: Chat, app: str) -> None:
    for prompt in ("One 🚀", "Two"):
        chat.model.add(say("Well."))
        await chat.editor.run("punie.ask", {"prompt": prompt, "session": "new"})
    chat.editor.shown_documents.clear()

    two, one = (await data(chat, "punie.sessions", action="list"))[:2]

    assert [(row["title"], row["turns"], row["state"], row["current"]) for row in (two, one)] == [
        ("Two", 1, "idle", True),
        ("One 🚀", 1, "idle", False),
    ]
    assert two["created"] >= one["created"]
    shown = await data(chat, "punie.sessions", action="show", session=one["id"])
    assert (shown["session"]["id"], shown["problems"]) == (one["id"], [])
    (turn,) = shown["turns"]
    assert (turn["turn"], turn["prompt"]) == (1, "One 🚀")
    assert turn["events"][0] == {"type": "text", "text": "Well.", "message": 1}
    assert chat.editor.shown_documents == []
    await chat.editor.run("punie.sessions", {"action": "resume", "session": one["id"]})
    assert (await chat.plugin.state(session=one["id"]))["session"] == one["id"]


@pytest.mark.parametrize("command", ["punie.status", "punie.sessions", "punie.selectModel"])
async def test_a_format_that_there_is_not(chat: Chat, app: str, command: str) -> None:
    with pytest.raises(JsonRpcException) as caught:
        await chat.editor.run(command, {"format": "yaml"})

    assert command in caught.value.message
    assert "format" in caught.value.message
