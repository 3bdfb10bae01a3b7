"""What a prompt is made of: words, mentions, attached texts, pictures; and slash commands."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.e2e.acp.client import choose
from tests.e2e.acp.conftest import Desk
from tests.model_server import call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

PIXEL = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xff\xff?\0\5\xfe\2\xfe"
    b"\xa75\x81\x84\0\0\0\0IEND\xaeB`\x82"
)


def link(desk: Desk, name: str, fragment: str = "") -> dict[str, Any]:
    return {"type": "resource_link", "uri": (desk.root / name).as_uri() + fragment, "name": name}


async def said(desk: Desk, *blocks: str | dict[str, Any]) -> str:
    """The prompt as the model gets it."""
    session = await desk.new()
    desk.model.add(say("I see."))
    assert await desk.client.prompt(session, *blocks) == "end_turn"
    return desk.model.chats[0].last


async def test_a_mentioned_file(desk: Desk) -> None:
    assert await said(desk, "Look at ", link(desk, "shop.py"), " please") == (
        "Look at shop.py please\n\nThe open file is shop.py."
    )


async def test_mentioned_lines(desk: Desk) -> None:
    text = await said(desk, "Explain", link(desk, "shop.py", "#L1:2"))
    assert text == "Explain shop.py:1-2\n\nThe selection is shop.py:1:1-3:1."


async def test_several_files_are_no_place(desk: Desk) -> None:
    assert await said(desk, link(desk, "shop.py"), " and ", link(desk, "app.py")) == "shop.py and app.py"


async def test_an_attached_text(desk: Desk) -> None:
    resource = {"uri": "zed:///thread/1", "text": "Yesterday we\ntalked 🚀", "mimeType": "text/plain"}

    text = await said(desk, "Go on with ", {"type": "resource", "resource": resource})

    assert text == (
        "Go on with zed:///thread/1\n\nAttached, zed:///thread/1:\n<attached>\nYesterday we\ntalked 🚀\n</attached>"
    )


async def test_an_attached_file_of_the_project_is_read_where_it_is(desk: Desk) -> None:
    resource = {"uri": (desk.root / "shop.py").as_uri(), "text": "old text", "mimeType": "text/x-python"}

    text = await said(desk, "Explain ", {"type": "resource", "resource": resource})

    assert text == "Explain shop.py\n\nThe open file is shop.py."
    assert any(params["path"].endswith("shop.py") for params in desk.client.asked("fs/read_text_file"))


async def test_a_picture(desk: Desk) -> None:
    picture = {"type": "image", "data": base64.b64encode(PIXEL).decode(), "mimeType": "image/png"}
    session = await desk.new()
    desk.model.add(say("A pixel."), say("Still one."))

    await desk.client.prompt(session, "What is this?", picture)
    await desk.client.prompt(session, "Sure?")

    for request in desk.model.chats:
        content = next(m["content"] for m in request.body["messages"] if m["role"] == "user")
        assert content[0] == {"type": "text", "text": "What is this?"}
        assert content[1]["image_url"]["url"] == f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}"


async def test_the_planner_sees_no_pictures(desk: Desk) -> None:
    session = await desk.new()
    choice = {"sessionId": session, "configId": "model", "value": "builtin"}
    await desk.client.call("session/set_config_option", choice)
    picture = {"type": "image", "data": base64.b64encode(PIXEL).decode(), "mimeType": "image/png"}

    assert await desk.client.prompt(session, "find references to price", picture) == "end_turn"

    assert "cannot look at pictures" in desk.client.text
    assert "`price` is" in desk.client.text


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("/explain Cart.total", "what does Cart.total do?"),
        ("/explain @", "Explain the code at shop.py"),
        ("/explain @#L2", "Explain the code at shop.py:2:1"),
        ("/fix", "fix all problems in the project"),
        ("/fix @", "fix all problems in shop.py"),
        ("/fix @#L2", "fix the problem at shop.py:2"),
        ("/check", "check the project"),
        ("/test", "run the tests"),
        ("/tests @#L1", "Write tests for the definition at shop.py:1:1"),
        ("/docstring price", "write a docstring for price"),
        ("/types @", "Add type annotations to the definition at shop.py"),
        ("/rename price cost", "rename price to cost"),
        ("/usages price", "find references to price"),
        ("/refactor inline it @#L1-L2", "Refactor the code at shop.py:1:1-3:1\ninline it"),
        ("/nonsense price", "/nonsense price"),
    ],
)
async def test_slash_commands_are_prompts(desk: Desk, typed: str, asked: str) -> None:
    words, mention, fragment = typed.partition("@")
    blocks = [words, *([link(desk, "shop.py", fragment)] if mention else [])]

    assert await said(desk, *blocks) == asked


@pytest.mark.parametrize("typed", ["/explain", "/rename price", "/usages", "/refactor"])
async def test_a_slash_command_that_says_too_little(desk: Desk, typed: str) -> None:
    session = await desk.new()
    with pytest.raises(Exception, match="Say "):
        await desk.client.prompt(session, typed)


async def test_the_planner_knows_the_commands(desk: Desk) -> None:
    session = await desk.new()
    choice = {"sessionId": session, "configId": "model", "value": "builtin"}
    await desk.client.call("session/set_config_option", choice)
    desk.client.answers["session/request_permission"] = choose("reject_once")
    typed = [
        "/explain price", "/explain @", "/fix @", "/fix", "/check", "/check @", "/tests @", "/docstring price",
        "/types @", "/rename price cost", "/usages price", "/test",
    ]  # fmt: skip
    for text in typed:
        words, mention, _ = text.partition("@")
        await desk.client.prompt(session, words, *([link(desk, "shop.py")] if mention else []))
        assert "I have no recipe" not in desk.client.text, text
        assert "what can you do" not in desk.client.text, text
        desk.client.clear()


async def test_commands_that_ask_no_model(desk: Desk) -> None:
    session = await desk.new()

    await desk.client.prompt(session, "/status")
    await desk.client.prompt(session, "/help")
    await desk.client.prompt(session, "/history")

    assert desk.model.chats == []
    assert "- mode: edit" in desk.client.text
    assert "- `/explain …`: " in desk.client.text


async def test_a_model_is_chosen_in_a_form(desk: Desk) -> None:
    session = await desk.new()
    desk.client.answers["elicitation/create"] = lambda _: {"action": "accept", "content": {"choice": "builtin"}}

    await desk.client.prompt(session, "/model")

    (asked,) = desk.client.asked("elicitation/create")
    values = [choice["const"] for choice in asked["requestedSchema"]["properties"]["choice"]["oneOf"]]
    assert values == ["settings", "builtin", desk.model.spec]
    assert "builtin answers this session from now on." in desk.client.text
    options = desk.client.of_kind("config_option_update")[-1]["configOptions"]
    assert options[1]["currentValue"] == "builtin"


@pytest.mark.parametrize(
    "answer",
    [
        {"action": "decline"},
        {"action": "cancel"},
        {"action": "accept"},
        {"action": "accept", "content": {"choice": "nonsense"}},
        {"action": "accept", "content": {"choice": 3}},
        {"nonsense": 1},
    ],
    ids=str,
)
async def test_a_form_that_is_not_filled_in(desk: Desk, answer: dict[str, Any]) -> None:
    session = await desk.new()
    desk.client.answers["elicitation/create"] = lambda _: answer

    assert await desk.client.prompt(session, "/model") == "end_turn"

    assert "Choose one: `/model NAME`." in desk.client.text


async def test_a_change_is_chosen_in_a_form(desk: Desk) -> None:
    session = await desk.new()
    await desk.client.call("session/set_mode", {"sessionId": session, "modeId": "auto"})
    for name in ("one", "two"):
        code = f"write_file('{name}.py', 'x = 1\\n')\nverify_edits(0).state"
        desk.model.add(call("run_code", code=code), say("Done."))
        await desk.client.prompt(session, f"Make {name}")
    seen: list[str] = []

    def choose_the_older(params: dict[str, Any]) -> dict[str, Any]:
        choices = params["requestedSchema"]["properties"]["choice"]["oneOf"]
        seen.extend(choice["title"] for choice in choices)
        return {"action": "accept", "content": {"choice": choices[1]["const"]}}

    desk.client.answers["elicitation/create"] = choose_the_older

    await desk.client.prompt(session, "/undo")

    assert seen[0].startswith("Make two (two.py)")
    assert not (desk.root / "one.py").exists()
    assert (desk.root / "two.py").exists()
    (desk.root / "two.py").unlink()
