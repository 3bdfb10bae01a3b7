"""A conversation that is too long for the model is shortened, oldest results first, and stays a conversation."""

from __future__ import annotations

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from punie_agent.history import DROPPED, KEPT_CHARACTERS, fitting


def turn(number: int, size: int) -> list[ModelMessage]:
    call = ToolCallPart("run_code", {"code": str(number)}, tool_call_id=f"c{number}")
    result = ToolReturnPart("run_code", {"result": str(number) * size, "output": ""}, tool_call_id=f"c{number}")
    return [
        ModelRequest(parts=[UserPromptPart(f"Question {number}")]),
        ModelResponse(parts=[call]),
        ModelRequest(parts=[result]),
        ModelResponse(parts=[TextPart(f"Answer {number}")]),
    ]


def results(messages: list[ModelMessage]) -> list[str]:
    return [
        p.model_response_str()
        for m in messages
        if isinstance(m, ModelRequest)
        for p in m.parts
        if isinstance(p, ToolReturnPart)
    ]


def test_what_fits_stays_as_it_is() -> None:
    messages = turn(1, 100) + turn(2, 100)

    assert fitting(messages, 100_000) == messages
    assert fitting(messages, None) == messages


def test_the_oldest_result_is_shortened_first() -> None:
    messages = turn(1, 20_000) + turn(2, 20_000)

    shorter = fitting(messages, 14_000)

    first, second = results(shorter)
    assert first.endswith(DROPPED)
    assert len(first) == KEPT_CHARACTERS + len(DROPPED)
    assert second == results(messages)[1]


def test_prompts_answers_and_calls_are_never_lost() -> None:
    messages = turn(1, 50_000) + turn(2, 50_000) + turn(3, 50_000)

    shorter = fitting(messages, 1_000)

    assert len(shorter) == len(messages)
    kept = [p for m in shorter for p in m.parts if not isinstance(p, ToolReturnPart)]
    assert kept == [p for m in messages for p in m.parts if not isinstance(p, ToolReturnPart)]
    assert all(text.endswith(DROPPED) for text in results(shorter))


def test_the_conversation_itself_is_left_alone() -> None:
    messages = turn(1, 50_000)
    before = results(messages)

    fitting(messages, 1_000)

    assert results(messages) == before
