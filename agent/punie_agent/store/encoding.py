"""Events and messages as JSON texts, redacted, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter, repair_messages

from punie_agent.events import EVENTS, Event
from punie_agent.redaction import Redactor

# What a model server must get back exactly as it sent it: random by design, and a key to nothing.
_EXACT = frozenset({"id", "tool_call_id", "signature", "provider_response_id", "run_id", "conversation_id"})


def event_json(event: Event, redactor: Redactor) -> str:
    """An event, redacted."""
    return to_json(redactor.json(event.model_dump(mode="json")))


def message_json(message: ModelMessage, redactor: Redactor) -> str:
    """A message of the history, redacted."""
    [plain] = ModelMessagesTypeAdapter.dump_python([message], mode="json")
    return to_json(redact_message(plain, redactor))


def to_json(value: object) -> str:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_events(texts: Iterable[str]) -> tuple[list[Event], int]:
    """Events from their JSON, and how many of them this version cannot read."""
    events: list[Event] = []
    unread = 0
    for text in texts:
        try:
            events.append(EVENTS.validate_json(text))
        except ValidationError:
            unread += 1
    return events, unread


def read_messages(texts: Iterable[str]) -> tuple[list[ModelMessage], int]:
    """The history from its JSON, as any model takes it, and how many messages of it this version cannot read.

    Tool calls that were interrupted, or whose results cannot be read, get a result that says so.
    """
    messages: list[ModelMessage] = []
    unread = 0
    for text in texts:
        try:
            messages += ModelMessagesTypeAdapter.validate_json(f"[{text}]")
        except ValidationError:
            unread += 1
    return repair_messages(messages), unread


def redact_message(message: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    """A message as plain data, without secrets."""
    parts: Sequence[dict[str, Any]] = message.get("parts", ())
    return {
        **_fields({key: value for key, value in message.items() if key != "parts"}, redactor),
        "parts": [_fields(part, redactor) for part in parts],
    }


def _fields(fields: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    return {key: value if key in _EXACT else redactor.json(value, key) for key, value in fields.items()}
