"""Lines that stand too far in or out, or whose tabs and spaces do not fit; and blocks without a body."""

from __future__ import annotations

from collections.abc import Iterator

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.syntax.damage import Damage, Repair
from punie_semantic.fixing.syntax.statements import Statement, width

_AROUND = 14
_JUMPS = frozenset({"return", "raise", "continue", "break"})


def propose(damage: Damage) -> Iterator[Repair]:
    """Other indentations for the lines at the fault, one line or the block that follows it."""
    suspects = _suspects(damage) if _doubtful(damage) else []
    # A line that stands between the levels of all others is the one.
    unit = max(width(damage.unit), 1)
    if any(s.width % unit for s, _ in suspects) and not all(s.width % unit for s, _ in suspects):
        suspects = [(s, likely if s.width % unit else likely * 0.25) for s, likely in suspects]
    for statement, likely in suspects:
        fitting = _fitting(damage, statement)
        levels = [level for level in _levels(damage, statement) if level != statement.indent]
        if statement.width % unit and levels:
            fitting = _nearest(levels, statement, fitting)
        for level in levels:
            weight = likely * (0.9 if level == fitting else 0.35)
            if _breaks_tabs(damage, level):
                weight *= 0.2
            yield _moved(damage, [statement], level, weight)
            run = _run(damage, statement)
            if len(run) > 1:
                yield _moved(damage, run, level, weight * 0.5)
    yield from _bodies(damage)


def _nearest(levels: list[str], statement: Statement, fitting: str) -> str:
    """The level that a line missed by a space or two; of two as near the one that its neighbours ask for."""
    return min(levels, key=lambda level: (abs(width(level) - statement.width), level != fitting))


def _doubtful(damage: Damage) -> bool:
    """Whether the fault can come from indentation: the message says so, or a line is refused from its start."""
    message = damage.fault.message
    told = any(word in message for word in ("indent", "outside", "not properly in loop", "expected 'except'"))
    return told or damage.fault.start <= damage.here.tokens[0].end


def _suspects(damage: Damage) -> list[tuple[Statement, float]]:
    """The lines that may be moved, with how likely it is them."""
    here = damage.here
    before = damage.before(here)
    unreached = before is not None and before.opens_block and _is_behind_jump(damage, before)
    found = [(here, 0.3 if unreached else 0.8)]
    if before is not None:
        found.append((before, 0.9 if unreached else 0.7 if "indent" in damage.fault.message else 0.35))
        further = damage.before(before)
        if further is not None:
            found.append((further, 0.2))
    # A line that stands too far out ends blocks; it is noticed at the first line that goes on with them.
    outer = before
    for _ in range(_AROUND * 4):
        if outer is None or outer.width < here.width:
            break
        outer = damage.before(outer)
    if outer is not None and all(outer is not s for s, _ in found):
        found.append((outer, 0.4))
        over = damage.before(outer)
        while over is not None and over.width > outer.width and len(found) < 7:
            over = damage.before(over)
    following = damage.after(here)
    if following is not None and damage.fault.message.startswith("expected"):
        found.append((following, 0.15))
    return found


def _is_behind_jump(damage: Damage, statement: Statement) -> bool:
    """Whether a statement stands where nothing reaches it: it rather belongs further out."""
    before = damage.before(statement)
    return before is not None and before.width == statement.width and before.word in _JUMPS


def _fitting(damage: Damage, statement: Statement) -> str:
    """The indentation that the neighbours ask for."""
    before, following = damage.before(statement), damage.after(statement)
    inside = "" if before is None else before.indent
    if before is not None and before.opens_block:
        inside = before.indent + damage.unit
    bare = following is not None and following.width == statement.width
    if following is not None and statement.opens_block and (bare or following.width != width(inside)):
        # A header stands one level out of its body.
        body = following.indent
        if body.endswith(damage.unit) and len(body) > len(damage.unit):
            return body[: -len(damage.unit)]
    if following is not None and before is not None and following.width < width(inside) and not statement.opens_block:
        return inside
    return inside


def _levels(damage: Damage, statement: Statement) -> list[str]:
    """The indentations that there are around a statement, and one more behind a colon."""
    found: dict[str, None] = {}
    found.setdefault(damage.here.indent)
    low = max(statement.number - _AROUND, 0)
    for near in damage.statements[low : statement.number + 4]:
        if near is not statement:
            found.setdefault(near.indent)
    before = damage.before(statement)
    if before is not None and before.opens_block:
        found.setdefault(before.indent + damage.unit)
    following = damage.after(statement)
    if statement.opens_block and following is not None and following.indent.endswith(damage.unit):
        found.setdefault(following.indent[: len(following.indent) - len(damage.unit)])
    found.setdefault(statement.indent.replace("\t", damage.unit))
    return list(found)


def _breaks_tabs(damage: Damage, level: str) -> bool:
    return ("\t" in level) != ("\t" in damage.unit) and bool(level)


def _run(damage: Damage, statement: Statement) -> list[Statement]:
    """The statement with its block and the lines behind it that stand as far in."""
    run = [statement]
    following = damage.after(statement)
    while following is not None and following.width >= statement.width and len(run) < 60:
        run.append(following)
        following = damage.after(following)
    return run


def _moved(damage: Damage, run: list[Statement], level: str, weight: float) -> Repair:
    first = run[0]
    edits = []
    for statement in run:
        start = statement.start - len(statement.indent)
        if not statement.indent.startswith(first.indent):
            continue
        edits.append(Edit(start, start + len(first.indent), level))
    deeper = width(level) > first.width
    lines = f"line {first.line + 1}" if len(edits) == 1 else f"lines {first.line + 1} to {run[-1].line + 1}"
    title = f"Indent {lines}" if deeper else f"Change the indentation of {lines}"
    why = "the lines around it stand so" if len(edits) == 1 else "they stand as the lines around them"
    return Repair(tuple(edits), title, weight, why, wide=True)


def _bodies(damage: Damage) -> Iterator[Repair]:
    """`pass` for a block that has no line, when nothing better is known."""
    before = damage.before(damage.here)
    for header in (before, damage.here):
        if header is None or not header.opens_block:
            continue
        following = damage.after(header)
        if following is not None and following.width > header.width:
            continue
        end = damage.line_end(header.end)
        ending = "\r\n" if damage.text[end : end + 2] == "\r\n" else "\n"
        text = f"{ending}{header.indent}{damage.unit}pass"
        yield Repair((Edit(end, end, text),), "Add 'pass'", 0.08, "the block has no line", wide=True)
