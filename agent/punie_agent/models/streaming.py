"""A streamed answer, read tolerantly: text is shown as it comes, calls are made when they are complete."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime

from pydantic_ai.messages import (
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from pydantic_ai.models import StreamedResponse

from punie_agent.models.calls import Call, allowed_call, put_right
from punie_agent.models.extraction import Extractor
from punie_agent.models.failures import Endpoint, cut_off, empty, explain
from punie_agent.models.guarding import guarded
from punie_agent.models.limits import ModelOptions
from punie_agent.models.reading import Known


@dataclass
class TolerantStream(StreamedResponse):
    """Another stream's answer, with its programs as tool calls.

    Args:
        inner: that stream.
        endpoint: who answers, for messages.
        options: deadlines and bounds.
        deadline: of the first event, in the loop's time.
        known: the names that count as tools.
        thinks_first: whether the text begins in the middle of thought.
    """

    _: KW_ONLY
    inner: StreamedResponse
    endpoint: Endpoint
    options: ModelOptions
    deadline: float
    known: Known
    thinks_first: bool = False
    _extractor: Extractor = field(init=False)
    _calls: list[tuple[Call, str | None]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._extractor = Extractor(self.known, self.thinks_first)

    async def _get_event_iterator(self) -> AsyncIterator[ModelResponseStreamEvent]:
        # The other stream's raw events: what `__aiter__` adds to them, it adds to ours.
        events = self.inner._get_event_iterator()
        try:
            async for event in guarded(events, self.endpoint, self.options, self.deadline):
                for piece in self._take(event):
                    yield piece
            for piece in self._finish():
                yield piece
        except Exception as error:  # the border to the provider's packages
            if self.cancelled:
                raise
            raise explain(error, self.endpoint) from error
        finally:
            self._copy()

    def _take(self, event: ModelResponseStreamEvent) -> Iterator[ModelResponseStreamEvent]:
        match event:
            case PartStartEvent(index=index, part=TextPart(content=text)):
                yield from self._show(index, self._extractor.feed(text))
            case PartDeltaEvent(index=index, delta=TextPartDelta(content_delta=text)):
                yield from self._show(index, self._extractor.feed(text))
            case PartStartEvent(index=index, part=ThinkingPart() as part):
                # The server has taken the thoughts out of the text.
                self._extractor.thinks_first = False
                yield from self._parts_manager.handle_thinking_delta(
                    vendor_part_id=("thinking", index),
                    content=part.content,
                    id=part.id,
                    signature=part.signature,
                    provider_name=part.provider_name,
                    provider_details=part.provider_details,
                )
            case PartDeltaEvent(index=index, delta=ThinkingPartDelta() as delta):
                yield from self._parts_manager.handle_thinking_delta(
                    vendor_part_id=("thinking", index),
                    content=delta.content_delta,
                    signature=delta.signature_delta,
                    provider_name=delta.provider_name,
                    provider_details=delta.provider_details,
                )
            case PartStartEvent(part=ToolCallPart()) | PartDeltaEvent(delta=ToolCallPartDelta()):
                # Calls are taken when they are complete.
                pass
            case PartStartEvent(index=index, part=part):
                yield self._parts_manager.handle_part(vendor_part_id=("part", index), part=part)
            case _:
                pass

    def _show(self, index: int, pieces: tuple[str, str]) -> Iterator[ModelResponseStreamEvent]:
        text, thought = pieces
        if thought:
            yield from self._parts_manager.handle_thinking_delta(vendor_part_id=("thought", index), content=thought)
        if text and (text.strip() or self._parts_manager.get_part_by_vendor_id(("text", index))):
            yield from self._parts_manager.handle_text_delta(vendor_part_id=("text", index), content=text)

    def _finish(self) -> Iterator[ModelResponseStreamEvent]:
        cut = self.inner.finish_reason == "length"
        parts = self.inner._parts_manager.get_parts()
        yield from self._show(len(parts), self._extractor.finish(cut=cut))
        allowed = [*self.model_request_parameters.tool_defs]
        made = [part for part in parts if isinstance(part, ToolCallPart)]
        if cut and (self._extractor.cut or any(_unfinished(part) for part in made)):
            raise cut_off(self.endpoint)
        calls = [(put_right(part, self.known, allowed), part.tool_call_id) for part in made]
        if not calls:
            found = [allowed_call(action, allowed) for action in self._extractor.actions]
            calls = [(call, None) for call in found if call]
        for (name, arguments), key in calls:
            yield self._parts_manager.handle_tool_call_part(
                vendor_part_id=None, tool_name=name, args=arguments, tool_call_id=key
            )
        if not self._parts_manager.get_parts():
            raise empty(self.endpoint)
        self.finish_reason = "tool_call" if calls else self.inner.finish_reason

    def _copy(self) -> None:
        """What the other stream knows of the answer."""
        inner = self.inner
        self._usage, self._usage_received = inner._usage, inner._usage_received
        self.provider_response_id = inner.provider_response_id
        self.provider_details = inner.provider_details
        self.finish_reason = self.finish_reason or inner.finish_reason

    async def close_stream(self) -> None:
        """Close the connection."""
        await self.inner.close_stream()

    def get_stream_cancel_errors(self) -> tuple[type[BaseException], ...]:
        """What closing the connection in mid-answer raises."""
        return self.inner.get_stream_cancel_errors()

    @property
    def model_name(self) -> str:
        """The model's name."""
        return self.inner.model_name

    @property
    def provider_name(self) -> str | None:
        """The provider's name."""
        return self.inner.provider_name

    @property
    def provider_url(self) -> str | None:
        """The provider's address."""
        return self.inner.provider_url

    @property
    def timestamp(self) -> datetime:
        """When the answer began."""
        return self.inner.timestamp


def _unfinished(part: ToolCallPart) -> bool:
    """Whether a call's arguments break off."""
    if not isinstance(part.args, str):
        return False
    try:
        json.loads(part.args or "{}")
    except ValueError:
        return True
    return False
