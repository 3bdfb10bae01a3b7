"""Deadlines and bounds of one answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from pydantic_ai.messages import (
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPartDelta,
)

from punie_agent.models.failures import Endpoint, endless, slow
from punie_agent.models.limits import ModelOptions


async def guarded(
    events: AsyncIterator[ModelResponseStreamEvent], endpoint: Endpoint, options: ModelOptions, deadline: float
) -> AsyncIterator[ModelResponseStreamEvent]:
    """The events of an answer. Raises ModelUnavailable when one takes too long, BrokenAnswer when they do not end.

    Args:
        events: as they come.
        endpoint: for the messages.
        options: the bounds.
        deadline: of the first event, in the loop's time.
    """
    loop = asyncio.get_running_loop()
    size, begun = 0, False
    while True:
        if begun:
            deadline = loop.time() + options.between_tokens_seconds
        timer = asyncio.timeout_at(deadline)
        try:
            async with timer:
                event = await anext(events)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            if not timer.expired():
                raise
            seconds = options.between_tokens_seconds if begun else options.first_token_seconds
            raise slow(endpoint, seconds, begun=begun) from error
        begun = True
        size += _size(event)
        if size > options.max_answer_bytes:
            raise endless(endpoint, options.max_answer_bytes)
        yield event


def _size(event: ModelResponseStreamEvent) -> int:
    match event:
        case PartStartEvent(part=TextPart(content=text) | ThinkingPart(content=text)):
            return len(text)
        case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            return len(text)
        case PartDeltaEvent(delta=ThinkingPartDelta(content_delta=str() as text)):
            return len(text)
        case PartDeltaEvent(delta=ToolCallPartDelta(args_delta=str() as text)):
            return len(text)
        case _:
            return 0
