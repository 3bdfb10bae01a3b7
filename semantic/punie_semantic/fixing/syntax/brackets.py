"""Brackets that are missing, surplus or of the wrong kind; where they belong is told by lines and indentation."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterator
from itertools import pairwise

from punie_semantic.fixing.syntax.damage import Damage, Repair, single
from punie_semantic.fixing.syntax.statements import Statement
from punie_semantic.fixing.syntax.tokens import CLOSERS, OPENERS, Token, ends_operand, starts_operand
from punie_semantic.layout import indent_of

_BUILTINS = frozenset(dir(builtins))


def propose(damage: Damage) -> Iterator[Repair]:
    """Closers for what is open, openers for what is closed, and the surplus away."""
    for statement in damage.zone:
        near = 1.0 if statement is damage.here or statement.opened or statement.odd_closers else 0.5
        for repair in _of(damage, statement):
            yield _nearer(repair, near)


def _nearer(repair: Repair, near: float) -> Repair:
    return Repair(repair.edits, repair.title, repair.weight * near, repair.why, repair.wide)


def _of(damage: Damage, statement: Statement) -> Iterator[Repair]:
    if statement.opened:
        yield from _closers(damage, statement)
    for closer in statement.odd_closers:
        yield from _other_closer(statement, closer)
        yield from _without(statement, closer)
        yield from _openers(damage, statement, closer)


def _closers(damage: Damage, statement: Statement) -> Iterator[Repair]:
    """A closer at each place after the bracket that is open."""
    opener = statement.opened[-1]
    closer = OPENERS[opener.text]
    why = f"'{opener.text}' of line {opener.line + 1} is not closed"
    title = f"Add '{closer}'"
    if len(statement.opened) > 1:
        every = "".join(OPENERS[t.text] for t in reversed(statement.opened))
        at = _end(statement)
        yield single(at, at, every, f"Add '{every}'", 0.5, why)
        return
    tokens = [t for t in statement.tokens if t.start >= opener.start]
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        empty = _is_empty(token, following) and token.text == opener.text
        if token is not opener and not (ends_operand(token) or empty or token.text in (",", "*", "/", ":")):
            continue
        weight = 0.9 if empty else _closer_weight(statement, token, following)
        yield single(token.end, token.end, closer, title, weight, why)
        if following is None or following.line > token.line + 1:
            yield from _on_its_own_line(damage, opener, token, title, why)
    yield from _wrong_opener(statement, opener)
    doubled = any(t.end == opener.start and t.text == opener.text for t in statement.tokens)
    yield single(opener.start, opener.end, "", f"Remove '{opener.text}'", 0.3 if doubled else 0.004, why)


def _is_empty(token: Token, following: Token | None) -> bool:
    """Whether nothing can stand in a bracket that is opened: `f(, x)`, `f(.name`."""
    if token.text not in OPENERS or following is None or following.kind != "op" or following.line > token.line:
        return False
    return not starts_operand(following) and following.text not in (*CLOSERS, "*", "**", ":")


def _closer_weight(statement: Statement, token: Token, following: Token | None) -> float:
    """How likely a closer is between two tokens."""
    if following is None:
        return 0.15 if token.text == ":" else 0.6
    if following.text == ":" and following is statement.tokens[-1] and statement.is_header:
        return 0.7
    if following.line > token.line:
        return 0.4 if token.text != "," else 0.1
    if following.text in CLOSERS:
        return 0.3
    if following.kind in ("name", "number", "string") and following.text not in keyword.kwlist:
        return 0.02 if token.kind != "op" else 0.1
    return 0.3 if following.text in ("for", "if", "else", "=", "->", "and", "or", "in", "as") else 0.2


def _end(statement: Statement) -> int:
    """Where a statement's brackets end: before the colon of a header."""
    last = statement.tokens[-1]
    return last.start if last.text == ":" and statement.is_header else last.end


def _on_its_own_line(damage: Damage, opener: Token, last: Token, title: str, why: str) -> Iterator[Repair]:
    """The closer below the last element, where the file hangs its brackets so."""
    text = damage.text
    line_end = damage.line_end(last.end)
    following = text[line_end : line_end + 2]
    end = "\r\n" if following == "\r\n" else following[:1] or "\n"
    indent = indent_of(text[damage.line_start(opener.start) : opener.start])
    hanging = text[opener.end : damage.line_end(opener.end)].strip() == "" and opener.line < last.line
    weight = 0.9 if hanging and last.text == "," else 0.5 if hanging else 0.7 if last.text == "," else 0.04
    below = line_end + len(end)
    blank = text[below : damage.line_end(below)]
    if line_end < len(text) and below < len(text) and not blank.strip():
        at = below + len(blank)
        fill = "" if blank else indent
        yield single(at, at, fill + OPENERS[opener.text], title, weight, why)
    else:
        yield single(line_end, line_end, end + indent + OPENERS[opener.text], title, weight * 0.8, why)


def _wrong_opener(statement: Statement, opener: Token) -> Iterator[Repair]:
    for closer in statement.odd_closers[:1]:
        other = CLOSERS[closer.text]
        title = f"Change '{opener.text}' to '{other}'"
        yield single(opener.start, opener.end, other, title, 0.15, f"'{closer.text}' closes it")


def _other_closer(statement: Statement, closer: Token) -> Iterator[Repair]:
    """The closer that the innermost open bracket wants."""
    opened: list[Token] = []
    for token in statement.tokens:
        if token is closer:
            break
        if token.text in OPENERS and token.kind == "op":
            opened.append(token)
        elif token.text in CLOSERS and token.kind == "op" and opened:
            opened.pop()
    if opened and OPENERS[opened[-1].text] != closer.text:
        wanted = OPENERS[opened[-1].text]
        why = f"it closes '{opened[-1].text}' of line {opened[-1].line + 1}"
        yield single(closer.start, closer.end, wanted, f"Change '{closer.text}' to '{wanted}'", 0.8, why)
        # Or the right one is missing before it.
        inside = [t for t in statement.tokens if opened[-1].start <= t.start <= closer.start]
        for token, following in pairwise(inside):
            hangs = token.text == "," and following.line > token.line
            if token is opened[-1] or ends_operand(token) or hangs:
                at = following.start if hangs else token.end
                why = f"'{opened[-1].text}' is not closed before '{closer.text}'"
                yield single(at, at, wanted, f"Add '{wanted}'", 0.6 if following is closer else 0.25, why)


def _without(statement: Statement, closer: Token) -> Iterator[Repair]:
    """The surplus closer away, or one before it."""
    for index, token in enumerate(statement.tokens):
        if token.text == closer.text and token.kind == "op" and token.start <= closer.start:
            before = statement.tokens[index - 1] if index else None
            doubled = before is not None and before.text == token.text
            weight = 0.12 if token is not closer else 0.4 if before is not None and before.text in CLOSERS else 0.2
            yield single(
                token.start, token.end, "", f"Remove '{token.text}'", weight if not doubled else weight * 1.3,
                "nothing is open that it closes",
            )  # fmt: skip


def _openers(damage: Damage, statement: Statement, closer: Token) -> Iterator[Repair]:
    """An opener at each place before the closer."""
    opener = CLOSERS[closer.text]
    title, why = f"Add '{opener}'", f"'{closer.text}' closes nothing"
    depth = 0
    tokens = [t for t in _reached(damage, statement) if t.start < closer.start]
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        before = tokens[index - 1] if index else None
        depth += (token.text in CLOSERS) - (token.text in OPENERS) if token.kind == "op" else 0
        if depth < 0:
            return
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if not depth and following is not None and following.line > token.line and token.text not in CLOSERS:
            at = damage.line_end(token.end) if damage.text[token.end : token.end + 2].strip() == "" else token.end
            at = at if not damage.text[token.end : at].strip() else token.end
            yield single(at, at, opener, title, 0.5, why)
        yield from _split(damage, token, opener, title, why)
        if depth or not (starts_operand(token) or token.text in OPENERS or token.kind == "op"):
            continue
        weight = _opener_weight(opener, before, token)
        if before is not None and ends_operand(before) and before.line == token.line and before.end < token.start:
            yield single(before.end, token.start, opener, title, weight, why)
        elif weight:
            yield single(token.start, token.start, opener, title, weight, why)
    if tokens:
        called = ends_operand(tokens[-1])
        weight = (0.3 if opener == "(" else 0.1) if called else 0.5
        yield single(closer.start, closer.start, opener, title, weight, why)


def _reached(damage: Damage, statement: Statement) -> list[Token]:
    """The statement's tokens, with those of lines before it that it seems to go on with: it stands further in."""
    tokens = statement.tokens
    before = damage.before(statement)
    hangs = tokens[0].text in CLOSERS
    while before is not None and not before.opens_block and len(tokens) < 400:
        goes_on = not ends_operand(before.tokens[-1]) or (hangs and before.width > statement.width)
        if before.width >= statement.width and not goes_on:
            break
        tokens = before.tokens + tokens
        if before.width < statement.width or (hangs and before.width == statement.width):
            break
        before = damage.before(before)
    return tokens


def _opener_weight(opener: str, before: Token | None, token: Token) -> float:
    """How likely an opener is between two tokens."""
    if before is None:
        return 0.15
    if ends_operand(before):
        beside = token.kind in ("name", "number", "string")
        return (0.7 if beside else 0.3) * (1 if opener != "{" else 0.1)
    if before.text in ("=", "return", "in", "(", "[", "{", ":", "yield"):
        return 0.3 if opener != "(" else 0.2
    return 0.15


def _split(damage: Damage, token: Token, opener: str, title: str, why: str) -> Iterator[Repair]:
    """A name in which two names of the file stand side by side: an opener was between them."""
    text, known = token.text, damage.vocabulary
    if token.kind == "string":
        prefix = len(text) - len(text.lstrip("rRbBuUfF"))
        if prefix:
            yield single(token.start + prefix, token.start + prefix, opener, title, 0.05, why)
        return
    if token.kind != "name" or known[text] > 1:
        return
    for at in range(1, len(text)):
        left, right = text[:at], text[at:]
        strange = not (known[left] or left in _BUILTINS or keyword.iskeyword(left))
        sure = known[right] or right in _BUILTINS or keyword.iskeyword(right) or right.isdigit()
        if sure and not (strange and len(right) < 2):
            weight = (0.8 if len(left) > 1 or right.isdigit() else 0.4) * (0.3 if strange else 1)
            yield single(
                token.start + at, token.start + at, opener, title, weight, f"{left} and {right} are names here"
            )
