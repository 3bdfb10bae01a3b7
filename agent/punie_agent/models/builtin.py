"""The builtin planner as a pydantic-ai model: it takes the same door as any other model."""

from __future__ import annotations

from typing import Any

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings

from punie_agent.planner import tell_result, write_program

_CANNOT = (
    "The builtin planner has no recipe for this request. It fixes problems that ty and ruff report; "
    "for free prompts configure a model."
)


class BuiltinModel(Model[Any]):
    """Writes programs from recipes for what it recognises, and says so when it does not."""

    @property
    def model_name(self) -> str:
        """The name in usage records."""
        return "builtin"

    @property
    def system(self) -> str:
        """The provider's name."""
        return "punie"

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """One step: the program for a prompt, or the sentence about its result."""
        prompt = _last_prompt(messages)
        last = messages[-1].parts[-1]
        if isinstance(last, ToolReturnPart):
            if isinstance(last.content, dict):
                return _text(tell_result(prompt, last.content["result"]))
            return _text(f"The fix program failed: {_first_line(str(last.content))}")
        code = write_program(prompt)
        if code is None:
            return _text(_CANNOT)
        return ModelResponse(parts=[ToolCallPart("run_code", {"code": code})], model_name=self.model_name)


def _text(text: str) -> ModelResponse:
    return ModelResponse(parts=[TextPart(text)], model_name="builtin")


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "Error" in line), lines[0] if lines else "")


def _last_prompt(messages: list[ModelMessage]) -> str:
    for message in reversed(messages):
        if isinstance(message, ModelRequest):
            for part in reversed(message.parts):
                if isinstance(part, UserPromptPart) and isinstance(part.content, str):
                    return part.content
    return ""
