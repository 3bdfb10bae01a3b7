"""Changing one value of a JSON text with comments. All that is not about this value stays as it is, byte for byte.

Paths are the keys from the outermost object inwards. Only objects are entered.
"""

from __future__ import annotations

import json
import re
from typing import Any

from punie_ls.init.exceptions import Broken
from punie_ls.init.jsonc import Member, Node, line_of, parse

INDENT = "  "

# What may stand behind a value and still belongs to its line.
_REST_OF_LINE = re.compile(r"(?:[ \t]|/\*[^\n]*?\*/)*(?://[^\r\n]*)?")


def find(text: str, path: tuple[str, ...]) -> Node | None:
    """The value at a path; None if it is not there. Raises Broken when something on the way is no object."""
    node = parse(text)
    for depth, key in enumerate(path):
        if node is None:
            return None
        member = _object(text, node, path[:depth]).member(key)
        node = member.node if member else None
    return node


def depth_of(text: str, path: tuple[str, ...]) -> int:
    """How many of the path's keys are there, from the outermost."""
    return max(n for n in range(len(path) + 1) if n == 0 or find(text, path[:n]) is not None)


def put(text: str, path: tuple[str, ...], value: Any) -> str:  # noqa: ANN401 - JSON data
    """The text with a value at a path; what is missing on the way is made. Raises Broken."""
    if parse(text) is None:
        text += ("" if not text or text.endswith("\n") else _newline(text)) + "{}" + _newline(text)
    root = parse(text)
    assert root is not None
    depth = depth_of(text, path)
    node = find(text, path[:depth])
    assert node is not None
    if depth == len(path):
        return replace(text, path, _written(value, _indent_at(text, node.start), _unit(text, root), _newline(text)))
    for key in reversed(path[depth + 1 :]):
        value = {key: value}
    return _insert(text, root, _object(text, node, path[:depth]), path[depth], value)


def replace(text: str, path: tuple[str, ...], raw: str) -> str:
    """The text with the value at a path written as `raw`. The path must be there."""
    node = find(text, path)
    assert node is not None
    return text[: node.start] + raw + text[node.end :]


def remove(text: str, path: tuple[str, ...]) -> str:
    """The text without the member at a path, its comma and, if nothing else is on them, its lines."""
    parent = find(text, path[:-1])
    assert parent is not None
    assert parent.members is not None
    member = parent.member(path[-1])
    assert member is not None
    position = parent.members.index(member)
    start, end = member.start, member.node.end if member.comma is None else member.comma + 1
    line = text.rfind("\n", 0, start) + 1
    behind = re.compile(r"[ \t]*(\r?\n)?").match(text, end)
    assert behind is not None
    if not text[line:start].strip(" \t") and behind[1]:
        start, end = line, behind.end()
    elif member.comma is not None:
        end = behind.end(1) - len(behind[1]) if behind[1] else behind.end()
    elif position:
        start = len(text[:start].rstrip(" \t"))
    text = text[:start] + text[end:]
    before = parent.members[position - 1] if position else None
    if before is not None and before.comma is not None and member.comma is None:
        text = _without_comma(text, before.comma)
    return text


def is_bare(text: str, path: tuple[str, ...]) -> bool:
    """Whether the object at a path holds nothing, not even a comment."""
    node = find(text, path)
    return node is not None and node.members == () and not text[node.start + 1 : node.end - 1].strip()


def _object(text: str, node: Node, path: tuple[str, ...]) -> Node:
    if node.members is None:
        where = ".".join(path) or "the whole file"
        raise Broken(f"{where} must be an object, and is {_kind(node.value)}", line_of(text, node.start))
    return node


def _kind(value: Any) -> str:  # noqa: ANN401 - JSON data
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a string"
        case list():
            return "an array"
    return "a number"


def _insert(text: str, root: Node, node: Node, key: str, value: Any) -> str:  # noqa: ANN401 - JSON data
    """A new member at the end of an object, in the object's own layout."""
    assert node.members is not None
    newline, unit = _newline(text), _unit(text, root)
    name = json.dumps(key, ensure_ascii=False)
    one_line = bool(node.members) and "\n" not in text[node.start : node.end] and not isinstance(value, dict)
    if one_line:
        last = node.members[-1]
        written = f"{name}: {json.dumps(value, ensure_ascii=False)}"
        at = last.node.end if last.comma is None else last.comma + 1
        before, after = (", ", "") if last.comma is None else (" ", ",")
        return text[:at] + before + written + after + text[at:]
    indent = _inner_indent(text, node, unit)
    written = f"{name}: {_written(value, indent, unit, newline)}"
    trailing = ""
    at = node.start + 1
    if node.members:
        text, at, trailing = _after(text, node.members[-1])
    rest = _REST_OF_LINE.match(text, at)
    assert rest is not None
    if re.compile(r"\r?\n").match(text, rest.end()):
        return text[: rest.end()] + newline + indent + written + trailing + text[rest.end() :]
    at += len(rest[0].rstrip(" \t"))
    closing = newline + _indent_at(text, node.start)
    return text[:at] + newline + indent + written + trailing + closing + text[at:].lstrip(" \t")


def _after(text: str, last: Member) -> tuple[str, int, str]:
    """The text with a comma after the last member, where to go on, and the comma that the next one gets."""
    if last.comma is not None:
        return text, last.comma + 1, ","
    return text[: last.node.end] + "," + text[last.node.end :], last.node.end + 1, ""


def _without_comma(text: str, comma: int) -> str:
    return text[:comma] + text[comma + 1 :]


def _written(value: Any, indent: str, unit: str, newline: str) -> str:  # noqa: ANN401 - JSON data
    """A value as text, its lines after the first indented. Lists stay on one line."""
    if not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner = indent + unit
    members = (
        f"{inner}{json.dumps(k, ensure_ascii=False)}: {_written(v, inner, unit, newline)}" for k, v in value.items()
    )
    return "{" + newline + f",{newline}".join(members) + newline + indent + "}"


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _unit(text: str, root: Node) -> str:
    """One step of indentation, as the outermost object has it."""
    indents = [_indent_at(text, m.start) for m in root.members or ()]
    return next((i for i in indents if i), INDENT)


def _inner_indent(text: str, node: Node, unit: str) -> str:
    lines = [m for m in node.members or () if not text[text.rfind("\n", 0, m.start) + 1 : m.start].strip()]
    return _indent_at(text, lines[-1].start) if lines else _indent_at(text, node.start) + unit


def _indent_at(text: str, offset: int) -> str:
    """The indentation of the line of an offset."""
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    return line[: len(line) - len(line.lstrip(" \t"))]
