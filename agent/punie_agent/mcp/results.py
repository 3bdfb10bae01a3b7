"""What a server's tool gave, as programs and models get it: data with the declared type, else text. Bounded."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from punie_agent.exceptions import McpError
from punie_agent.mcp.annotations import Schema

if TYPE_CHECKING:
    import mcp_types

MOST_TEXT = 200_000
MOST_ERROR = 2_000
MOST_DEPTH = 100

WRAPPED = "result"

Hide = Callable[[str], str]


def is_wrapped(schema: Schema) -> bool:
    """Whether results are an object only because they must be one: its one property is `result`."""
    properties = schema.get("properties")
    return isinstance(properties, Mapping) and list(properties) == [WRAPPED]


def value_of(result: mcp_types.CallToolResult, schema: Schema | None, hide: Hide) -> Any:  # noqa: ANN401 - any value
    """The value of a call.

    Args:
        result: what the server answered.
        schema: of what it says that it answers; None when it says nothing, then the value is text.
        hide: takes secrets out of a text.

    Raises:
        McpError: the tool says that it failed.
    """
    if result.is_error:
        raise McpError(_text(result, hide)[:MOST_ERROR].strip() or "It failed and did not say why.")
    if schema is None:
        text = _text(result, hide)
        left = len(text) - MOST_TEXT
        return text if left <= 0 else f"{text[:MOST_TEXT]}\n[cut: {left} more characters; ask for less]"
    value = _hidden(result.structured_content, hide, 0)
    if is_wrapped(schema) and isinstance(value, dict) and WRAPPED in value:
        return value[WRAPPED]
    return value


def _text(result: mcp_types.CallToolResult, hide: Hide) -> str:
    parts = [_block(block) for block in result.content]
    if not parts and result.structured_content is not None:
        parts = [json.dumps(result.structured_content, ensure_ascii=False)]
    return hide("\n".join(parts))


def _block(block: mcp_types.ContentBlock) -> str:
    """One part of a result as text; what is none is named."""
    match block.type:
        case "text":
            return block.text
        case "image" | "audio":
            return f"[{block.type} of type {block.mime_type}, {len(block.data) * 3 // 4} bytes, not shown]"
        case "resource_link":
            return f"[resource {block.name}: {block.uri}]"
        case "resource":
            text = getattr(block.resource, "text", None)
            return text if isinstance(text, str) else f"[resource {block.resource.uri}, no text, not shown]"
        case other:
            return f"[{other}, not shown]"


def _hidden(value: Any, hide: Hide, depth: int) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return hide(value)
    if depth > MOST_DEPTH:
        raise McpError("The result is nested too deeply. Ask for less.")
    if isinstance(value, dict):
        return {key: _hidden(item, hide, depth + 1) for key, item in value.items()}
    return [_hidden(item, hide, depth + 1) for item in value] if isinstance(value, list) else value
