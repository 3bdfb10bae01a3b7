"""Statements where they may not be: await outside of async, return outside of a function; keywords used as names."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.syntax.damage import Damage, Repair, single
from punie_semantic.fixing.syntax.statements import Statement
from punie_semantic.fixing.syntax.tokens import Token

_ASYNC = re.compile(r"'?(?:await|async for|async with|asynchronous comprehension)'? outside (?:of an )?async")


def propose(damage: Damage) -> Iterator[Repair]:
    """`async` for the function, another word for the statement, `class_` for `class`."""
    message = damage.fault.message
    if _ASYNC.search(message) or "asynchronous comprehension outside" in message:
        yield from _made_async(damage)
        yield from _not_async(damage)
    if "assigned to before global" in message or "used prior to global" in message:
        yield from _global_first(damage)
    yield from _named_walrus(damage)
    yield from _keyword_names(damage)


def _function_of(damage: Damage, statement: Statement) -> Statement | None:
    width, here = statement.width, damage.before(statement)
    while here is not None:
        if here.width < width:
            width = here.width
            if here.word in ("def", "class"):
                return here if here.word == "def" else None
        here = damage.before(here)
    return None


def _made_async(damage: Damage) -> Iterator[Repair]:
    function = _function_of(damage, damage.here)
    if function is not None:
        name = function.tokens[1].text if len(function.tokens) > 1 else "the function"
        yield single(
            function.start, function.start, "async ", f"Make {name} async", 0.85, "it awaits something", wide=True
        )


def _not_async(damage: Damage) -> Iterator[Repair]:
    for token in damage.here.tokens:
        if token.text in ("await", "async") and token.start >= damage.fault.start - 60:
            end = token.end + (damage.text[token.end : token.end + 1] == " ")
            yield single(token.start, end, "", f"Remove '{token.text}'", 0.2, "the function is not async", wide=True)
            return


def _global_first(damage: Damage) -> Iterator[Repair]:
    """The declaration as the first line of its function."""
    here = damage.here
    function = _function_of(damage, here)
    first = damage.after(function) if function is not None else None
    if first is None or first is here:
        return
    if len(first.tokens) == 1 and first.tokens[0].kind == "string":
        first = damage.after(first) or first
    start, end = damage.line_start(here.start), damage.line_end(here.end)
    after = end + len(damage.text[end : end + 2]) - len(damage.text[end : end + 2].lstrip("\r\n"))
    line = damage.text[start:end] + (damage.text[end:after] or "\n")
    at = damage.line_start(first.start)
    edits = (Edit(at, at, line), Edit(start, after, ""))
    yield Repair(edits, f"Move '{here.word}' to the start", 0.8, "the name is used before it is declared", wide=True)


def _named_walrus(damage: Damage) -> Iterator[Repair]:
    """`:=` as a statement is `=`."""
    tokens = damage.here.tokens
    if len(tokens) > 2 and tokens[1].text == ":=":
        yield single(tokens[1].start, tokens[1].end, "=", "Change ':=' to '='", 0.9, "a statement assigns with '='")


def _keyword_names(damage: Damage) -> Iterator[Repair]:
    """A keyword where a name has to be, with an underscore, everywhere in its function."""
    for index, token in enumerate(damage.here.tokens):
        before = damage.here.tokens[index - 1] if index else None
        behind = damage.here.tokens[index + 1] if index + 1 < len(damage.here.tokens) else None
        if keyword.iskeyword(token.text) and _as_name(before, behind):
            uses = _uses(damage, token)
            edits = tuple(Edit(t.end, t.end, "_") for t in uses)
            why = f"'{token.text}' is a keyword"
            weight = 0.6 if token.text not in ("None", "True", "False") else 0.02
            yield Repair(edits, f"Change '{token.text}' to '{token.text}_'", weight, why, wide=len(edits) > 1)


def _as_name(before: Token | None, behind: Token | None) -> bool:
    if before is not None and before.text in ("def", "class", ".", "for", "as", "import", "global", "nonlocal"):
        return True
    if before is None and behind is None:
        return False
    after = behind.text if behind is not None else ""
    return after in ("=", ",", ")", ".", ":=", "]", "+=", "-=", "+", "*", "") or (
        after == ":" and before is not None and before.text in ("(", ",")
    )


def _uses(damage: Damage, token: Token) -> list[Token]:
    """Where the keyword stands as a name in the same function, or in the same block at the margin."""
    function = damage.here if damage.here.word == "def" else _function_of(damage, damage.here)
    first = function.number if function else damage.here.number
    found: list[Token] = []
    for statement in damage.statements[first:]:
        if function is not None and statement is not function and statement.width <= function.width:
            break
        if function is None and statement is not damage.here and found and token.text not in _words(statement):
            break
        for index, other in enumerate(statement.tokens):
            before = statement.tokens[index - 1] if index else None
            behind = statement.tokens[index + 1] if index + 1 < len(statement.tokens) else None
            if other.text == token.text and other.kind == "name" and (other is token or _as_name(before, behind)):
                found.append(other)
    return found


def _words(statement: Statement) -> set[str]:
    return {token.text for token in statement.tokens}
