"""The builtin planner as a pydantic-ai model: it takes the same door as any other model."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ModelResponseStreamEvent,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.settings import ModelSettings

from punie_agent.exceptions import CannotAnswer
from punie_agent.planner.planning import cannot, next_step
from punie_agent.planner.recipe import Answer, Program

NAME = "builtin"


class BuiltinModel(Model[Any]):
    """Writes programs from recipes for what it recognises, and says so when it does not.

    Args:
        decline: raise CannotAnswer for what it does not recognise or would ask back, so that another model is asked.
    """

    def __init__(self, *, decline: bool = False) -> None:
        super().__init__()
        self._decline = decline

    @property
    def model_name(self) -> str:
        """The name in usage records."""
        return NAME

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
        """One step: the next program for a prompt, or the answer. Raises CannotAnswer when told to decline."""
        return ModelResponse(parts=[self._part(messages)], model_name=NAME)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The same step, with the answer in pieces."""
        yield _Stream(model_request_parameters, self._part(messages))

    def _part(self, messages: list[ModelMessage]) -> TextPart | ToolCallPart:
        prompt, results = _turn(messages)
        step = next_step(prompt, results)
        if self._decline and (step is None or (isinstance(step, Answer) and step.asks)):
            raise CannotAnswer("The builtin planner has no recipe for this request.")
        if step is None:
            return TextPart(cannot(prompt))
        return ToolCallPart("run_code", {"code": step.code}) if isinstance(step, Program) else TextPart(step.text)


@dataclass
class _Stream(StreamedResponse):
    """A response that is there already, as a stream: text comes paragraph by paragraph."""

    part: TextPart | ToolCallPart
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def _get_event_iterator(self) -> AsyncIterator[ModelResponseStreamEvent]:
        if isinstance(self.part, ToolCallPart):
            yield self._parts_manager.handle_part(vendor_part_id="program", part=self.part)
            return
        for piece in _paragraphs(self.part.content):
            for event in self._parts_manager.handle_text_delta(vendor_part_id="answer", content=piece):
                yield event

    async def close_stream(self) -> None:
        """Nothing is open."""

    @property
    def model_name(self) -> str:
        """As in the model."""
        return NAME

    @property
    def provider_name(self) -> str:
        """As in the model."""
        return "punie"

    @property
    def provider_url(self) -> None:
        """There is no server."""

    @property
    def timestamp(self) -> datetime:
        """When the step was made."""
        return self.started


def _paragraphs(text: str) -> list[str]:
    parts = text.split("\n\n")
    return [f"{part}\n\n" for part in parts[:-1]] + parts[-1:]


def _turn(messages: list[ModelMessage]) -> tuple[str, list[Any]]:
    """The last prompt, and the values of the programs since, oldest first."""
    results: list[Any] = []
    for message in reversed(messages):
        if not isinstance(message, ModelRequest):
            continue
        for part in reversed(message.parts):
            if isinstance(part, UserPromptPart):
                return _words(part), results[::-1]
            if isinstance(part, ToolReturnPart):
                results.append(_value(part.content))
    return "", results[::-1]


def _words(part: UserPromptPart) -> str:
    if isinstance(part.content, str):
        return part.content
    return "\n".join(
        str(getattr(item, "content", item)) for item in part.content if isinstance(item, str) or _is_text(item)
    )


def _is_text(item: object) -> bool:
    return isinstance(getattr(item, "content", None), str)


def _value(content: object) -> Any:  # noqa: ANN401 - a program's value
    if not isinstance(content, Mapping) or "result" not in content:
        return _failure(str(content))
    if content.get("note"):
        return {
            "error": "The answer is longer than a turn can hold. Ask for a smaller part, such as one file or folder."
        }
    return content["result"]


def _failure(text: str) -> dict[str, str]:
    """A program that failed: the line that says why."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    why = next(
        (line for line in reversed(lines) if "Error" in line or "error[" in line),
        lines[0] if lines else "no reason was given",
    )
    return {"error": f"The program failed: {why}"}
