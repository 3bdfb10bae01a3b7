"""Methods that belong together and are not called alike: overloads, and the comparisons of `@total_ordering`."""

from __future__ import annotations

import ast
from collections import Counter

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.likeness import alike, likeness
from punie_semantic.fixing.occurrences import name_span
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import Function, decorators, methods, siblings

GENERATOR = "overload"
_ORDERS = ("__lt__", "__le__", "__gt__", "__ge__")


async def generate(place: Place) -> list[Candidate]:
    """The name that the others have."""
    node = place.tree.node_at(place.start, place.end)
    if node is None:
        return []
    if place.code == "invalid-total-ordering":
        owner = place.tree.enclosing(node, ast.ClassDef)
        found = [
            _renamed(place, method, right, value, "@total_ordering needs it")
            for name, method in (methods(owner) if owner is not None else {}).items()
            for right, value in alike(name, _ORDERS)[:1]
            if name.startswith("_") and not hasattr(object, name)
        ]
        return [candidate for candidate in found if candidate is not None]
    function = place.tree.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef)
    return _of_overloads(place, function) if function is not None else []


def _of_overloads(place: Place, function: Function) -> list[Candidate]:
    """Those of the overloads around, and of what follows them, whose name is the odd one out."""
    block = siblings(place.tree, function)
    at = next(n for n, statement in enumerate(block) if statement is function)
    first = last = at
    while first > 0 and _is_overload(block[first - 1]):
        first -= 1
    while last + 1 < len(block) and _is_overload(block[last]) and isinstance(block[last + 1], Function):
        last += 1
    together = [statement for statement in block[first : last + 1] if isinstance(statement, Function)]
    names = Counter(one.name for one in together)
    usual = names.most_common(1)[0][0]
    found = []
    for one in together:
        value = likeness(one.name, usual)
        if one.name != usual and names[one.name] == 1 and value >= 0.6:
            found.append(_renamed(place, one, usual, value, f"the overloads are called {usual}"))
    return [candidate for candidate in found if candidate is not None]


def _is_overload(statement: ast.stmt) -> bool:
    return isinstance(statement, Function) and "overload" in decorators(statement)


def _renamed(place: Place, function: Function, right: str, value: float, why: str) -> Candidate | None:
    span = name_span(place.tree, function, function.name)
    if span is None or function.name == right:
        return None
    title = f"Rename {function.name} to {right}"
    return Candidate(title, (Edit(*span, right),), "fix", GENERATOR, min(value + 0.1, 0.96), why)
