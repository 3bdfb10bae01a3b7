"""Statements of Python 2: print, exec, raise and except with commas, back-ticks, old string prefixes."""

from __future__ import annotations

from collections.abc import Iterator

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.syntax.damage import Damage, Repair, brackets_around, single
from punie_semantic.fixing.syntax.statements import Statement
from punie_semantic.fixing.syntax.tokens import Token


def propose(damage: Damage) -> Iterator[Repair]:
    """The statement as Python 3 has it; for print also all of the file at once."""
    for statement in damage.zone:
        match statement.word:
            case "print":
                yield from _printed(damage, statement)
            case "exec":
                yield _called(statement, 0.8)
            case "raise":
                yield from _raised(damage, statement)
            case "except":
                yield from _caught(damage, statement)
        yield from _quoted(statement)


def _printed(damage: Damage, statement: Statement) -> Iterator[Repair]:
    edits = _print_edits(damage, statement)
    if not edits:
        return
    why = "print is a function"
    others = [e for s in damage.statements if s.word == "print" and s is not statement for e in _print_edits(damage, s)]
    if others:
        every = tuple(sorted([*edits, *others]))
        yield Repair(every, "Add the parentheses of every print", 0.93, why, wide=True)
    yield Repair(edits, "Add the parentheses of print", 0.97, why)


def _print_edits(damage: Damage, statement: Statement) -> tuple[Edit, ...]:
    """`print a, b` as a call; `print >>file, a` and a comma at the end as its keywords."""
    tokens = statement.tokens
    if len(tokens) == 1 or (tokens[1].kind == "op" and tokens[1].text not in (">>", "(", "[", "{", "-", "~")):
        return ()
    if tokens[1].text == "(" and tokens[1].start == tokens[0].end and tokens[-1].text == ")":
        return ()
    first, end, last = tokens[1], statement.end, tokens[-1]
    more: list[Edit] = []
    tail = ")"
    if last.text == "," and last.kind == "op":
        more.append(Edit(last.start, last.end, ""))
        tail = ', end=" ")'
    if first.text == ">>":
        comma = next((t for t, opened in brackets_around(tokens) if t.text == "," and not opened), None)
        stream = damage.text[first.end : comma.start if comma else end].strip()
        tail = f", file={stream})" if comma else f"file={stream})"
        stop = next((t.start for t in tokens if comma and t.start > comma.start), end)
        return (
            (Edit(tokens[0].end, stop, "("), Edit(end, end, tail))
            if stop < end
            else (Edit(tokens[0].end, end, f"({tail}"),)
        )
    opening = Edit(tokens[0].end, first.start, "(")
    if tail == ")":
        return (opening, Edit(end, end, ")"))
    return (opening, Edit(last.start, last.end, tail))


def _called(statement: Statement, weight: float) -> Repair:
    first, second = statement.tokens[0], statement.tokens[min(1, len(statement.tokens) - 1)]
    edits = (Edit(first.end, max(second.start, first.end), "("), Edit(statement.end, statement.end, ")"))
    return Repair(edits, f"Add the parentheses of {first.text}", weight, f"{first.text} is a function")


def _commas(statement: Statement) -> list[Token]:
    return [token for token, opened in brackets_around(statement.tokens) if token.text == "," and not opened]


def _raised(damage: Damage, statement: Statement) -> Iterator[Repair]:
    commas = _commas(statement)
    if len(commas) == 1:
        start = commas[0].end + (damage.text[commas[0].end : commas[0].end + 1] == " ")
        edits = (Edit(commas[0].start, start, "("), Edit(statement.end, statement.end, ")"))
        yield Repair(edits, "Make the value the exception's argument", 0.95, "exceptions are called")


def _caught(damage: Damage, statement: Statement) -> Iterator[Repair]:
    commas = _commas(statement)
    if not commas or statement.tokens[-1].text != ":":
        return
    names = statement.tokens[1:-1]
    last = names[-1]
    if len(commas) == 1 and last.kind == "name" and last.start > commas[0].start and not last.text[:1].isupper():
        edit = Edit(commas[0].start, last.start, " as ")
        yield Repair((edit,), "Change ',' to 'as'", 0.95, "the name of an exception follows 'as'")
    edits = (Edit(names[0].start, names[0].start, "("), Edit(last.end, last.end, ")"))
    likely = 0.9 if last.text[:1].isupper() else 0.3
    yield Repair(edits, "Add parentheses", likely, "several exceptions stand in parentheses")


def _quoted(statement: Statement) -> Iterator[Repair]:
    ticks = [t for t in statement.tokens if t.text == "`"]
    if len(ticks) == 2:
        edits = (Edit(ticks[0].start, ticks[0].end, "repr("), Edit(ticks[1].start, ticks[1].end, ")"))
        yield Repair(edits, "Change the back-ticks to repr()", 0.9, "back-ticks were repr()")
    for token in statement.tokens:
        if token.kind == "string" and token.text[:2].lower() == "ur":
            yield single(token.start, token.start + 2, "r", "Remove 'u'", 0.9, "every string is Unicode")
