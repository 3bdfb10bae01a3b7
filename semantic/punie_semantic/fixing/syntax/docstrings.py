"""Strings of three quotes that lack one end: from there on, text and code have changed places."""

from __future__ import annotations

import re
from collections.abc import Iterator

from punie_semantic.fixing.syntax.damage import Damage, Repair, single
from punie_semantic.fixing.syntax.statements import Statement
from punie_semantic.fixing.syntax.tokens import Token, is_triple

_CODE = re.compile(
    r"[ \t]*(?:#|(?:async )?def \w+\(|class \w+.*:$|return\b|if .*:$|for \w+ in .*:$|import \w+$|from [\w.]+ import "
    r"|@\w+|self\.\w+|raise \w+|try:$|while .*:$|with .*:$|[\w.]+ = |[\w.]+\(.*\)$|pass$|yield\b|else:$|assert )"
)
_MOST_ENDS = 8
_MOST_BACK = 14


def propose(damage: Damage) -> Iterator[Repair]:
    """The end of the first string that has code in it; the start before a text that stands as code."""
    strings = [t for t in damage.tokens if is_triple(t)]
    if not strings:
        return
    if strings[-1].whole:
        return
    turned = flipped(damage)
    yield from _starts(damage, strings, turned)
    suspects = [turned] if turned else []
    if not strings[-1].whole and strings[-1] is not turned:
        suspects.append(strings[-1])
    before = [t for t in strings if turned is not None and t.start < turned.start and "\n" in t.text]
    for token in suspects + before[-1:]:
        yield from _ends(damage, token)


def flipped(damage: Damage) -> Token | None:
    """The first string of three quotes that has code in it: at it or before it, one end of a string is missing."""
    strings = [token for token in damage.tokens if is_triple(token)]
    if not strings or strings[-1].whole:
        return None
    for token in strings:
        if "\n" in token.text:
            indent = damage.text[damage.line_start(token.start) : token.start]
            if _has_code(token.text[3:].partition("\n")[2], indent):
                return token
    return None


def _mark(token: Token) -> str:
    return token.text.lstrip("rRbBuUfF")[:3]


def _ends(damage: Damage, token: Token) -> Iterator[Repair]:
    """A place in a string where it may have ended: its first line, or the line before code."""
    text, mark = damage.text, _mark(token)
    body_end = token.end - 3 if token.whole else token.end
    first_end = damage.line_end(token.start)
    if first_end >= body_end and token.whole:
        return
    indent = text[damage.line_start(token.start) : token.start]
    likely = 0.7 if _has_code(text[first_end:body_end], indent) else 0.1
    at, count, blank_before = first_end, 0, False
    while at <= body_end and count < _MOST_ENDS:
        line = text[damage.line_start(at) : at]
        following = text[at + 2 if text[at : at + 2] == "\r\n" else at + 1 : body_end].split("\n", 1)[0]
        stripped = at - (len(line) - len(line.rstrip()))
        before_code = bool(_CODE.match(following.rstrip("\r"))) or not following.strip()
        if line.strip() and (count == 0 or before_code):
            weight = likely * (0.9 if before_code else 0.3) * (1.0 if count == 0 else 0.6)
            yield single(stripped, at, mark, f"Add {mark}", weight, "a string has no end", wide=True)
            count += 1
        elif not line.strip() and (before_code or line == indent) and (line or not blank_before) and count:
            fill = "" if line == indent else indent if not indent.strip() else ""
            left = (bool(line) and line == indent) or (not line and not indent and not following.strip())
            weight = likely * (0.95 if left else 0.6)
            yield single(at, at, fill + mark, f"Add {mark}", weight, "a string has no end", wide=True)
            count += 1
        blank_before = not line.strip()
        following_start = at + (2 if text[at : at + 2] == "\r\n" else 1)
        if following_start > len(text) or at >= len(text):
            break
        at = damage.line_end(following_start)


def _has_code(body: str, indent: str) -> bool:
    width = len(indent) if not indent.strip() else 0
    return any(_CODE.match(line) and len(line) - len(line.lstrip()) <= width for line in body.splitlines())


def _starts(damage: Damage, strings: list[Token], turned: Token | None) -> Iterator[Repair]:
    """A mark before the first statement that reads like a text."""
    unclosed = turned or next((t for t in strings if not t.whole), None)
    mark = _mark(unclosed or strings[0])
    yield from _starts_before(damage, damage.here, mark, 0.5)
    if turned is not None and turned.start != damage.here.start:
        yield from _starts_before(damage, damage.near(turned.start), mark, 0.9)


def _starts_before(damage: Damage, statement: Statement, mark: str, weight: float) -> Iterator[Repair]:
    """A mark before one of the lines up to a statement, the first of a block rather than another."""
    here: Statement | None = statement
    title, why = f"Add {mark}", "a text stands here as code"
    for _ in range(_MOST_BACK):
        if here is None:
            return
        before = damage.before(here)
        body = before is None or before.opens_block
        yield single(here.start, here.start, mark, title, weight if body else weight * 0.2, why, wide=True)
        above = damage.line_start(here.start) - 1
        blank = damage.text[damage.line_start(above) : above] if above > 0 else "x"
        if blank and not blank.strip() and body:
            yield single(above, above, mark, title, weight * 1.05, why, wide=True)
        for token in here.tokens:
            if token.text in ("=", "(", ",", "return", "+") and token.kind in ("op", "name"):
                end = damage.line_end(token.end)
                hangs = not damage.text[token.end : end].strip()
                place = end if hangs else token.end + (damage.text[token.end : token.end + 1] == " ")
                likely = weight * (0.6 if hangs else 0.15)
                yield single(place, place, mark, title, likely, why, wide=True)
        if body and before is not None:
            return
        here = before
