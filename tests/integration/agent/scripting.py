"""Models whose answers are written out: what a real one would stream, from functions."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable

from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel

Answer = Callable[[list[ModelMessage]], ModelResponse | Awaitable[ModelResponse]]


def answering(answer: Answer) -> FunctionModel:
    """A model that answers with what a function gives, streamed in pieces."""

    async def stream(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str | dict[int, DeltaToolCall]]:
        found = answer(messages)
        response = found if isinstance(found, ModelResponse) else await found
        for index, part in enumerate(response.parts):
            if isinstance(part, TextPart):
                for start in range(0, len(part.content), 7):
                    yield part.content[start : start + 7]
            elif isinstance(part, ToolCallPart):
                arguments = part.args if isinstance(part.args, str) else json.dumps(part.args)
                yield {index: DeltaToolCall(part.tool_name, arguments, tool_call_id=part.tool_call_id)}

    return FunctionModel(stream_function=stream)


def scripted(*programs: str, says: str = "Done.") -> FunctionModel:
    """A model that runs programs one after the other, and then says something."""
    left = list(programs)

    def answer(messages: list[ModelMessage]) -> ModelResponse:
        if left:
            return ModelResponse(parts=[ToolCallPart("run_code", {"code": left.pop(0)})])
        return ModelResponse(parts=[TextPart(says)])

    return answering(answer)
