"""Off by one: indices, slices, ranges, and sizes that are compared."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from punie_semantic.fixing.mutations.scene import Mutation, Scene

_ENDS = ("first", "last")


def index(scene: Scene, node: ast.Subscript) -> Iterator[Mutation]:
    """A neighbouring index; the other end."""
    value = _whole(node.slice)
    if value is not None:
        for other, weight in ((value + 1, 0.5), (value - 1, 0.5), (-1 if value == 0 else 0, 0.5)):
            if other != value:
                yield scene.swap(node.slice, str(other), weight, "the index is off")
    elif not isinstance(node.slice, ast.Slice | ast.Tuple | ast.Constant | ast.UnaryOp):
        yield from _steps(scene, node.slice, 0.25)


def slices(scene: Scene, node: ast.Slice) -> Iterator[Mutation]:
    """Other bounds: one more, one less, none, or the other side."""
    for bound in (node.lower, node.upper, node.step):
        if bound is None:
            continue
        start, end = scene.tree.span(bound)
        yield scene.edit(bound, start, end, "", 0.3, "without the bound")
        value = _whole(bound)
        if value is None:
            yield from _steps(scene, bound, 0.4)
            continue
        for other, weight in ((value + 1, 0.55), (value - 1, 0.55), (-value, 0.3)):
            if other != value:
                yield scene.edit(bound, start, end, str(other), weight, "the bound is off")
    yield from _other_side(scene, node)


def _other_side(scene: Scene, node: ast.Slice) -> Iterator[Mutation]:
    start, end = scene.tree.span(node)
    if node.step is None and (node.lower is None) != (node.upper is None):
        bound = node.lower or node.upper
        text = scene.source(bound) if bound else ""
        yield scene.edit(node, start, end, f":{text}" if node.lower else f"{text}:", 0.45, "the other part")
    if node.step is None and node.lower is None and node.upper is None:
        weight = 0.6 if "order" in scene.facts else 0.1
        yield scene.edit(node, start, end, "::-1", weight, "the other order")


def calls(scene: Scene, node: ast.Call) -> Iterator[Mutation]:
    """`range` and `enumerate` from and to one more or less."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "range":
        for place, bound in enumerate(node.args[:2]):
            if _whole(bound) is None:
                yield from _steps(scene, bound, 0.55 if place == len(node.args[:2]) - 1 else 0.35)
        yield from _range_start(scene, node)
    elif name == "enumerate" and len(node.args) == 1 and not node.keywords:
        _, end = scene.tree.span(node.args[0])
        yield scene.edit(node, end, end, ", 1", 0.35, "counts from one")
    elif name == "enumerate" and len(node.args) == 2:
        start, end = scene.tree.span(node.args[0])[1], scene.tree.span(node.args[1])[1]
        yield scene.edit(node, start, end, "", 0.35, "counts from zero")
    elif name == "len":
        yield from _steps(scene, node, 0.3)


def _range_start(scene: Scene, node: ast.Call) -> Iterator[Mutation]:
    start, _ = scene.tree.span(node.args[0]) if node.args else (0, 0)
    if len(node.args) == 1:
        yield scene.edit(node, start, start, "1, ", 0.45, "starts at one")
    elif len(node.args) == 2:
        yield scene.edit(node, start, scene.tree.span(node.args[1])[0], "", 0.3, "starts at zero")


def compared(scene: Scene, node: ast.Compare) -> Iterator[Mutation]:
    """One more or less on the right side of a comparison of sizes."""
    if len(node.ops) == 1 and isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        right = node.comparators[0]
        if isinstance(right, ast.Name | ast.Call | ast.Attribute):
            yield from _steps(scene, right, 0.12)


def returned(scene: Scene, node: ast.Return) -> Iterator[Mutation]:
    """One more or less in what is returned."""
    if isinstance(node.value, ast.Name | ast.Call | ast.BinOp | ast.Attribute) and "off_by_one" in scene.facts:
        yield from _steps(scene, node.value, 0.3)


def _steps(scene: Scene, node: ast.expr, weight: float) -> Iterator[Mutation]:
    text = scene.source(node)
    if isinstance(node, ast.BinOp) and _whole(node.right) == 1 and isinstance(node.op, ast.Add | ast.Sub):
        return  # dropping the step is arithmetic's
    simple = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.BinOp)
    inner = text if simple and not (isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add)) else f"({text})"
    for sign, words in (("-", "one less"), ("+", "one more")):
        yield scene.wrap(node, f"{inner} {sign} 1", weight, words)


def _whole(node: ast.expr) -> int | None:
    """The value of a whole number, with its sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _whole(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    return None
