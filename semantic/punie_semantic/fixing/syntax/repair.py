"""The repairs of a syntax error, best first: rules propose, the parser sorts out, the file's own style ranks."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.syntax import (
    arguments,
    brackets,
    docstrings,
    foreign,
    indentation,
    inserting,
    keywords,
    placement,
    python2,
    quotes,
    surplus,
)
from punie_semantic.fixing.syntax.checks import Checks, stands_alone, without
from punie_semantic.fixing.syntax.damage import Damage, Repair, result
from punie_semantic.fixing.syntax.faults import Fault, first_fault, parses
from punie_semantic.fixing.syntax.habits import Habits
from punie_semantic.fixing.syntax.statements import Statement, statements
from punie_semantic.fixing.syntax.tokens import Token, tokenize

Rule = Callable[[Damage], Iterator[Repair]]

MOST = 8
_MOST_FAULTS = 6
_SAMPLE = 60_000
_FEW = 6
_LARGE = 50_000  # Characters; of more only the definitions around the fault are looked at.
_TOO_LARGE = 200_000
_LINES = re.compile(r"\b(lines?) (\d+)(?: to (\d+))?")
_TOP = re.compile(r"^(?:def|class|@\w)", re.M)
_ALONE = frozenset(
    ("pass", "break", "continue", "return", "raise", "yield")
)  # fmt: skip
_CONFLICT = re.compile(r"^(?:<{7} .*|={7}|>{7} .*|\|{7} .*)$\s", re.M)
_TRIED = 600_000  # Characters that are parsed; some 70 ms.
_TRIED_WHOLE = 400_000
_STYLE = 0.7
_TOKEN = 1.2  # What a token may cost, so that taking one away is no gain in itself.
_RULES: tuple[Rule, ...] = (
    inserting.propose,
    surplus.propose,
    keywords.propose,
    brackets.propose,
    quotes.propose,
    docstrings.propose,
    indentation.propose,
)
_EXACT: tuple[Rule, ...] = (
    foreign.propose,
    python2.propose,
    arguments.propose,
    placement.propose,
)


def repairs(text: str, offset: int) -> list[Repair]:
    """The repairs of the syntax error at an offset.

    Args:
        text: a whole file.
        offset: where a checker reported the error; the mistake may be lines above.

    Returns:
        At most eight repairs, best first. With each of them the text parses, or what is still refused is another
        mistake further down. None when nothing is known to help, or when nothing is wrong.
    """
    if declined(text):
        return []
    if len(text) <= _LARGE:
        return _repairs(text, offset)
    start, end = _part(text, offset)
    lines = text.count("\n", 0, start)
    found = [_shifted(repair, start, lines) for repair in _repairs(text[start:end], offset - start)]
    return found or (_repairs(text, offset) if len(text) <= _TOO_LARGE else [])


def _part(text: str, offset: int) -> tuple[int, int]:
    """The definitions around an offset of a large text, which are looked at as if they were all."""
    tops = [match.start() for match in _TOP.finditer(text)]
    before = [at for at in tops if at <= offset - _LARGE // 4]
    behind = [at for at in tops if at >= offset + _LARGE // 4]
    return before[-1] if before else 0, behind[0] if behind else len(text)


def _shifted(repair: Repair, by: int, lines: int) -> Repair:
    edits = tuple(Edit(e.start + by, e.end + by, e.text) for e in repair.edits)
    return replace(repair, edits=edits, title=_counted(repair.title, lines), why=_counted(repair.why, lines))


def _counted(words: str, lines: int) -> str:
    """A sentence that counts lines from the start of a part, counting from the start of the text."""
    return _LINES.sub(lambda m: f"{m[1]} {int(m[2]) + lines}" + (f" to {int(m[3]) + lines}" if m[3] else ""), words)


def _repairs(text: str, offset: int) -> list[Repair]:
    tokens = tokenize(text)
    parts = statements(text, tokens)
    for fault in _faults(text, offset, parts):
        if found := _search(Damage(text, fault, tokens, parts)):
            return found
    return []


def declined(text: str) -> str:
    """Why nothing is guessed for a text; empty when there is no such reason."""
    marker = _CONFLICT.search(text)
    if marker:
        line = text.count("\n", 0, marker.start()) + 1
        return f"There is an unresolved merge conflict at line {line}. Choose a side and remove the markers."
    if "\0" in text or not text.strip():
        return "There is nothing to read." if not text.strip() else "This is a binary file."
    if not _reads_like_python(text):
        return "This does not read like Python: most of its lines are refused. Check what kind of file it is."
    return ""


def _reads_like_python(text: str) -> bool:
    """Whether of some lines spread over the text, taken alone, not nearly all are refused."""
    if parses(text[:_SAMPLE]):
        return True
    found = [s for s in statements(text[:_SAMPLE], tokenize(text[:_SAMPLE])) if not (s.opened or s.odd_closers)]
    if len(found) < _FEW:
        return True
    some = found[:: max(len(found) // 40, 1)]
    good = sum(1 for s in some if stands_alone(text[s.start : s.end]) and not _bare(s))
    return good * 4 >= len(some)


def _bare(statement: Statement) -> bool:
    """A line of one name or number: Python, but nothing that a program says."""
    return len(statement.tokens) == 1 and statement.word not in _ALONE and statement.tokens[0].kind != "string"


def _faults(text: str, offset: int, parts: Sequence[Statement]) -> list[Fault]:
    """The faults up to an offset, the one it belongs to first: a broken statement is taken out to find the next."""
    found: list[Fault] = []
    line = text.count("\n", 0, offset)
    rest = text
    while len(found) < _MOST_FAULTS:
        fault = first_fault(rest)
        if fault is None or (found and fault.line > line + 1) or not parts:
            break
        if found and fault.line <= found[-1].line:
            break
        found.append(fault)
        if fault.line >= line - 1:
            break
        rest = without(rest, Damage(text, fault, (), parts))
    return sorted(found, key=lambda fault: abs(fault.line - line))


def _search(around: Damage) -> list[Repair]:
    checks = Checks(around)
    styled, exact = _proposed(around, _RULES), _proposed(around, _EXACT)
    fitting: list[tuple[Repair, bool]] = []
    for wide in (False, True):
        limit = checks.spent + _TRIED
        pool = [(r, True) for r in styled if r.wide == wide] + [(r, False) for r in exact if r.wide == wide]
        for repair, by_style in sorted(pool, key=lambda pair: -pair[0].weight):
            if checks.spent > limit:
                break
            if checks.passes_around(repair) if wide else checks.passes_alone(repair) and checks.passes_near(repair):
                fitting.append((repair, by_style))
    return _whole(around, checks, _ranked(around, fitting))


def _proposed(around: Damage, rules: Sequence[Rule]) -> list[Repair]:
    """What rules propose; of equal edits the likelier one."""
    proposed: dict[tuple[object, ...], Repair] = {}
    for rule in rules:
        for repair in rule(around):
            known = proposed.get(repair.edits)
            if known is None or known.weight < repair.weight:
                proposed[repair.edits] = repair
    return list(proposed.values())


def _whole(around: Damage, checks: Checks, ranked: list[tuple[float, Repair]]) -> list[Repair]:
    """The best of those with which the whole text parses, or goes wrong only further down."""
    found: list[tuple[float, Repair]] = []
    seen: set[str] = set()
    limit = checks.spent + _TRIED_WHOLE + 4 * len(around.text)
    for score, repair in ranked:
        if len(found) == MOST or checks.spent > limit:
            break
        text = result(around.text, repair)
        if text not in seen and checks.passes(repair):
            found.append((score, repair))
            seen.add(text)
    best = found[0][0] if found else 0.0
    return [replace(repair, weight=max(0.95 * math.exp(max(score - best, -5.0)), 0.01)) for score, repair in found]


def _ranked(around: Damage, fitting: list[tuple[Repair, bool]]) -> list[tuple[float, Repair]]:
    """The repairs with their scores: how likely the mistake is, and how usual the repaired line is in the file."""
    habits = Habits(around.tokens)
    known: dict[tuple[int, int], float] = {}
    usual: dict[int, float] = {}
    for index, (repair, by_style) in enumerate(fitting):
        if not by_style or len(repair.edits) > 1 or repair.wide:
            continue
        start, end = _lines_of(around, repair)
        changed = result(around.text, repair)
        new = tokenize(changed[start : end + len(changed) - len(around.text)])
        if (start, end) not in known:
            known[start, end] = _usual(habits, tokenize(around.text[start:end]))
        usual[index] = _usual(habits, new) - known[start, end]
    # A small file says little about style; a rule that knows the mistake needs none.
    trust = _STYLE * len(around.tokens) / (len(around.tokens) + 150)
    most = max([0.0, *usual.values()])
    scores = [
        (math.log(max(repair.weight, 1e-6)) + trust * usual.get(index, 0.0 if by_style else most), repair)
        for index, (repair, by_style) in enumerate(fitting)
    ]
    return sorted(scores, key=lambda pair: (-pair[0], pair[1].size))


def _usual(habits: Habits, tokens: Sequence[Token]) -> float:
    return habits.likelihood(tokens) + _TOKEN * len(tokens)


def _lines_of(around: Damage, repair: Repair) -> tuple[int, int]:
    """The lines whose style a repair changes."""
    first, last = repair.edits[0].start, repair.edits[-1].end
    start, end = around.line_start(first), around.line_end(last)
    for statement in around.zone:
        if statement.start <= last and first <= statement.end and statement.end - statement.start < 4000:
            start, end = min(start, around.line_start(statement.start)), max(end, around.line_end(statement.end))
    return start, end
