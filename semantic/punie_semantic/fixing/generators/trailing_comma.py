"""A comma behind a value, which makes a tuple of it: where it is assigned or returned, the problem may be elsewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.place import Place

GENERATOR = "trailing comma"
_TUPLE = re.compile(r"\btuple\[")
_NAME = re.compile(r"[^\W\d]\w*")
_GIVING = (ast.Return, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)


async def generate(place: Place) -> list[Candidate]:
    """Those at the problem; when it is about a tuple, those of what its lines name."""
    tree = place.tree
    found = [_without(place, value, 0.93) for value in _values(place) if _is_at(place, value)]
    if not found and _TUPLE.search(place.message):
        lines = place.text[tree.line_start(place.start) : tree.line_end(max(place.end - 1, place.start))]
        names = set(_NAME.findall(lines))
        found = [_without(place, value, 0.9) for value in _values(place) if names & _named(place, value)]
    return found[:4]


def _values(place: Place) -> Iterator[ast.Tuple]:
    """The tuples of one element without brackets that a statement gives."""
    for node in place.tree.nodes:
        value = node.value if isinstance(node, _GIVING) else None
        if isinstance(value, ast.Tuple) and len(value.elts) == 1 and not isinstance(value.elts[0], ast.Starred):
            start, end = place.tree.span(value)
            if place.text[end - 1] == "," and place.tree.span(value.elts[0])[0] == start:
                yield value


def _is_at(place: Place, value: ast.Tuple) -> bool:
    start, end = place.tree.span(value)
    return start <= place.end and place.start <= end


def _named(place: Place, value: ast.Tuple) -> set[str]:
    """The names that get the value: of variables and attributes, or of the function that returns it."""
    statement = place.tree.parent(value)
    if isinstance(statement, ast.Return):
        function = place.tree.function_of(statement)
        return {function.name} if function is not None else set()
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return {getattr(target, "id", getattr(target, "attr", "")) for target in targets}


def _without(place: Place, value: ast.Tuple, weight: float) -> Candidate:
    end = place.tree.span(value)[1]
    edit = Edit(place.tree.span(value.elts[0])[1], end, "")
    return Candidate("Take off the comma", (edit,), "fix", GENERATOR, weight, "it makes a tuple of the value")
