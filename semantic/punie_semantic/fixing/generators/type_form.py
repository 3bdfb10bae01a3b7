"""Annotations that are no types: called, a builtin function for the class of its name, the wrong brackets, a module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.expression import short
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import visible

GENERATOR = "type form"
_CLASSES = {
    "any": "Any",
    "callable": "Callable",
    "iter": "Iterator",
    "array": "list",
    "string": "str",
    "integer": "int",
    "boolean": "bool",
    "object_": "object",
}


async def generate(place: Place) -> list[Candidate]:
    """What an annotation may have been."""
    node = place.tree.node_at(place.start, place.end)
    annotation = _annotation(place, node) if node is not None else None
    if annotation is None:
        return []
    found: list[Candidate] = []
    for part in ast.walk(annotation):
        if isinstance(part, ast.Call):
            found += _called(place, part)
        elif isinstance(part, ast.Name | ast.Attribute):
            found += [*_class(place, part), *_module(place, part)]
        elif isinstance(part, ast.List | ast.Tuple) and part is annotation:
            found += _display(place, part)
        elif (
            isinstance(part, ast.Constant) and isinstance(part.value, int | float) and not isinstance(part.value, bool)
        ):
            found.append(_change(place, part, type(part.value).__name__, 0.6, "its type is meant"))
    return sorted(found, key=lambda candidate: -candidate.weight)[:8]


def _annotation(place: Place, node: ast.AST) -> ast.expr | None:
    """The whole annotation around a node."""
    inner = node
    for outer in (node, *place.tree.parents(node)):
        if isinstance(outer, ast.arg | ast.AnnAssign) and inner is outer.annotation:
            return outer.annotation
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef) and inner is outer.returns:
            return outer.returns
        if isinstance(outer, ast.arg) and inner is outer:
            return outer.annotation
        inner = outer
    # ty marks the subscripted thing alone in aliases and casts.
    forms = place.code in ("invalid-type-form", "invalid-type-arguments")
    return node if forms and isinstance(node, ast.Subscript | ast.Call | ast.Name) else None


def _called(place: Place, node: ast.Call) -> Iterator[Candidate]:
    """`list(int)` for `list[int]`, `Any()` for `Any`, `list()` for `[]` in Callable."""
    owner = place.tree.source(node.func)
    start, end = place.tree.span(node)
    inside = place.text[start + len(owner) + 1 : end - 1].rstrip().rstrip(",")
    if node.args and not node.keywords:
        yield _change(place, node, f"{owner}[{inside}]", 0.95, "types take square brackets")
    if not node.args and not node.keywords:
        outer = place.tree.parent(node)
        if owner in ("list", "dict", "tuple") and isinstance(outer, ast.Tuple) and outer.elts[0] is node:
            yield _change(place, node, "[]", 0.9, "a list of parameter types is wanted")
        yield _change(place, node, owner, 0.93, "a class is wanted, not an instance")


def _class(place: Place, node: ast.Name | ast.Attribute) -> Iterator[Candidate]:
    """`Any` for `any`, as this file writes it."""
    name = node.id if isinstance(node, ast.Name) else node.attr
    wanted = _CLASSES.get(name)
    if wanted is None:
        return
    names = visible(place.tree, node)
    aliases = re.findall(rf"\b(\w+)\.{wanted}\b", place.text)
    if wanted in names:
        yield _change(place, node, wanted, 0.95, f"`{wanted}` is the type")
    for alias in dict.fromkeys([*aliases, "t", "typing", "abc"]):
        if alias in names:
            yield _change(place, node, f"{alias}.{wanted}", 0.93, f"`{wanted}` is the type")
            return


def _module(place: Place, node: ast.Name | ast.Attribute) -> Iterator[Candidate]:
    if "odule" in place.message and place.tree.span(node) == (place.start, place.end):
        text = place.tree.source(node)
        last = text.rpartition(".")[2]
        for name in (last, last.capitalize()):
            yield _change(place, node, f"{text}.{name}", 0.7, "a module is no type")


def _display(place: Place, node: ast.List | ast.Tuple) -> Iterator[Candidate]:
    """`[int]` for `list[int]`, `(int, str)` for `tuple[int, str]`."""
    text = place.tree.source(node)
    inside = text[1:-1] if text[:1] in "([" else text
    if isinstance(node, ast.List) and len(node.elts) == 1:
        yield _change(place, node, f"list[{inside}]", 0.85, "a list of it is meant")
    yield _change(place, node, f"tuple[{inside.rstrip().rstrip(',')}]", 0.8, "a tuple of them is meant")
    if len(node.elts) > 1:
        yield _change(
            place, node, " | ".join(place.tree.source(element) for element in node.elts), 0.4, "any of them is meant"
        )


def _change(place: Place, node: ast.expr, text: str, weight: float, why: str) -> Candidate:
    title = f"Change {short(place.tree.source(node))} to {short(text)}"
    return Candidate(title, (Edit(*place.tree.span(node), text),), "fix", GENERATOR, weight, why)
