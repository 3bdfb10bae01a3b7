"""TextEdits applied the plain way, by slicing encoded lines; shares no code with Punie's own converter on purpose."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsprotocol import types

# Encoding and bytes per code unit.
_UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def offset(text: str, position: types.Position, encoding: str) -> int:
    """Code point offset of a position. Raises when it is beyond its line, or inside a character."""
    codec, width = _UNITS[encoding]
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$|$", text)
    body = lines[position.line].rstrip("\r\n").encode(codec)
    assert position.character * width <= len(body), f"{position} is beyond {lines[position.line]!r}"
    return sum(map(len, lines[: position.line])) + len(body[: position.character * width].decode(codec))


def position(text: str, at: int, encoding: str) -> types.Position:
    """The position of a code point offset."""
    codec, width = _UNITS[encoding]
    before = re.split(r"\r\n|\r|\n", text[:at])
    return types.Position(len(before) - 1, len(before[-1].encode(codec)) // width)


def span(text: str, needle: str, encoding: str) -> types.Range:
    """The range of the only place where `needle` stands."""
    assert text.count(needle) == 1, f"{needle!r} stands {text.count(needle)} times in {text!r}"
    at = text.index(needle)
    return types.Range(position(text, at, encoding), position(text, at + len(needle), encoding))


def apply(text: str, edits: Sequence[types.TextEdit | types.AnnotatedTextEdit], encoding: str) -> str:
    """`text` after the edits, which all refer to it as it is."""
    spans = [(offset(text, e.range.start, encoding), offset(text, e.range.end, encoding), e.new_text) for e in edits]
    for start, end, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[end:]
    return text
