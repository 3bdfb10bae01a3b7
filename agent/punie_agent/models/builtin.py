"""The builtin planner as a pydantic-ai model: it takes the same door as any other model."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.settings import ModelSettings

from punie_agent.exceptions import CannotAnswer
from punie_agent.models.ready import ReadyStream
from punie_agent.models.so_far import so_far
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
        yield ReadyStream(model_request_parameters, self._part(messages), NAME)

    def _part(self, messages: list[ModelMessage]) -> TextPart | ToolCallPart:
        prompt, results = so_far(messages)
        step = next_step(prompt, results)
        if self._decline and (step is None or (isinstance(step, Answer) and step.asks)):
            raise CannotAnswer("The builtin planner has no recipe for this request.")
        if step is None:
            return TextPart(cannot(prompt))
        return ToolCallPart("run_code", {"code": step.code}) if isinstance(step, Program) else TextPart(step.text)
