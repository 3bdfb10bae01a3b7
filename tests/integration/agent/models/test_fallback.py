"""Several models in order: who is asked, who stays, and what the user is told."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, DeltaToolCalls, FunctionModel
from pydantic_ai.settings import ModelSettings

from punie_agent.exceptions import CannotAnswer, ModelError
from punie_agent.models.choice import ModelChoice
from punie_agent.models.fallback import ANSWERED_BY, FallbackModel, Member, began_by
from tests.integration.agent.models.conftest import ask
from tests.model_server import ModelServer, call, say


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def dead() -> str:
    return f"http://127.0.0.1:{closed_port()}/v1#gone"


async def test_a_server_that_is_down_is_passed_over_with_a_note(opened) -> None:
    notes: list[str] = []
    down = dead()
    with ModelServer(say("Three.")) as server:
        turn = await ask(await opened([down, server.spec], on_note=notes.append))

    assert turn.output == "Three."
    assert turn.shown == "Three."
    assert notes == [
        f"Nothing listens at {down[7:].partition('/')[0]}, so gone was not asked: start the model server, or choose "
        f"another model; see: punie-ls models. Asking {server.spec} instead."
    ]


async def test_the_first_that_answers_does(opened) -> None:
    with ModelServer(say("First.")) as first, ModelServer(say("Second.")) as second:
        turn = await ask(await opened([first.spec, second.spec]))

        assert second.chats == []
    assert turn.output == "First."
    assert turn.messages[-1].metadata == {ANSWERED_BY: first.spec}


async def test_a_setting_with_commas(opened) -> None:
    with ModelServer(say("Three.")) as server:
        turn = await ask(await opened(f"{dead()}, {server.spec}"))

    assert turn.output == "Three."


async def test_each_model_gets_its_own_sampling(opened) -> None:
    broken = say("no", status=500)
    with (
        ModelServer(broken, models=["gpt-oss-20b"]) as first,
        ModelServer(say("Three."), models=["qwen3-coder"]) as second,
    ):
        await ask(await opened([first.spec, second.spec]))

    assert [server.chats[0].body["temperature"] for server in (first, second)] == [1.0, 0.0]


async def test_an_empty_answer_is_passed_over(opened) -> None:
    with ModelServer(say("")) as first, ModelServer(say("Second.")) as second:
        turn = await ask(await opened([first.spec, second.spec]))

    assert turn.output == "Second."


async def test_a_turn_stays_with_the_model_that_called_tools(opened) -> None:
    notes: list[str] = []
    with (
        ModelServer(call("run_code", code="1"), say("no", status=500)) as first,
        ModelServer(say("Second.")) as second,
    ):
        choice = await opened([first.spec, second.spec], on_note=notes.append)
        with pytest.raises(ModelError, match="failed with an error of its own"):
            await ask(choice)

        assert second.chats == []
    assert notes == []


async def test_the_next_turn_is_free_again(opened) -> None:
    with (
        ModelServer(call("run_code", code="1"), say("First."), say("no", status=500)) as first,
        ModelServer(say("Second.")) as second,
    ):
        choice = await opened([first.spec, second.spec])
        turn = await ask(choice)
        again = await ask(choice, "And now?", history=turn.messages)

    assert (turn.output, again.output) == ("First.", "Second.")


async def test_what_breaks_after_its_beginning_is_not_asked_elsewhere(opened) -> None:
    with ModelServer(say("abcdefgh" * 20, cut=9)) as first, ModelServer(say("Second.")) as second:
        with pytest.raises(ModelError, match="broke off in the middle"):
            await ask(await opened([first.spec, second.spec]))

        assert second.chats == []


async def test_none_can_answer(opened) -> None:
    first, second = dead(), dead()

    with pytest.raises(ModelError) as caught:
        await ask(await opened([first, second]))

    assert str(caught.value).count("Nothing listens at") == 2


async def test_a_server_that_comes_back_is_asked_in_the_next_turn(opened) -> None:
    port = closed_port()
    with ModelServer(say("Second."), say("Second again.")) as second:
        choice = await opened([f"http://127.0.0.1:{port}/v1", second.spec])
        turn = await ask(choice)
        with ModelServer(say("First."), port=port):
            again = await ask(choice)

    assert (turn.output, again.output) == ("Second.", "First.")


async def declining(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str | DeltaToolCalls]:
    """A planner with one recipe."""
    prompt = next(p.content for m in messages for p in m.parts if isinstance(p, UserPromptPart))
    if prompt != "fix it":
        raise CannotAnswer("The planner has no recipe for this request.")
    if isinstance(messages[-1], ModelRequest) and len(messages) > 1:
        yield "Fixed."
    else:
        yield {0: DeltaToolCall("run_code", '{"code": "fix()"}')}


def planner_then(server_choice: ModelChoice, notes: list[str]) -> ModelChoice:
    async def planner(stack: AsyncExitStack) -> ModelChoice:
        return ModelChoice(FunctionModel(stream_function=declining), "planner", ModelSettings())

    async def server(stack: AsyncExitStack) -> ModelChoice:
        return server_choice

    model = FallbackModel([Member("planner", planner), Member("server", server)], notes.append)
    return ModelChoice(model, "planner, then server", ModelSettings())


async def test_the_planner_answers_what_it_has_a_recipe_for_and_the_model_the_rest(opened) -> None:
    notes: list[str] = []
    with ModelServer(say("Hello.")) as server:
        choice = planner_then(await opened(server.spec), notes)
        fixed = await ask(choice, "fix it")
        hello = await ask(choice, "hello")

    assert (fixed.programs, fixed.output) == (["fix()"], "Fixed.")
    assert hello.output == "Hello."
    assert notes == []


async def test_a_planner_without_a_recipe_is_no_reason(opened) -> None:
    choice = planner_then(await opened(dead()), [])

    with pytest.raises(ModelError, match=r"^Nothing listens at 127\.0\.0\.1:\d+, so gone was not asked"):
        await ask(choice, "hello")


def test_who_began_a_turn() -> None:
    prompt = ModelRequest(parts=[UserPromptPart("x")])
    tools = ModelResponse(parts=[ToolCallPart("run_code", {})], metadata={ANSWERED_BY: "local"})
    words = ModelResponse(parts=[TextPart("hi")], metadata={ANSWERED_BY: "local"})

    assert began_by([prompt, tools, ModelRequest(parts=[])]) == "local"
    assert began_by([prompt, words]) is None
    assert began_by([prompt, tools, ModelRequest(parts=[]), words, prompt]) is None
    assert began_by([]) is None


async def test_the_builtin_planner_goes_first(opened) -> None:
    notes: list[str] = []
    with ModelServer(say("A structural type.")) as server:
        choice = await opened(["builtin", server.spec], on_note=notes.append)
        program = await ask(choice, "Find references to Cart")
        words = await ask(choice, "Write me a poem about the sea")

    assert choice.tool_style == "code"
    assert len(program.programs) == 1
    assert "find_references" in program.programs[0]
    assert words.output == "A structural type."
    assert len(server.chats) == 1
    assert notes == []


async def test_what_is_outdated_stays_open_for_the_answer_that_is_being_made() -> None:
    meant, closed = ["first"], []

    async def opener(stack: AsyncExitStack) -> ModelChoice:
        name = meant[0]

        async def is_current() -> bool:
            return meant[0] == name

        stack.callback(closed.append, name)
        model = FunctionModel(stream_function=declining)
        return ModelChoice(model, name, ModelSettings(), is_current=is_current)

    member = Member("adapter", opener)
    async with member.use("a") as before:
        meant[0] = "second"
        async with member.use("b") as after:
            assert (before.name, after.name, closed) == ("first", "second", [])
    assert closed == ["first"]

    await member.close()
    assert closed == ["first", "second"]
