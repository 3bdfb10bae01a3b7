"""Several models in order: the next one is asked when one cannot answer. A turn stays with the model that began it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
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

# In the metadata of answers: which member gave them, and which adapter of the registry that was, if one.
ANSWERED_BY = "punie_model"
ADAPTER = "punie_adapter"

# Opens a model; what it needs while it is open goes onto the stack.
OpenMember = Callable[[AsyncExitStack], Awaitable[ModelChoice]]


@dataclass
class _Opened:
    """A model that is open, and how many answers are being made with it."""

    choice: ModelChoice
    stack: AsyncExitStack
    users: int = 0


class Member:
    """One model of the list, opened when it is first needed, and again after it was not there."""

    def __init__(self, name: str, opener: OpenMember) -> None:
        self.name = name
        self._opener = opener
        self._opened: _Opened | None = None
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def use(self, session: str) -> AsyncGenerator[ModelChoice]:
        """The model for an answer to a session. Raises ModelError when it cannot be had."""
        async with self._opening:
            opened = await self._current()
            opened.users += 1
        try:
            yield opened.choice.of(session)
        finally:
            opened.users -= 1
            if opened is not self._opened and not opened.users:
                await opened.stack.aclose()

    async def close(self) -> None:
        """Give back what it needs, once no answer needs it any more; it is looked for anew the next time."""
        opened, self._opened = self._opened, None
        if opened is not None and not opened.users:
            await opened.stack.aclose()

    async def _current(self) -> _Opened:
        """What is open, or opened now: anew when it is outdated, with a server that both use kept."""
        if self._opened is None:
            self._opened = await self._open()
        elif await self._opened.choice.is_outdated():
            before = self._opened
            try:
                self._opened = None
                self._opened = await self._open()
            finally:
                if not before.users:
                    await before.stack.aclose()
        return self._opened

    async def _open(self) -> _Opened:
        stack = AsyncExitStack()
        try:
            return _Opened(await self._opener(stack), stack)
        except BaseException:
            await stack.aclose()
            raise


class FallbackModel(Model[Any]):
    """Asks the members in order.

    Args:
        members: the models.
        on_note: gets a sentence when a model that should have answered could not.
        session: whose requests these are, for members that do not give all sessions the same model.
    """

    def __init__(self, members: Sequence[Member], on_note: Callable[[str], None], session: str = "") -> None:
        super().__init__()
        self._members = list(members)
        self._on_note = on_note
        self._session = session

    def of(self, session: str) -> FallbackModel:
        """The same members for another session."""
        return FallbackModel(self._members, self._on_note, session)

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
                    choice = await stack.enter_async_context(member.use(self._session))
                    prepared = choice.model.prepare_messages(messages, model_request_parameters)
                    settings = merge_model_settings(choice.settings, model_settings)
                    stream = await stack.enter_async_context(
                        choice.model.request_stream(prepared, settings, model_request_parameters, run_context)
                    )
                    await _wait_for_first(stream)
                except ModelError as error:
                    failures.append(error)
                else:
                    known = {ANSWERED_BY: member.name} | ({ADAPTER: choice.adapter} if choice.adapter else {})
                    stream.metadata = {**(stream.metadata or {}), **known}
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


def answering_adapter(messages: Sequence[ModelMessage]) -> str:
    """The adapter of the registry that answered last, since the last prompt; empty when none did."""
    for message in reversed(messages):
        if isinstance(message, ModelRequest) and any(isinstance(part, UserPromptPart) for part in message.parts):
            return ""
        if isinstance(message, ModelResponse) and (name := (message.metadata or {}).get(ADAPTER)):
            return str(name)
    return ""


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
