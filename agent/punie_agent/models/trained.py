"""A model that was trained for Punie as pydantic-ai's: one short request, one program, and its value in words.

Earlier turns, the stubs of the tools and the project's instructions are not sent: it never saw any in training.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from punie_agent.exceptions import BrokenAnswer
from punie_agent.models.failures import Endpoint, cut_off
from punie_agent.models.reading import RUN_CODE
from punie_agent.models.ready import ReadyStream
from punie_agent.models.result_words import in_words
from punie_agent.models.single_turn import fitting_query, is_cut, most_query, read_answer, request_of
from punie_agent.models.so_far import PROGRAM_FAILED, so_far
from punie_agent.planner.telling import for_people
from punie_agent.requests import parse_fix_request


class TrainedModel(WrapperModel):
    """A trained model, asked once in a turn.

    Args:
        wrapped: asks its server, and explains what fails.
        endpoint: who it is, for messages.
    """

    def __init__(self, wrapped: Model[Any], endpoint: Endpoint) -> None:
        super().__init__(wrapped)
        self.endpoint = endpoint

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """The program for a prompt, or words; after the program, its value in words. Raises ModelError."""
        part, used = await self._step(messages, model_settings, model_request_parameters)
        return ModelResponse(parts=[part], model_name=self.model_name, usage=used)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The same; an answer is read when it is whole, since only then it is known to be a program."""
        part, used = await self._step(messages, model_settings, model_request_parameters)
        yield ReadyStream(model_request_parameters, part, self.model_name, used)

    def prepare_messages(
        self, messages: list[ModelMessage], model_request_parameters: ModelRequestParameters | None = None
    ) -> list[ModelMessage]:
        """Left as they are: what is sent is made of the last prompt alone."""
        return messages

    def prepare_request(
        self, model_settings: ModelSettings | None, model_request_parameters: ModelRequestParameters
    ) -> tuple[ModelSettings | None, ModelRequestParameters]:
        """Left as it is, for the same reason."""
        return model_settings, model_request_parameters

    async def _step(
        self, messages: list[ModelMessage], settings: ModelSettings | None, parameters: ModelRequestParameters
    ) -> tuple[TextPart | ToolCallPart, RequestUsage]:
        prompt, results = so_far(messages)
        if results:
            return self._told(prompt, results[-1]), RequestUsage()
        query = fitting_query(prompt, most_query(self.endpoint.context_length))
        response = await self.wrapped.request(request_of(query), settings, ModelRequestParameters())
        text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
        if response.finish_reason == "length" and is_cut(text):
            raise cut_off(self.endpoint)
        runs = any(tool.name == RUN_CODE for tool in parameters.function_tools)
        return read_answer(text, self.endpoint.who, runs=runs), response.usage

    def _told(self, prompt: str, result: object) -> TextPart:
        """A program's value in words. Raises BrokenAnswer for a program that failed: it is not asked for another."""
        why = str(result.get("error", "")) if isinstance(result, Mapping) else ""
        if why.startswith(PROGRAM_FAILED):
            failure = for_people(why.removeprefix(PROGRAM_FAILED))
            raise BrokenAnswer(f"The program of {self.endpoint.who} failed: {failure} Ask in other words.")
        return TextPart(in_words(result, parse_fix_request(prompt)))
