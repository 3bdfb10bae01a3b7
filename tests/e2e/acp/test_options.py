"""What a client sets for a session: the mode, the model, how much it thinks; and what it is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.acp.client import RpcError, start_agent
from tests.e2e.acp.conftest import SHOP, Desk
from tests.model_server import ModelServer, say

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def thinker() -> Iterator[ModelServer]:
    """A model that is known to think."""
    with ModelServer(models=["qwen3-8b"]) as model:
        yield model


async def set_option(desk: Desk, session: str, option: str, value: Any) -> dict[str, Any]:
    """Set it; gives the options afterwards, by id."""
    params = {"sessionId": session, "configId": option, "value": value}
    answer = await desk.client.call("session/set_config_option", params)
    return {option["id"]: option for option in answer["configOptions"]}


async def test_a_new_session_has_modes_and_options(desk: Desk) -> None:
    answer = await desk.client.call("session/new", {"cwd": str(desk.root), "mcpServers": []})

    assert answer["modes"]["currentModeId"] == "edit"
    assert [mode["id"] for mode in answer["modes"]["availableModes"]] == ["ask", "edit", "auto"]
    assert [(o["id"], o["category"], o["currentValue"]) for o in answer["configOptions"]] == [
        ("mode", "mode", "edit"),
        ("model", "model", "settings"),
    ]
    commands = await desk.client.until(lambda: desk.client.of_kind("available_commands_update"))
    assert {"explain", "fix", "tests", "undo", "model"} <= {c["name"] for c in commands[0]["availableCommands"]}


async def test_another_model_answers_one_session_alone(desk: Desk, thinker: ModelServer) -> None:
    one, other = await desk.new(), await desk.new()
    thinker.add(say("It is me."))
    desk.model.add(say("It is I."))

    options = await set_option(desk, one, "model", thinker.spec)

    assert options["model"]["currentValue"] == thinker.spec
    assert await desk.client.prompt(one, "Who?") == "end_turn"
    assert await desk.client.prompt(other, "Who?") == "end_turn"
    assert len(thinker.chats) == len(desk.model.chats) == 1
    options = await set_option(desk, one, "model", "builtin")
    assert options["model"]["currentValue"] == "builtin"
    options = await set_option(desk, one, "model", "settings")
    desk.model.add(say("It is I."))
    await desk.client.prompt(one, "Who?")
    assert len(desk.model.chats) == 2


async def test_how_much_a_model_thinks(desk: Desk, thinker: ModelServer) -> None:
    session = await desk.new()
    options = await set_option(desk, session, "model", thinker.spec)
    assert (options["thinking"]["category"], options["thinking"]["currentValue"]) == ("thought_level", "default")

    options = await set_option(desk, session, "thinking", "high")

    assert options["thinking"]["currentValue"] == "high"
    thinker.add(say("Deep."), say("Shallow."))
    await desk.client.prompt(session, "Think")
    assert thinker.chats[-1].body["reasoning_effort"] == "high"
    await set_option(desk, session, "thinking", "default")
    await desk.client.prompt(session, "Think")
    assert "reasoning_effort" not in thinker.chats[-1].body


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("mode", "yolo", "There are ask, edit, auto"),
        ("model", "nonsense", "There is no model 'nonsense'"),
        ("model", "http://127.0.0.1:9/v1", "127.0.0.1:9"),
        ("thinking", "hard", "There is no level"),
        ("colour", "red", "There is no option"),
    ],
)
async def test_what_cannot_be_set(desk: Desk, option: str, value: str, said: str) -> None:
    session = await desk.new()

    with pytest.raises(RpcError, match=said) as error:
        await set_option(desk, session, option, value)

    assert error.value.code == -32602
    desk.model.add(say("As before."))
    assert await desk.client.prompt(session, "Hi") == "end_turn"


async def test_an_unknown_mode(desk: Desk) -> None:
    session = await desk.new()
    with pytest.raises(RpcError, match="There is no mode 'yolo'"):
        await desk.client.call("session/set_mode", {"sessionId": session, "modeId": "yolo"})


async def test_a_model_that_is_away_is_no_end(tmp_path: Path) -> None:
    settings = tmp_path / "punie.toml"
    settings.write_text('model = "http://127.0.0.1:9/v1"\n')
    (tmp_path / "shop.py").write_text(SHOP)
    async with start_agent(environ={"PUNIE_CONFIG_FILE": str(settings)}) as client:
        await client.initialize()
        session = await client.new(tmp_path)

        assert await client.prompt(session, "find references to price") == "end_turn"

        assert "127.0.0.1:9" in client.text
        assert "The builtin planner answers this session until you choose another model." in client.text
        client.clear()
        await client.prompt(session, "hello")
        assert "127.0.0.1:9" not in client.text


async def test_a_stranger_that_the_project_chose_is_not_asked(tmp_path: Path) -> None:
    """Neither for answers nor for the list of what it has."""
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "punie.toml").write_text('model = "http://192.0.2.1/v1#evil"\n')
    async with start_agent() as client:
        await client.initialize()
        session = await client.new(tmp_path)
        assert await client.prompt(session, "hello") == "end_turn"
    assert "The builtin planner answers." in client.text
