"""The planner as a model: one step at a time, streamed or not, and declining when it is told to."""

from __future__ import annotations

import pytest
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters

from punie_agent.exceptions import CannotAnswer
from punie_agent.models.builtin import BuiltinModel

PARAMETERS = ModelRequestParameters()


def asked(prompt: str, *contents: object) -> list[ModelMessage]:
    """A conversation: an earlier turn, the prompt, and what its programs gave."""
    messages: list[ModelMessage] = [
        ModelRequest(parts=[UserPromptPart("run the tests")]),
        ModelResponse(parts=[ToolCallPart("run_code", {"code": "1"}, tool_call_id="old")]),
        ModelRequest(parts=[ToolReturnPart("run_code", {"result": {"old": 1}}, tool_call_id="old")]),
        ModelResponse(parts=[TextPart("Done.")]),
        ModelRequest(parts=[UserPromptPart(prompt)]),
    ]
    for number, content in enumerate(contents):
        key = f"call-{number}"
        messages.append(ModelResponse(parts=[ToolCallPart("run_code", {"code": "1"}, tool_call_id=key)]))
        messages.append(ModelRequest(parts=[ToolReturnPart("run_code", content, tool_call_id=key)]))
    return messages


async def said(messages: list[ModelMessage]) -> str:
    part = (await BuiltinModel().request(messages, None, PARAMETERS)).parts[0]
    assert isinstance(part, TextPart)
    return part.content


async def test_a_prompt_gives_a_program() -> None:
    part = (await BuiltinModel().request(asked("find references to Cart"), None, PARAMETERS)).parts[0]

    assert isinstance(part, ToolCallPart)
    assert part.tool_name == "run_code"
    code = part.args_as_dict()["code"]
    assert code.startswith("symbol = 'Cart'\n")


async def test_its_result_gives_the_answer() -> None:
    result = {"state": "clean", "reason": "", "places": [], "total": 0, "candidates": []}

    assert await said(asked("where is Cart defined?", {"result": result})) == "ty knows no definition of `Cart`."


async def test_a_failed_program_is_told_in_one_sentence() -> None:
    text = "Traceback:\n  line 1\nTimeoutError: it took too long"

    answer = await said(asked("where is Cart defined?", text))

    assert answer == "The program failed: TimeoutError: it took too long."


async def test_a_result_that_was_cut_is_told() -> None:
    answer = await said(asked("where is Cart defined?", {"result": "{...", "note": "The result was cut"}))

    assert answer.startswith("The answer is longer than a turn can hold.")


@pytest.mark.parametrize("prompt", ["What is dependency injection?", "", "write a poem"])
async def test_what_it_cannot_do_is_said_with_the_way_out(prompt: str) -> None:
    answer = await said(asked(prompt))

    assert answer.startswith("The builtin planner has no recipe for this request. ")
    assert '`model = "local"`' in answer
    assert "docs/models.md" in answer


@pytest.mark.parametrize("prompt", ["What is dependency injection?", "change Cart to Basket", "fix it"])
async def test_it_declines_for_another_model(prompt: str) -> None:
    with pytest.raises(CannotAnswer):
        await BuiltinModel(decline=True).request(asked(prompt), None, PARAMETERS)


async def test_it_declines_when_streaming_too() -> None:
    with pytest.raises(CannotAnswer):
        async with BuiltinModel(decline=True).request_stream(asked("write a poem"), None, PARAMETERS):
            raise AssertionError


async def test_what_it_knows_it_does_not_decline() -> None:
    part = (await BuiltinModel(decline=True).request(asked("run the tests"), None, PARAMETERS)).parts[0]

    assert isinstance(part, ToolCallPart)


async def test_an_answer_is_streamed_in_pieces() -> None:
    pieces: list[str] = []
    async with BuiltinModel().request_stream(asked("what can you do?"), None, PARAMETERS) as stream:
        async for event in stream:
            if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
                pieces.append(event.part.content)
            elif isinstance(event, PartDeltaEvent):
                pieces.append(getattr(event.delta, "content_delta", ""))
        whole = stream.get()

    assert len(pieces) > 1
    assert "".join(pieces) == await said(asked("what can you do?"))
    assert whole.parts == [TextPart("".join(pieces))]
    assert whole.model_name == "builtin"


async def test_a_program_is_streamed_whole() -> None:
    async with BuiltinModel().request_stream(asked("run the tests"), None, PARAMETERS) as stream:
        async for _ in stream:
            pass
        part = stream.get().parts[0]

    assert isinstance(part, ToolCallPart)
    assert "pytest_run(" in part.args_as_dict()["code"]
