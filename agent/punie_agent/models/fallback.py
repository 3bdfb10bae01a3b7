"""Several models in order: the next one is asked when one cannot answer. A turn stays with the model that began it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ModelResponseStreamEvent,
    ToolCallPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.settings import ModelSettings, merge_model_settings

from punie_agent.exceptions import CannotAnswer, ModelError, ModelUnavailable
from punie_agent.models.choice import ModelChoice

# In the metadata of answers: which member gave them.
ANSWERED_BY = "punie_model"

# Opens a model; what it needs while it is open goes onto the stack.
OpenMember = Callable[[AsyncExitStack], Awaitable[ModelChoice]]


class Member:
    """One model of the list, opened when it is first needed, and again after it was not there."""

    def __init__(self, name: str, opener: OpenMember) -> None:
        self.name = name
        self._opener = opener
        self._choice: ModelChoice | None = None
        self._stack = AsyncExitStack()

    async def choice(self) -> ModelChoice:
        """The model. Raises ModelError when it cannot be had."""
        if self._choice is None:
            self._choice = await self._opener(self._stack)
        return self._choice

    async def close(self) -> None:
        """Give back what it needs; it is looked for anew the next time."""
        self._choice = None
        stack, self._stack = self._stack, AsyncExitStack()
        await stack.aclose()


class FallbackModel(Model[Any]):
    """Asks the members in order.

    Args:
        members: the models.
        on_note: gets a sentence when a model that should have answered could not.
    """

    def __init__(self, members: Sequence[Member], on_note: Callable[[str], None]) -> None:
        super().__init__()
        self._members = list(members)
        self._on_note = on_note

    @property
    def model_name(self) -> str:
        """The names of all."""
        return ", ".join(member.name for member in self._members)

    @property
    def system(self) -> str:
        """The provider's name."""
        return "punie"

    def prepare_request(
        self, model_settings: ModelSettings | None, model_request_parameters: ModelRequestParameters
    ) -> tuple[ModelSettings | None, ModelRequestParameters]:
        """Left to the member that is asked."""
        return model_settings, model_request_parameters

    def prepare_messages(
        self, messages: list[ModelMessage], model_request_parameters: ModelRequestParameters | None = None
    ) -> list[ModelMessage]:
        """Left to the member that is asked."""
        return messages

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """The answer of the first member that has one."""
        async with self.request_stream(messages, model_settings, model_request_parameters) as stream:
            async for _ in stream:
                pass
        return stream.get()

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The answer of the first member that begins one."""
        members = self._may_answer(messages)
        failures: list[ModelError] = []
        for position, member in enumerate(members):
            async with AsyncExitStack() as stack:
                try:
                    choice = await member.choice()
                    prepared = choice.model.prepare_messages(messages, model_request_parameters)
                    settings = merge_model_settings(choice.settings, model_settings)
                    stream = await stack.enter_async_context(
                        choice.model.request_stream(prepared, settings, model_request_parameters, run_context)
                    )
                    await _wait_for_first(stream)
                except ModelError as error:
                    failures.append(error)
                else:
                    stream.metadata = {**(stream.metadata or {}), ANSWERED_BY: member.name}
                    yield stream
                    return
            await self._pass_on(failures[-1], member, members[position + 1 :])
        raise _all_failed(failures)

    def _may_answer(self, messages: Sequence[ModelMessage]) -> list[Member]:
        """The members to ask: all, or only the one that has called tools in this turn."""
        begun = began_by(messages)
        same = [member for member in self._members if member.name == begun]
        return same or self._members

    async def _pass_on(self, error: ModelError, member: Member, rest: Sequence[Member]) -> None:
        if isinstance(error, ModelUnavailable):
            await member.close()
        if rest and not isinstance(error, CannotAnswer):
            self._on_note(f"{error} Asking {rest[0].name} instead.")


def began_by(messages: Sequence[ModelMessage]) -> str | None:
    """The member whose answer called tools since the last prompt; None when none did."""
    for message in reversed(messages):
        if isinstance(message, ModelRequest) and any(isinstance(part, UserPromptPart) for part in message.parts):
            return None
        if isinstance(message, ModelResponse) and any(isinstance(part, ToolCallPart) for part in message.parts):
            name = (message.metadata or {}).get(ANSWERED_BY)
            return str(name) if name else None
    return None


def _all_failed(failures: Sequence[ModelError]) -> ModelError:
    # Why the ones that should have answered could not; that a planner has no recipe is no reason.
    reasons = [error for error in failures if not isinstance(error, CannotAnswer)] or list(failures)
    if len(reasons) == 1:
        return reasons[0]
    return ModelUnavailable(" ".join(str(error) for error in reasons))


async def _wait_for_first(stream: StreamedResponse) -> None:
    """Have the stream begin, so that what fails before it fails here; its events stay as they are."""
    events = aiter(stream)
    try:
        first = await anext(events)
    except StopAsyncIteration:
        return
    # `StreamedResponse.__aiter__` hands out what is kept there.
    stream._event_iterator = _with_first(first, events)


async def _with_first(
    first: ModelResponseStreamEvent, rest: AsyncIterator[ModelResponseStreamEvent]
) -> AsyncIterator[ModelResponseStreamEvent]:
    yield first
    async for event in rest:
        yield event
