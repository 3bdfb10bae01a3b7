"""Quotes that are missing at the start or the end of a string; in f-strings, braces too."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator

from punie_semantic.fixing.syntax.damage import Damage, Repair, single
from punie_semantic.fixing.syntax.docstrings import flipped
from punie_semantic.fixing.syntax.tokens import Token, is_triple, tokenize

_BEFORE = frozenset("([{,=: +%!-*/|<>&^~") | {""}
_BEHIND = frozenset(")]},:. %+;=#\\-*/|<>!\r\n") | {""}
_KNOWN = frozenset(dir(builtins)) | frozenset(keyword.kwlist)
_MOST_PLACES = 160


def propose(damage: Damage) -> Iterator[Repair]:
    """A quote at each plausible place of the lines with an odd number of them, and braces in f-strings."""
    done: set[int] = set()
    for statement in damage.zone:
        for token in statement.tokens:
            if token.kind == "string" and not token.whole and not is_triple(token) and token.line not in done:
                done.add(token.line)
                yield from _quotes(damage, token)
            if token.kind == "string" and damage.fault.message.startswith("f-string"):
                yield from _braces(damage, token)


def _quotes(damage: Damage, token: Token) -> Iterator[Repair]:
    """The missing quote is anywhere in the line, not only behind the string that has no end."""
    text = damage.text
    start = damage.line_start(token.start)
    end = damage.line_end(token.start)
    first = start + len(text[start:end]) - len(text[start:end].lstrip())
    places = [at for at in range(first, end + 1) if _plausible(text, at, start, end)]
    quotes = [quote for quote in "\"'" if quote in text[start:end]]
    for at, quote in ((at, quote) for quote in quotes for at in places[-_MOST_PLACES:]):
        line = text[start:at] + quote + text[at:end]
        weight = _likely(damage, line) * (0.2 if flipped(damage) else 1.0)
        title = f"Add {quote}"
        yield single(at, at, quote, title, weight, "a string has only one of its quotes")


def _plausible(text: str, at: int, start: int, end: int) -> bool:
    before = text[at - 1] if at > start else ""
    behind = text[at] if at < end else ""
    return behind in _BEHIND or before in _BEFORE or before in "\"'" or behind in "\"'" or before in "rbfRBF"


def _likely(damage: Damage, line: str) -> float:
    """Names that nobody else uses are rather words of a text; a text rarely begins like the end of code."""
    weight = 0.7
    unknown = inner = 0
    for token in tokenize(line):
        if token.kind == "string":
            if not token.whole:
                weight *= 0.3
            body = token.text.lstrip("rRbBuUfF")[1:-1]
            inner += _codelike(damage, body) + 2.0 * (not body) + (body[:1] == " ") + 0.3 * (body[-1:] == " ")
        elif token.kind == "name" and token.text not in _KNOWN and damage.vocabulary[token.text] < 2:
            unknown += 1
        elif token.kind == "odd":
            unknown += 2
    return max(weight * 0.35 ** min(unknown, 8) * 0.5**inner, 1e-5)


def _codelike(damage: Damage, body: str) -> float:
    """How much a string looks as if code had been caught in it."""
    found = 0.0
    if re.search(r"^\s*[,)\]=]|\w\(|[\w)]\[\w+\]|,$|, $|[({\[]$|^\.\w+\(", body):
        found += 1.5
    if body.count(")") != body.count("(") or body.count("]") != body.count("["):
        found += 1.5
    if re.search(r"[\])}:]$|[,:] ?['\"]", body):
        found += 1.0
    if re.search(r"^[\w%./-]+, [\w.]+$", body):
        found += 1.2
    first = re.match(r"([A-Za-z_]\w*), \w+$", body)
    if first and damage.vocabulary[first[1]] > 1:
        found += 2.0
    words = [w for w in re.findall(r"[A-Za-z_]\w*", body)[-3:] if len(w) > 1]
    if re.search(r", *[A-Za-z_][\w.]*$", body) and words and damage.vocabulary[words[-1]] > 1:
        found += 1.0
    return found


def _braces(damage: Damage, token: Token) -> Iterator[Repair]:
    """A brace that opens or closes a value of an f-string, or that was meant as a character."""
    prefix = token.text[: len(token.text) - len(token.text.lstrip("rRbBuUfF"))]
    if "f" not in prefix.lower():
        return
    text = token.text
    body_start, body_end = len(prefix) + (3 if is_triple(token) else 1), len(text) - (3 if is_triple(token) else 1)
    for at in range(body_start, body_end + 1):
        before, behind = text[at - 1], text[at]
        place = token.start + at
        if (before.isalnum() or before in "_)]}'\"") and not (behind.isalnum() or behind == "_"):
            near = 0.5 if behind in " \"'.,:;!%/-|" else 0.3
            near *= 0.3 if behind in ".[(" and re.match(r"\w", text[at + 1 : at + 2]) else 1
            near *= 0.2 if "single" in damage.fault.message else 1
            yield single(place, place, "}", "Add '}'", near, "a value of the f-string has no end")
        if (behind.isalnum() or behind in "_(") and not (before.isalnum() or before == "_"):
            word = re.match(r"\w+", text[at:])
            known = word is not None and damage.vocabulary[word[0]] > 0
            near = (0.8 if known else 0.3) * (0.1 if "expecting" in damage.fault.message else 1)
            near *= 0.3 if before in ".[(" else 1
            yield single(place, place, "{", "Add '{'", near, "a value of the f-string has no start")
        if behind in "{}" and at < body_end:
            yield single(place, place, behind, f"Double '{behind}'", 0.1, "it is meant as a character")
