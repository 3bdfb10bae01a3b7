"""The stream of a turn's events: all of them, in order, without secrets, from the beginning to any kind of end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from punie_agent.events import EVENTS
from tests.e2e.editor import Editor, plain
from tests.e2e.events.conftest import Chat
from tests.e2e.events.plugin import BEGINNING, Json
from tests.model_server import Reply, call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

EDIT = call("run_code", code="print('🚀')\nedit_file('app.py', 'f\"done\"', '\"done\"')\nverify_edits(0).state")
ANSWER = "I removed the **prefix** 🚀👩‍🚀 世界你好.\r\n\r\nMore of it: `x = 1`."
STREAMED = ("text", "thought", "program_output")


def asking(editor: Editor, arguments: Json, key: str = "the prompt") -> asyncio.Task[Any]:
    """A prompt on its way, to be cancelled by its key."""
    params = types.ExecuteCommandParams("punie.ask", [arguments])
    return asyncio.create_task(editor.protocol.send_request_async(types.WORKSPACE_EXECUTE_COMMAND, params, msg_id=key))


def joined(events: list[Json]) -> list[Json]:
    """Events with the pieces of each text put together, as they are stored."""
    found: list[Json] = []
    for event in events:
        last = found[-1] if found else {}
        same = {**last, "text": ""} == {**event, "text": ""}
        if event["type"] in STREAMED and same:
            last["text"] += event["text"]
        else:
            found.append(dict(event))
    return found


async def stored(editor: Editor, session: str) -> list[Json]:
    """The turns of a session as they are kept."""
    result = plain(await editor.execute("punie.sessions", {"action": "show", "session": session, "format": "json"}))
    return plain_json(result["data"])["turns"]


def plain_json(value: Any) -> Any:
    """pygls' named tuples, all the way down."""
    value = plain(value)
    if isinstance(value, dict):
        return {key: plain_json(item) for key, item in value.items()}
    return [plain_json(item) for item in value] if isinstance(value, list) else value


async def test_a_turn_from_its_beginning_to_its_end(chat: Chat, app: str) -> None:
    chat.model.add(EDIT, say(ANSWER))
    chat.plugin.replies.append({"choice": "apply"})

    outcome = await chat.editor.run("punie.ask", {"prompt": "Tidy app.py 🚀\r\nplease", "uri": app, "session": "new"})

    assert outcome.applied
    plugin = chat.plugin
    first = plugin.told[0]
    assert chat.editor.root is not None
    assert first["uri"] == chat.editor.root.as_uri()
    assert (first["turn"], first["event"]) == (1, {"type": "turn_started"})
    assert (first["prompt"], first["title"]) == ("Tidy app.py 🚀\r\nplease", "Tidy app.py 🚀")
    assert first["model"].startswith("scripted")
    assert {(told["uri"], told["session"], told["turn"]) for told in plugin.told} == {
        (first["uri"], first["session"], 1)
    }
    assert plugin.text() == ANSWER
    assert {"program", "program_output", "tool_call_ended", "verifying", "edit_proposed"} <= set(plugin.types())
    assert plugin.events()[-1] == {"type": "done", "reason": "end_turn", "message": ""}
    for event in plugin.events()[1:]:
        EVENTS.validate_python(event)


async def test_the_events_are_those_that_are_stored(chat: Chat, app: str) -> None:
    chat.model.add(EDIT, Reply(thinking="Let me see 🚀. So.", text=ANSWER, size=3), say("The second."))
    chat.plugin.replies.append(None)
    await chat.editor.run("punie.ask", {"prompt": "Tidy app.py", "session": "new"})
    await chat.editor.run("punie.ask", {"prompt": "And now?"})
    session = chat.plugin.told[0]["session"]

    turns = await stored(chat.editor, session)

    assert [turn["prompt"] for turn in turns] == ["Tidy app.py", "And now?"]
    for turn in turns:
        told = [t["event"] for t in chat.plugin.told if t["turn"] == turn["turn"]]
        # The stored ones came through pygls' named tuples, which change such keys as app.py.
        for event in [*told, *turn["events"]]:
            event.get("report", {}).pop("versions", None)
        assert joined(told[1:]) == turn["events"]


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_secrets_never_show_in_parts(chat: Chat, app: str, size: int) -> None:
    secret = "sk-ant-" + "aB3" * 20
    password = "hunter2-Zx9!kq"
    key = (
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n"
        + "MIIEow+/\n" * 9
        + "-----END RSA PRIVATE KEY-----"
    )
    text = f'Your key is {secret}, and password = "{password}" here.\n{key}\nThe end of it.'
    chat.model.add(Reply(text=text, size=size))

    await chat.editor.run("punie.ask", {"prompt": f"Is {secret} good?", "session": "new"})

    for told in chat.plugin.told:
        assert "sk-ant" not in str(told)
        assert "hunter2" not in str(told)
        assert "MIIE" not in str(told)
        assert "Proc-Type" not in str(told)
    assert chat.plugin.told[0]["prompt"] == "Is [redacted:anthropic-key] good?"
    (turn,) = await stored(chat.editor, chat.plugin.told[0]["session"])
    assert chat.plugin.text() == "".join(e["text"] for e in turn["events"] if e["type"] == "text")
    assert chat.plugin.text().endswith("The end of it.")


async def test_a_text_arrives_while_it_is_written(chat: Chat, app: str) -> None:
    chat.model.add(Reply(text=BEGINNING, size=15, hold=5))
    task = asking(chat.editor, {"prompt": "Tell me", "session": "new"})

    await chat.plugin.until("text")

    assert not task.done()
    assert chat.plugin.text().startswith("The ")
    await chat.editor.run("punie.stop")
    with pytest.raises(JsonRpcException):
        await task
    await chat.plugin.until("done")


@pytest.mark.parametrize("how", ["button", "request", "stop"])
async def test_a_cancelled_turn_ends_too(chat: Chat, app: str, how: str) -> None:
    chat.model.add(Reply(text=BEGINNING, size=15, hold=5))
    task = asking(chat.editor, {"prompt": "Tell me", "session": "new"})
    await chat.plugin.until("text")
    match how:
        case "button":
            (token,) = chat.editor.progress_reports
            chat.editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
        case "request":
            chat.editor.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("the prompt"))
        case _:
            await chat.editor.run("punie.stop", {"session": chat.plugin.told[0]["session"]})

    done = await chat.plugin.until("done")

    assert done["event"] == {"type": "done", "reason": "cancelled", "message": "Stopped. Nothing was changed."}
    with pytest.raises(JsonRpcException):
        await task
    chat.model.add(say("Here."))
    await chat.editor.run("punie.ask", {"prompt": "Are you there?", "session": done["session"]})
    assert chat.plugin.told[-1]["turn"] == 2


async def test_a_failing_model(chat: Chat, app: str) -> None:
    chat.model.add(Reply(status=401, text="bad key"))

    await chat.editor.run("punie.ask", {"prompt": "Who?", "session": "new"})

    done = chat.plugin.events()[-1]
    assert (done["type"], done["reason"]) == ("done", "error")
    assert done["message"]


async def test_two_conversations_at_once(chat: Chat, app: str) -> None:
    one, two = "One 🚀 two three. " * 200, "A b c d e f. " * 200
    chat.model.add(Reply(text=one, size=5, when="First"), Reply(text=two, size=5, when="Second"))

    await asyncio.gather(
        chat.editor.run("punie.ask", {"prompt": "First", "session": "new"}),
        chat.editor.run("punie.ask", {"prompt": "Second", "session": "new"}),
    )

    sessions = {told["prompt"]: told["session"] for told in chat.plugin.told if "prompt" in told}
    assert len(set(sessions.values())) == 2
    assert chat.plugin.text(sessions["First"]) == one
    assert chat.plugin.text(sessions["Second"]) == two
    for session in sessions.values():
        assert chat.plugin.types(session) == ["turn_started", "text", "usage", "done"]


async def test_a_session_that_goes_on_counts_its_turns(chat: Chat, app: str) -> None:
    for number in (1, 2, 3):
        chat.model.add(say(f"Answer {number}."))
        await chat.editor.run("punie.ask", {"prompt": f"{number}?", **({"session": "new"} if number == 1 else {})})

    started = [told for told in chat.plugin.told if told["event"]["type"] == "turn_started"]

    assert [told["turn"] for told in started] == [1, 2, 3]
    assert len({told["session"] for told in started}) == 1
    assert {told["title"] for told in started} == {"1?"}
