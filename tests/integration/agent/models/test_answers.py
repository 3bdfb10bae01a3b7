"""Answers of a model server, through pydantic-ai and the real client: text, thoughts, programs, calls."""

from __future__ import annotations

import asyncio
import json

import pytest
from pydantic_ai import Agent
from pydantic_ai.messages import ModelResponse

from punie_semantic.settings import Settings
from tests.integration.agent.models.conftest import ask, until
from tests.model_server import Call, ModelServer, Reply, call, say

CHECK = "typecheck('src')"


async def test_an_answer_in_words_is_streamed(opened) -> None:
    with ModelServer(say("It has three uses.")) as server:
        turn = await ask(await opened(server.spec))

    assert turn.shown == turn.output == "It has three uses."
    assert server.chats[0].body["stream"] is True


async def test_a_real_call_runs_the_program(opened) -> None:
    with ModelServer(call("run_code", code=CHECK), say("Three.")) as server:
        turn = await ask(await opened(server.spec))

    assert turn.programs == [CHECK]
    assert turn.output == "Three."
    assert server.chats[1].body["messages"][-1] == {"role": "tool", "tool_call_id": "call-1-0", "content": "3"}


async def test_an_answer_that_is_not_streamed_is_read_the_same(opened) -> None:
    programs: list[str] = []
    with ModelServer(say(f"I look.\n```python\n{CHECK}\n```"), say("Three.")) as server:
        choice = await opened(server.spec)
        agent: Agent[None, str] = Agent(choice.model, model_settings=choice.settings)

        @agent.tool_plain
        def run_code(code: str) -> str:
            """Run a program."""
            programs.append(code)
            return "3"

        result = await agent.run("How many?")

    assert programs == [CHECK]
    assert result.output == "Three."


async def test_a_fenced_program_runs_and_is_never_shown(opened) -> None:
    with ModelServer(say(f"I look.\n```python\n{CHECK}\n```\nIt says 7."), say("Three.")) as server:
        turn = await ask(await opened(server.spec))

    assert turn.programs == [CHECK]
    assert turn.shown == "I look.\nThree."
    assert turn.output == "Three."


async def test_thoughts_are_told_apart(opened) -> None:
    with ModelServer(Reply(thinking="Let me see.", text="Three.")) as server:
        turn = await ask(await opened(server.spec))

    assert turn.thought == "Let me see."
    assert turn.shown == "Three."


async def test_thoughts_in_the_text_are_told_apart(opened) -> None:
    with ModelServer(say("<think>Let me see.</think>\n\nThree.", size=5)) as server:
        turn = await ask(await opened(server.spec))

    assert turn.thought == "Let me see."
    assert turn.shown.strip() == "Three."


@pytest.mark.parametrize("name", ["python", "execute", "code_interpreter", "functions.run_code", "run-code"])
async def test_a_wrong_name_of_the_program_tool_is_put_right(opened, name: str) -> None:
    with ModelServer(Reply(calls=(Call(name, {"code": CHECK}),)), say("Three.")) as server:
        turn = await ask(await opened(server.spec))

    assert turn.programs == [CHECK]


async def test_a_tool_called_instead_of_a_program_becomes_one(opened) -> None:
    with ModelServer(call("find_references", symbol="Cart", limit=5), say("Three.")) as server:
        turn = await ask(await opened(server.spec))

    assert turn.programs == ["find_references(symbol='Cart', limit=5)"]


@pytest.mark.parametrize(
    "arguments",
    [
        "{'code': \"typecheck('src')\"}",
        '{"code": "typecheck(\'src\')",}',
        '{"code": "typecheck(\'src\')"',
        "typecheck('src')",
        '{"program": "typecheck(\'src\')"}',
        '"{\\"code\\": \\"typecheck(\'src\')\\"}"',
    ],
)
async def test_broken_arguments_are_repaired_where_that_is_certain(opened, arguments: str) -> None:
    with ModelServer(Reply(calls=(Call("run_code", arguments),)), say("Three.")) as server:
        turn = await ask(await opened(server.spec))

    assert turn.programs == [CHECK]


async def test_arguments_beyond_repair_are_told_to_the_model(opened) -> None:
    with ModelServer(Reply(calls=(Call("run_code", '{"code": [1, {'),)), say("I give up.")) as server:
        turn = await ask(await opened(server.spec))

    assert turn.programs == []
    assert turn.output == "I give up."
    assert "code" in json.dumps(server.chats[1].body["messages"][-1])


async def test_an_unknown_tool_is_told_to_the_model(opened) -> None:
    with ModelServer(call("weather", city="Bonn"), say("I cannot.")) as server:
        turn = await ask(await opened(server.spec))

    assert turn.output == "I cannot."
    assert "weather" in json.dumps(server.chats[1].body["messages"][-1])


async def test_two_calls_of_one_answer_are_both_made(opened) -> None:
    calls = (Call("run_code", {"code": "typecheck('a')"}), Call("run_code", {"code": "typecheck('b')"}))
    with ModelServer(Reply(calls=calls), say("Three.")) as server:
        turn = await ask(await opened(server.spec))

    assert sorted(turn.programs) == ["typecheck('a')", "typecheck('b')"]


async def test_json_style_calls_tools_one_by_one(opened) -> None:
    answer = '<tool_call>{"name": "find_references", "arguments": {"symbol": "Cart"}}</tool_call>'
    with ModelServer(say(answer), say("Three.")) as server:
        choice = await opened(server.spec, Settings(tool_style="json"))
        turn = await ask(choice)

    assert choice.tool_style == "json"
    assert turn.calls == [("find_references", {"symbol": "Cart"})]
    assert turn.shown == "Three."


async def test_usage_is_counted(opened) -> None:
    with ModelServer(say("Three.", usage=(120, 7))) as server:
        turn = await ask(await opened(server.spec))

    answer = turn.messages[-1]
    assert isinstance(answer, ModelResponse)
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (120, 7)


async def test_keepalive_comments_are_no_part_of_the_answer(opened) -> None:
    with ModelServer(say("Three.", keepalive=True)) as server:
        turn = await ask(await opened(server.spec))

    assert turn.output == "Three."


async def test_what_a_family_needs_is_sent(opened) -> None:
    with ModelServer(say("Three."), models=[{"id": "qwen3-coder-30b", "max_model_len": 32768}]) as server:
        choice = await opened(server.spec)
        await ask(choice)

    body = server.chats[0].body
    assert choice.context_length == 32768
    assert (body["temperature"], body["max_tokens"]) == (0.0, 4096)
    assert "<|im_end|>" in body["stop"]
    assert "strict" not in body["tools"][0]["function"]


async def test_cancelling_closes_the_connection(opened) -> None:
    with ModelServer(say("Three.", hold=1)) as server:
        task = asyncio.create_task(ask(await opened(server.spec)))
        await asyncio.to_thread(server.wait_for)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: server.chats[0].left)

    assert task.cancelled()


async def test_a_key_is_sent_only_where_it_was_given(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    with ModelServer(say("Three."), key="s3cret") as server:
        choice = await opened(server.spec.replace("http://", "http://:s3cret@"))
        turn = await ask(choice)

    assert turn.output == "Three."
    assert "s3cret" not in choice.name
    assert all("somebody" not in json.dumps(request.headers) for request in server.requests)
