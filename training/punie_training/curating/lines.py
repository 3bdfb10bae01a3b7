"""One line of a dataset: from bytes to messages, or a sentence about what is wrong with it. Knows no files."""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass
from typing import Any, get_args

from punie_training.dataset import Message, Role

ROLES: tuple[str, ...] = get_args(Role)


class MalformedLine(ValueError):
    """A line that is no example; `rule` names what was looked at."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass(frozen=True)
class ParsedLine:
    """The messages of a line, and the names of what stands beside them, which no model is shown."""

    messages: tuple[Message, ...]
    beside: tuple[str, ...]


def parse_line(line: bytes, *, first: bool, most: int) -> ParsedLine:
    """Read a line.

    Args:
        line: as it stands in the file.
        first: whether it is the file's first line, which may begin with a byte order mark.
        most: how many bytes it may have.

    Raises:
        MalformedLine: says what is wrong.
    """
    value = _object(_text(line, first=first, most=most))
    return ParsedLine(_messages(value), tuple(sorted(set(value) - {"messages"})))


def _text(line: bytes, *, first: bool, most: int) -> str:
    if len(line) > most:
        raise MalformedLine("size", f"The line has more than {most:,} bytes. No model can be trained on that.")
    if first and line.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise MalformedLine(
            "encoding", "The file begins with a byte order mark, which mlx-lm cannot read. Save it as plain UTF-8."
        )
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedLine("encoding", f"It is no UTF-8 (byte {error.start}). Save the file as UTF-8.") from error
    if "\0" in text:
        raise MalformedLine("encoding", "It holds a NUL character. Take it out.")
    if not text.strip():
        raise MalformedLine("json", "The line is empty, and mlx-lm stops at it. Delete the line.")
    return text


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedLine("json", f"It is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise MalformedLine("shape", 'It is no JSON object. A line is {"messages": [...]}.')
    if "messages" not in value:
        keys = ", ".join(sorted(map(str, value))[:6]) or "nothing"
        raise MalformedLine(
            "shape",
            f'It has no "messages", but {keys}. `punie-ls dataset download FOLDER OUT` makes chats of other forms.',
        )
    return value


def _messages(value: dict[str, Any]) -> tuple[Message, ...]:
    items = value["messages"]
    if not isinstance(items, list) or not items:
        raise MalformedLine("shape", '"messages" is no list, or an empty one.')
    return tuple(_message(item, f"Message {number}") for number, item in enumerate(items, start=1))


def _message(item: object, name: str) -> Message:
    if not isinstance(item, dict):
        raise MalformedLine("shape", f"{name} is no JSON object.")
    role, content = item.get("role"), item.get("content")
    if role not in ROLES:
        raise MalformedLine("role", f"{name} has the unknown role {role!r}. Roles are {', '.join(ROLES)}.")
    if not isinstance(content, str) or not content.strip():
        raise MalformedLine("shape", f"{name} ({role}) has no text.")
    if extra := sorted(str(key) for key in item if key not in ("role", "content")):
        raise MalformedLine("shape", f"{name} has {', '.join(extra[:6])}; a message is a role and a content.")
    if "\0" in content or any("\ud800" <= character <= "\udfff" for character in content):
        raise MalformedLine("encoding", f"{name} holds NUL, or half of a surrogate pair. Take it out.")
    return Message(role=role, content=content)
