"""A conversation that fits the model: the oldest results are shortened first.

Only the results of earlier programs are shortened, by a note that says so; prompts and answers stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter, ModelRequest, ToolReturnPart

CHARACTERS_PER_TOKEN = 3.5
SHARE = 0.6
KEPT_CHARACTERS = 400
DROPPED = "… (shortened to fit the model; call the tool again when it is needed)"


def fitting(messages: Sequence[ModelMessage], context_length: int | None) -> list[ModelMessage]:
    """The messages, with old results shortened until about 60 % of the context is left for them.

    Args:
        messages: earlier turns, oldest first.
        context_length: in tokens; with None nothing is shortened.
    """
    found = list(messages)
    if context_length is None:
        return found
    surplus = _characters(found) - context_length * SHARE * CHARACTERS_PER_TOKEN
    for index, message in enumerate(found):
        if surplus <= 0:
            break
        shorter = _shortened(message)
        surplus -= _characters([message]) - _characters([shorter])
        found[index] = shorter
    return found


def _shortened(message: ModelMessage) -> ModelMessage:
    if not isinstance(message, ModelRequest):
        return message
    parts = [_short_part(part) if isinstance(part, ToolReturnPart) else part for part in message.parts]
    return replace(message, parts=parts)


def _short_part(part: ToolReturnPart) -> ToolReturnPart:
    text = part.model_response_str()
    return part if len(text) <= KEPT_CHARACTERS else replace(part, content=text[:KEPT_CHARACTERS] + DROPPED)


def _characters(messages: Sequence[ModelMessage]) -> int:
    return len(ModelMessagesTypeAdapter.dump_json(list(messages)))
