"""What a turn has come to so far, from its messages: the prompt, and the values of the programs since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelRequest, ToolReturnPart, UserPromptPart

PROGRAM_FAILED = "The program failed: "


def so_far(messages: list[ModelMessage]) -> tuple[str, list[Any]]:
    """The last prompt, and the values of the programs since, oldest first. A failed one's value tells its `error`."""
    results: list[Any] = []
    for message in reversed(messages):
        if not isinstance(message, ModelRequest):
            continue
        for part in reversed(message.parts):
            if isinstance(part, UserPromptPart):
                return _words(part), results[::-1]
            if isinstance(part, ToolReturnPart):
                results.append(_value(part.content))
    return "", results[::-1]


def _words(part: UserPromptPart) -> str:
    if isinstance(part.content, str):
        return part.content
    return "\n".join(
        str(getattr(item, "content", item)) for item in part.content if isinstance(item, str) or _is_text(item)
    )


def _is_text(item: object) -> bool:
    return isinstance(getattr(item, "content", None), str)


def _value(content: object) -> Any:  # noqa: ANN401 - a program's value
    if not isinstance(content, Mapping) or "result" not in content:
        return _failure(str(content))
    if content.get("note"):
        return {
            "error": "The answer is longer than a turn can hold. Ask for a smaller part, such as one file or folder."
        }
    return content["result"]


def _failure(text: str) -> dict[str, str]:
    """A program that failed: the line that says why."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else "no reason was given"
    if first.endswith(":") and len(lines) > 1:
        first = f"{first} {lines[1]}"
    why = next((line for line in reversed(lines) if "Error" in line or "error[" in line), first)
    return {"error": f"{PROGRAM_FAILED}{why}"}
