"""Tools of a server in a session: typed in programs and by JSON, asked about, told as events."""

from __future__ import annotations

import pytest

from punie_agent.events import Done, PermissionRequested, ToolCallEnded, ToolCallStarted
from punie_semantic.registry import TOOLS
from tests.integration.mcp.conftest import Agent, Asked, opened, processes, result, served, told, turn, weather
from tests.model_server import ModelServer, call, say


async def test_a_program_calls_a_tool_with_types(agent: Agent, asked: Asked) -> None:
    program = "f = weather_forecast('Rome', days=2)\n[f['city'], f['degrees'] + 1, f['words'][1], weather_add(1, b=2)]"
    with ModelServer(call("run_code", code=program), say("Warm.")) as model:
        async with agent(model) as manager:
            events = await turn(await opened(manager, asked, weather()))

    assert result(model) == ["Rome", 23.5, "🚀", 3]
    assert events[-1] == Done(reason="end_turn")
    started = [event for event in events if isinstance(event, ToolCallStarted)]
    assert [(e.tool, e.kind, e.title) for e in started] == [
        ("weather_forecast", "other", "weather: forecast"),
        ("weather_add", "other", "weather: add"),
    ]
    assert [e.error for e in events if isinstance(e, ToolCallEnded)] == ["", ""]
    description = model.chats[0].body["tools"][0]["function"]["description"]
    assert 'weather_forecast(city, days=1, unit="C") -> McpWeatherForecastResult' in description


WRONG_CALLS = [
    ("weather_add('1', 2)", 'Expected `int`, found `Literal["1"]`'),
    ("weather_forecast('Rome', unit='K')", 'Expected `Literal["C", "F"]`, found `Literal["K"]`'),
    ("weather_forecast('Rome').degrees", 'It is a dict with the keys city, degrees, words: write ["degrees"]'),
    ("weather_forecast('Rome')['degree']", 'Unknown key "degree"'),
    ("weather_tag([{'nam': 'x'}])", 'Unknown key "nam" for TypedDict `McpWeatherTagLabelsItem`'),
    ("labels = [{'name': 'x', 'color': 'y'}]\nweather_tag(labels)", "`x: list[McpWeatherTagLabelsItem] = ...`"),
    ("weather_forcast('Rome')", "Did you mean `weather_forecast`"),
]


async def test_a_wrong_call_is_told_before_anything_runs(agent: Agent, asked: Asked) -> None:
    replies = [reply for program, _ in WRONG_CALLS for reply in (call("run_code", code=program), say("Sorry."))]
    with ModelServer(*replies) as model:
        async with agent(model) as manager:
            session = await opened(manager, asked, weather())
            for _, message in WRONG_CALLS:
                events = await turn(session)

                assert message in told(model)
                assert not [event for event in events if isinstance(event, ToolCallStarted)]
    assert not asked.questions


async def test_dicts_may_be_made_before_the_call_when_they_are_annotated(agent: Agent, asked: Asked) -> None:
    program = (
        "labels: list[McpWeatherTagLabelsItem] = []\n"
        "for name in ['a', 'b']:\n    labels.append({'name': name, 'color': 'red'})\n"
        "weather_tag(labels, note='🚀')"
    )
    with ModelServer(call("run_code", code=program), say("Done.")) as model:
        async with agent(model) as manager:
            await turn(await opened(manager, asked, weather()))

    assert result(model) == "a, b 🚀"


async def test_calls_at_the_same_time(agent: Agent, asked: Asked) -> None:
    program = "import asyncio\nawait asyncio.gather(*[weather_add(n, n) for n in range(20)])"
    with ModelServer(call("run_code", code=program), say("Done.")) as model:
        async with agent(model) as manager:
            await turn(await opened(manager, asked, weather()))

    assert result(model) == [2 * n for n in range(20)]
    assert len(asked.questions) == 20, "a yes to one call is none to another"


async def test_an_answer_for_the_session_holds_for_calls_that_wait(agent: Agent, asked: Asked) -> None:
    asked.choice = "allow_session"
    program = "import asyncio\nawait asyncio.gather(*[weather_add(n, n) for n in range(20)])"
    with ModelServer(call("run_code", code=program), say("Done.")) as model:
        async with agent(model) as manager:
            await turn(await opened(manager, asked, weather()))

    assert result(model) == [2 * n for n in range(20)]
    assert len(asked.questions) == 1


async def test_a_model_of_json_calls_has_the_tools_one_by_one(agent: Agent, asked: Asked) -> None:
    with ModelServer(call("weather_tag", labels=[{"name": "a", "color": "b"}]), say("Done.")) as model:
        async with agent(model, "json") as manager:
            events = await turn(await opened(manager, asked, weather()))

    assert told(model) == "a None"
    assert [e.title for e in events if isinstance(e, ToolCallStarted)] == ["weather: tag"]
    offered = {tool["function"]["name"]: tool["function"] for tool in model.chats[0].body["tools"]}
    assert set(TOOLS) < set(offered)
    assert offered["weather_forecast"]["parameters"]["required"] == ["city"]
    assert offered["weather_forecast"]["parameters"]["properties"]["unit"]["enum"] == ["C", "F"]
    assert offered["weather_add"]["description"] == "add of the MCP server weather: Add two numbers."


WRONG_ARGUMENTS = [
    ({"labels": [{"name": 3, "color": "b"}]}, "labels[0].name: 3 is not of type 'string'"),
    ({"labels": [{"color": "b"}]}, "labels[0]: 'name' is a required property"),
    ({}, "missing a required argument: 'labels'"),
    ({"labels": [], "notes": "x"}, "got an unexpected keyword argument 'notes'. Did you mean `note`?"),
]


async def test_a_wrong_json_call_is_told_before_it_is_sent(agent: Agent, asked: Asked) -> None:
    replies = [reply for given, _ in WRONG_ARGUMENTS for reply in (call("weather_tag", **given), say("Sorry."))]
    with ModelServer(*replies) as model:
        async with agent(model, "json") as manager:
            session = await opened(manager, asked, weather())
            for _, message in WRONG_ARGUMENTS:
                await turn(session)

                assert message in told(model)
    assert not asked.questions


@pytest.mark.parametrize("style", ["code", "json"])
async def test_a_tool_that_fails_is_an_error_that_the_program_can_catch(agent: Agent, asked: Asked, style: str) -> None:
    program = "try:\n    weather_fail('😱')\nexcept RuntimeError as error:\n    print(error)"
    first = call("run_code", code=program) if style == "code" else call("weather_fail", why="😱")
    with ModelServer(first, say("Sorry.")) as model:
        async with agent(model, style) as manager:
            events = await turn(await opened(manager, asked, weather()))

    assert "weather_fail: Error executing tool fail" in told(model)
    assert events[-1] == Done(reason="end_turn")
    assert [e.error for e in events if isinstance(e, ToolCallEnded)] == ["weather_fail: Error executing tool fail"]


async def test_what_is_no_text_is_named_and_what_is_secret_is_not_shown(agent: Agent, asked: Asked) -> None:
    program = "[weather_picture(), weather_secret(), weather_class_import('../x')]"
    with ModelServer(call("run_code", code=program), say("Done.")) as model:
        async with agent(model) as manager:
            events = await turn(await opened(manager, asked, weather(WEATHER_API_KEY="hunter2-hunter2")))

    assert result(model) == [
        "[image of type image/png, 9 bytes, not shown]",
        "the key is [redacted]",
        "odd ../x",
    ]
    assert not [e for e in events if isinstance(e, ToolCallStarted) and e.places], "its paths are none of ours"
    assert all("hunter2" not in question.detail for question in asked.questions)


@pytest.mark.parametrize(("style", "size"), [("code", 3_000_000), ("json", 500_000)])
async def test_a_huge_result_is_refused_or_cut(agent: Agent, asked: Asked, style: str, size: int) -> None:
    first = call("run_code", code=f"weather_huge({size})") if style == "code" else call("weather_huge", size=size)
    with ModelServer(first, say("Done.")) as model:
        async with agent(model, style) as manager:
            await turn(await opened(manager, asked, weather()))

    expected = "Ask for less" if style == "code" else "[Cut: the result has 500000 characters."
    assert expected in told(model)
    assert len(told(model)) < 70_000


@pytest.mark.parametrize("kind", ["http", "sse"])
async def test_a_server_that_is_reached_by_its_url(agent: Agent, asked: Asked, kind: str) -> None:
    from punie_agent.mcp.servers import HttpServer

    program = "[weather_add(1, 2), weather_forecast('Rome')['city']]"
    with served(kind) as (url, _), ModelServer(call("run_code", code=program), say("Done.")) as model:
        server = HttpServer("weather", url, {"X-Token": "abcdefgh"}, "http" if kind == "http" else "sse")
        async with agent(model) as manager:
            await turn(await opened(manager, asked, server))

    assert result(model) == [3, "Rome"]


async def test_a_tool_that_a_server_adds_is_there_in_the_next_turn(agent: Agent, asked: Asked) -> None:
    replies = [call("run_code", code="weather_grow()"), say("Done."), call("run_code", code="weather_grown()"), say("")]
    with ModelServer(*replies) as model:
        async with agent(model) as manager:
            session = await opened(manager, asked, weather())
            await turn(session)
            await turn(session)

    assert result(model) == "grown"


async def test_sessions_have_servers_of_their_own_that_end_with_them(agent: Agent, asked: Asked) -> None:
    with ModelServer(call("run_code", code="weather_pid()"), say("Done."), say("Nothing.")) as model:
        async with agent(model) as manager:
            one = await opened(manager, asked, weather())
            other = await manager.new(decide=asked.decide)
            await turn(one)
            pid = int(result(model))
            await turn(other)
            description = model.chats[-1].body["tools"][0]["function"]["description"]

            assert "weather" not in description
            assert pid in processes("server.py")
            await manager.close(one.id)
            assert pid not in processes("server.py")


async def test_the_question_says_what_is_called_with_what(agent: Agent, asked: Asked) -> None:
    asked.choice = "reject_once"
    with ModelServer(call("run_code", code="weather_fail('a\u202eb')"), say("Done.")) as model:
        async with agent(model) as manager:
            events = await turn(await opened(manager, asked, weather()))

    (question,) = asked.questions
    assert question.kind == "mcp"
    assert question.title == "Call fail of the MCP server weather"
    assert '"why": "a\\u202eb"' in question.detail
    assert "weather_fail was not called: nobody allowed it." in told(model)
    assert [e.allowed for e in events if e.type == "permission_answered"] == [False]


async def test_an_answer_is_remembered_for_the_tool_of_this_server(agent: Agent, asked: Asked) -> None:
    asked.choice = "allow_project"
    program = "[weather_add(1, 1), weather_add(2, 2)]"
    replies = [r for _ in range(3) for r in (call("run_code", code=program), say("Done."))]
    with ModelServer(*replies) as model:
        async with agent(model) as manager:
            await turn(await opened(manager, asked, weather()))
            await turn(await opened(manager, asked, weather()))
            assert [q.title for q in asked.questions] == ["Call add of the MCP server weather"]

            events = await turn(await opened(manager, asked, weather(), weather()))
            another = [e for e in events if isinstance(e, PermissionRequested)]
            assert [(e.title, e.choices) for e in another] == [("Call add of the MCP server weather", [])] * 2
            assert len(asked.questions) == 1
