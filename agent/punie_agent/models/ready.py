"""A response that is there already, as pydantic-ai's stream: text comes paragraph by paragraph."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic_ai.messages import ModelResponseStreamEvent, TextPart, ToolCallPart
from pydantic_ai.models import ModelRequestParameters, StreamedResponse
from pydantic_ai.usage import RequestUsage


@dataclass
class ReadyStream(StreamedResponse):
    """One part of an answer as a stream.

    Attributes:
        model_request_parameters: of the request.
        part: the answer.
        name: the model's, in usage records.
        used: the tokens that it took.
        started: when it was made.
    """

    model_request_parameters: ModelRequestParameters
    part: TextPart | ToolCallPart
    name: str
    used: RequestUsage = field(default_factory=RequestUsage)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def _get_event_iterator(self) -> AsyncIterator[ModelResponseStreamEvent]:
        self._usage = self.used
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
        return self.name

    @property
    def provider_name(self) -> str:
        """Ours: whoever made the answer, it was read by Punie."""
        return "punie"

    @property
    def provider_url(self) -> None:
        """There is no server, or it was asked already."""

    @property
    def timestamp(self) -> datetime:
        """When the answer was made."""
        return self.started


def _paragraphs(text: str) -> list[str]:
    parts = text.split("\n\n")
    return [f"{part}\n\n" for part in parts[:-1]] + parts[-1:]
