"""Arguments and parameters in an order, or so often, that Python refuses."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.syntax.damage import Damage, Repair, single
from punie_semantic.fixing.syntax.statements import Statement
from punie_semantic.fixing.syntax.tokens import CLOSERS, OPENERS, Token

_ORDER = (
    "positional argument follows",
    "iterable argument unpacking follows",
    "keyword argument unpacking",
    "non-default argument follows",
    "parameter without a default follows",
    "arguments cannot follow",
    "must come",
)
_TWICE = ("keyword argument repeated", "duplicate argument", "duplicate parameter")


@dataclass(frozen=True)
class _Item:
    """One element between commas. `rank` is where it may stand: plain, starred, named, double-starred."""

    start: int
    end: int
    name: str
    rank: int


def propose(damage: Damage) -> Iterator[Repair]:
    """Elements in the order that is allowed, a default for what comes late, and doubles away or renamed."""
    message = damage.fault.message
    ordered, twice = any(w in message for w in _ORDER), any(w in message for w in _TWICE)
    if not (ordered or twice):
        return
    for items in _lists(damage.here):
        defined = damage.here.word in ("def", "async") and items[0].start < damage.here.end
        if ordered:
            yield from _sorted(damage, items)
            yield from _defaulted(items) if defined else ()
        if twice:
            yield from _once(damage, items, defined=defined)


def _lists(statement: Statement) -> Iterator[list[_Item]]:
    """The elements of each pair of parentheses."""
    stack: list[tuple[Token, list[list[Token]]]] = []
    for token in statement.tokens:
        if token.kind == "op" and token.text in CLOSERS and stack:
            opener, parts = stack.pop()
            items = [_item(part) for part in parts if part]
            if opener.text == "(" and len(items) > 1:
                yield items
        elif token.kind == "op" and token.text == "," and stack:
            stack[-1][1].append([])
            continue
        for _, parts in stack:
            parts[-1].append(token)
        if token.kind == "op" and token.text in OPENERS:
            stack.append((token, [[]]))


def _item(part: list[Token]) -> _Item:
    depth = itertools.accumulate((t.text in OPENERS) - (t.text in CLOSERS) if t.kind == "op" else 0 for t in part)
    named = any(t.text == "=" and not d for t, d in zip(part, depth, strict=True))
    rank = 3 if part[0].text == "**" else 1 if part[0].text == "*" else 2 if named else 0
    return _Item(part[0].start, part[-1].end, part[0].text if rank in (0, 2) else "", rank)


def _sorted(damage: Damage, items: list[_Item]) -> Iterator[Repair]:
    late = sorted(items, key=lambda item: item.rank if item.rank != 1 else 0)
    if late != items:
        texts = [damage.text[item.start : item.end] for item in late]
        edits = [
            Edit(i.start, i.end, t) for i, t in zip(items, texts, strict=True) if damage.text[i.start : i.end] != t
        ]
        yield Repair(tuple(edits), "Put them in the order that is allowed", 0.9, "what has no name comes first")


def _defaulted(items: list[_Item]) -> Iterator[Repair]:
    """`=None` for each parameter without a default behind one with a default."""
    first = next((index for index, item in enumerate(items) if item.rank == 2), len(items))
    late = [item for item in items[first:] if item.rank == 0]
    if late:
        edits = tuple(Edit(item.end, item.end, "=None") for item in late)
        yield Repair(edits, "Add '=None'", 0.5, "a parameter before it has a default")
        at = late[0].start
        yield single(at, at, "*, ", "Make it keyword-only", 0.3, "keyword-only parameters may come in any order")


def _once(damage: Damage, items: list[_Item], *, defined: bool) -> Iterator[Repair]:
    """The second of two equal names away; for parameters, under another name."""
    seen: dict[str, _Item] = {}
    for before, item in zip([items[0], *items], items, strict=False):
        if item.name and item.name in seen and (item.rank == 2 or defined):
            first = seen[item.name]
            same = damage.text[first.start : first.end] == damage.text[item.start : item.end]
            title = f"Remove the second '{item.name}'"
            yield single(before.end, item.end, "", title, 0.8 if same else 0.5, "it is given twice")
            following = items[items.index(first) + 1]
            yield single(first.start, following.start, "", f"Remove the first '{item.name}'", 0.35, "it is given twice")
            if defined:
                name = f"{item.name}2"
                end = item.start + len(item.name)
                yield single(item.start, end, name, f"Rename the second to '{name}'", 0.2, "it is given twice")
        seen.setdefault(item.name, item)
