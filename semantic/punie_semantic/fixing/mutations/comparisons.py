"""Conditions: comparisons and their boundaries, and/or, a missing or surplus `not`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from punie_semantic.fixing.mutations.scene import Mutation, Scene

_OPERATOR = re.compile(r"not\s+in|is\s+not|==|!=|<=|>=|<|>|\bin\b|\bis\b")
_OTHERS: dict[str, tuple[tuple[str, float], ...]] = {
    "<": (("<=", 0.9), (">", 0.55), (">=", 0.5), ("==", 0.15), ("!=", 0.15)),
    "<=": (("<", 0.9), (">=", 0.55), (">", 0.5), ("==", 0.2), ("!=", 0.1)),
    ">": ((">=", 0.9), ("<", 0.55), ("<=", 0.5), ("!=", 0.2), ("==", 0.15)),
    ">=": ((">", 0.9), ("<=", 0.55), ("<", 0.5), ("==", 0.2), ("!=", 0.1)),
    "==": (("!=", 0.8), (">=", 0.3), ("<=", 0.3), (">", 0.15), ("<", 0.15), ("in", 0.1)),
    "!=": (("==", 0.8), (">", 0.25), ("<", 0.25), (">=", 0.15), ("<=", 0.15)),
    "is": (("is not", 0.8), ("==", 0.2)),
    "is not": (("is", 0.8), ("!=", 0.2)),
    "in": (("not in", 0.8), ("==", 0.1)),
    "not in": (("in", 0.8),),
}


def compare(scene: Scene, node: ast.Compare) -> Iterator[Mutation]:
    """Another comparison; boundaries first."""
    sides = [node.left, *node.comparators]
    for left, right in pairwise(sides):
        start, end = scene.between(left, right)
        found = _OPERATOR.search(scene.text, start, end)
        if not found or "#" in scene.text[start:end]:
            continue
        name = " ".join(found[0].split())
        for other, weight in _OTHERS[name]:
            yield scene.edit(node, found.start(), found.end(), other, weight, f"{name} becomes {other}")
    if len(node.comparators) == 1 and isinstance(node.ops[0], ast.Lt | ast.Gt | ast.LtE | ast.GtE):
        left, right = scene.source(node.left), scene.source(node.comparators[0])
        start, end = scene.between(node.left, node.comparators[0])
        if len(scene.text[start:end].strip()) <= 2:
            yield scene.swap(node, f"{right}{scene.text[start:end]}{left}", 0.05)


def and_or(scene: Scene, node: ast.BoolOp) -> Iterator[Mutation]:
    """`and` for `or` and the other way round; one operand less."""
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    edits = []
    for left, right in pairwise(node.values):
        start, end = scene.between(left, right)
        found = re.compile(rf"\b{old}\b").search(scene.text, start, end)
        if not found:
            return
        edits.append(scene.edit(node, found.start(), found.end(), new, 0.8, f"{old} becomes {new}"))
    yield from edits if len(edits) == 1 else ()
    if len(edits) > 1:
        every = tuple(edit for mutation in edits for edit in mutation.edits)
        yield Mutation(every, f"Change {old} to {new}", 0.6, node, why=f"{old} becomes {new}")
    for index, value in enumerate(node.values):
        rest = [scene.source(other) for place, other in enumerate(node.values) if place != index]
        yield scene.wrap(node, f" {old} ".join(rest), 0.15, f"without {scene.source(value)}")


def surplus_not(scene: Scene, node: ast.UnaryOp) -> Iterator[Mutation]:
    """A condition without its `not`; a number without its sign."""
    start, _ = scene.tree.span(node)
    if isinstance(node.op, ast.Not):
        yield scene.edit(node, start, scene.tree.span(node.operand)[0], "", 0.7, "the condition is the other way round")
    elif isinstance(node.op, ast.USub | ast.Invert):
        yield scene.edit(node, start, start + 1, "", 0.45, "without the sign")


def missing_not(scene: Scene, node: ast.stmt | ast.expr) -> Iterator[Mutation]:
    """A condition turned round by `not`; comparisons have operators for that."""
    for test in _conditions(node):
        if not isinstance(test, ast.Compare | ast.Constant) and not _is_not(test):
            text = scene.source(test)
            simple = isinstance(test, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
            new = f"not {text}" if simple else f"not ({text})"
            yield scene.swap(test, new, 0.6 if simple else 0.35, "the condition is the other way round")


def _conditions(node: ast.stmt | ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            yield test
        case ast.BoolOp(values=values):
            yield from values
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            for part in node.generators:
                yield from part.ifs
        case ast.Return(value=ast.expr() as value):
            if isinstance(value, ast.Call | ast.Name | ast.Attribute):
                yield value
        case _:
            return


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def branches(scene: Scene, node: ast.IfExp) -> Iterator[Mutation]:
    """The two values of a conditional expression, exchanged; or one of them always."""
    one, other = scene.source(node.body), scene.source(node.orelse)
    yield scene.wrap(node, f"{other} if {scene.source(node.test)} else {one}", 0.6, "the two cases are exchanged")
