"""From pydantic-ai's stream to ours: text and thoughts as they come, and what was used."""

from __future__ import annotations

from collections.abc import Callable

from pydantic_ai.messages import (
    AgentStreamEvent,
    ModelMessage,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
)
from pydantic_ai.usage import RunUsage

from punie_agent.events import Event, Text, Thought, Usage

Emit = Callable[[Event], None]


class Stream:
    """One turn's stream. `text` is all that was said after the last tool call."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._message = 0
        self.text = ""

    def take(self, event: AgentStreamEvent) -> None:
        """Pass on what is for listeners."""
        match event:
            case PartStartEvent(part=TextPart(content=text)):
                self._message += 1
                self._say(text, fresh=True)
            case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
                self._say(text)
            case PartStartEvent(part=ThinkingPart(content=text)):
                self._message += 1
                self._think(text)
            case PartDeltaEvent(delta=ThinkingPartDelta(content_delta=text)):
                self._think(text or "")
            case _:
                pass

    def _say(self, text: str, *, fresh: bool = False) -> None:
        self.text = text if fresh else self.text + text
        if text:
            self._emit(Text(text=text, message=self._message))

    def _think(self, text: str) -> None:
        if text:
            self._emit(Thought(text=text, message=self._message))


def usage_event(usage: RunUsage, messages: list[ModelMessage], tool_calls: int, context_length: int | None) -> Usage:
    """What a turn has used so far. The price is known only when the provider's table has the model."""
    last = next((m for m in reversed(messages) if isinstance(m, ModelResponse)), None)
    return Usage(
        requests=usage.requests,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        tool_calls=tool_calls,
        cost=_cost(messages),
        context=last.usage.input_tokens + last.usage.output_tokens if last else 0,
        context_length=context_length,
    )


def _cost(messages: list[ModelMessage]) -> float | None:
    """In US dollars; None unless every answer has a price."""
    total = 0.0
    answers = [m for m in messages if isinstance(m, ModelResponse) and m.usage.has_values()]
    for answer in answers:
        try:
            total += float(answer.cost().total_price)
        except (LookupError, ValueError, AssertionError):
            return None
    return total if answers else None
