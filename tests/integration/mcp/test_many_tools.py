"""Hundreds of tools, tools that are called like ours, sessions that go on."""

from __future__ import annotations

import sys

from punie_agent.events import Notice
from punie_agent.mcp.servers import StdioServer
from punie_semantic.settings import Policy
from tests.integration.mcp.conftest import SERVERS, Agent, Asked, opened, result, told, turn, weather
from tests.model_server import ModelServer, call, say


def many(name: str, number: int) -> StdioServer:
    return StdioServer(name, sys.executable, (str(SERVERS / "many.py"), str(number)))


async def test_two_hundred_tools_can_be_called_and_are_told_in_little(agent: Agent, asked: Asked) -> None:
    program = "[many_tool_199('x'), 'many_tool_42: tool_42 of the MCP server many: Says its name.' in tool_help()]"
    with ModelServer(call("run_code", code=program), say("Done.")) as model:
        async with agent(model) as manager:
            await turn(await opened(manager, asked, many("many", 200)))

    assert result(model) == ["number 199 x", True]
    description = model.chats[0].body["tools"][0]["function"]["description"]
    assert len(description.encode()) <= 4_608 + 2_048
    assert "more: see tool_help()" in description


async def test_a_model_of_json_calls_gets_as_many_as_it_can_take(agent: Agent, asked: Asked) -> None:
    with ModelServer(say("Hello."), say("Again.")) as model:
        async with agent(model, "json") as manager:
            session = await opened(manager, asked, many("many", 200))
            events = await turn(session)
            again = await turn(session)

    names = [tool["function"]["name"] for tool in model.chats[0].body["tools"]]
    assert len([name for name in names if name.startswith("many_")]) == 64
    assert len(names) <= 128
    (notice,) = [event.text for event in events if isinstance(event, Notice)]
    assert notice.startswith("140 of 204 tools of MCP servers are not offered to ")
    assert not [event for event in again if isinstance(event, Notice)]


async def test_no_tool_of_a_server_takes_a_name_of_ours(agent: Agent, asked: Asked) -> None:
    program = "[read_file('app.py').text, read_file_2('a'), read_file_3('b'), read_file_4('c'), tool_help_2('d')]"
    with ModelServer(call("run_code", code=program), say("Done.")) as model:
        async with agent(model) as manager:
            events = await turn(await opened(manager, asked, many("read", 0), many("tool", 0)))

    assert not [event for event in events if isinstance(event, Notice)]
    # `read_file` and `read-file` of the server `read` begin with its name, so that it is not said twice.
    assert result(model) == ["x = 1\n", "file a", "read_file b", "read-file c", "help d"], told(model)


async def test_two_servers_of_one_name_are_told_apart(agent: Agent, asked: Asked) -> None:
    program = "[weather_add(1, 1), weather_2_add(2, 2), weather_pid() != weather_2_pid()]"
    with ModelServer(call("run_code", code=program), say("Done.")) as model:
        async with agent(model) as manager:
            await turn(await opened(manager, asked, weather(), weather()))

    assert result(model) == [2, 4, True]


async def test_a_session_that_goes_on_gets_the_servers_anew(agent: Agent, asked: Asked) -> None:
    program = call("run_code", code="weather_add(1, 2)")
    with ModelServer(program, say("Three."), program, say("Three again.")) as model:
        async with agent(model) as manager:
            session = await opened(manager, asked, weather())
            await turn(session)
            await manager.close(session.id)
            again = await manager.resume(session.id, asked.decide, servers=[weather()])
            await turn(again)

            assert len(again.messages) == 8
            assert "weather_add" in await manager.export(session.id)
    assert result(model) == 3


async def test_rules_of_the_policy_are_about_servers_and_tools(agent: Agent, asked: Asked) -> None:
    program = (
        "said = []\nfor name in ['forecast', 'add']:\n    try:\n"
        "        said.append(str(weather_forecast('Rome')['city'] if name == 'forecast' else weather_add(1, 2)))\n"
        "    except RuntimeError as error:\n        said.append(str(error))\nsaid"
    )
    with ModelServer(call("run_code", code=program), say("Done.")) as model:
        policy = Policy(allow=("mcp: weather",), deny=("mcp: weather a*",))
        async with agent(model, policy=policy) as manager:
            await turn(await opened(manager, asked, weather()))

    assert result(model) == [
        "Rome",
        "weather_add was not called: nobody allowed it. Ask the user, or do without it.",
    ]
    assert not asked.questions
