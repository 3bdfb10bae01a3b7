"""Calculations: another operator, exchanged operands, an operand less, augmented assignments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.mutations.scene import Mutation, Scene

_OTHERS: dict[str, tuple[tuple[str, float], ...]] = {
    "+": (("-", 0.8), ("*", 0.25)),
    "-": (("+", 0.8), ("/", 0.1), ("*", 0.1)),
    "*": (("/", 0.5), ("+", 0.35), ("**", 0.25), ("//", 0.25), ("-", 0.1)),
    "/": (("//", 0.6), ("*", 0.6), ("%", 0.2), ("-", 0.1)),
    "//": (("/", 0.6), ("%", 0.6), ("*", 0.25)),
    "%": (("//", 0.7), ("/", 0.3), ("*", 0.1)),
    "**": (("*", 0.7), ("//", 0.05)),
    "&": (("|", 0.8), ("^", 0.35), ("-", 0.15)),
    "|": (("&", 0.8), ("^", 0.35), ("-", 0.15)),
    "^": (("&", 0.4), ("|", 0.4)),
    "<<": ((">>", 0.8),),
    ">>": (("<<", 0.8),),
    "@": (("*", 0.2),),
}
_OPERATOR = re.compile(r"\*\*|//|<<|>>|[-+*/%&|^@]")
_AUGMENTED = re.compile(r"(\*\*|//|<<|>>|[-+*/%&|^@])=")


def binary(scene: Scene, node: ast.BinOp) -> Iterator[Mutation]:
    """Another operator."""
    start, end = scene.between(node.left, node.right)
    found = _OPERATOR.search(scene.text, start, end)
    if not found or "#" in scene.text[start:end]:
        return
    text = isinstance(node.left, ast.Constant | ast.JoinedStr) and not isinstance(_value(node.left), int | float)
    if not text and not (found[0] == "+" and _is_text(node.right)):
        for other, weight in _OTHERS[found[0]]:
            why = f"{found[0]} becomes {other}"
            yield scene.edit(node, found.start(), found.end(), other, weight, why)
    left, right = scene.source(node.left), scene.source(node.right)
    bare = scene.text[start:end].strip() == found[0]
    if bare and found[0] in ("-", "/", "//", "%", "**", "+"):
        turned = f"{right}{scene.text[start:end]}{left}"
        yield scene.swap(node, turned, 0.12 if found[0] == "+" else 0.3, "the operands are exchanged")


def surplus_operand(scene: Scene, node: ast.BinOp) -> Iterator[Mutation]:
    """A calculation without its last step; a step of one is the likeliest surplus."""
    small = _value(node.right) in (1, 2) and isinstance(node.op, ast.Add | ast.Sub)
    why = f"without {scene.source(node.right)}"
    yield scene.wrap(node, scene.source(node.left), 0.55 if small else 0.15, why)
    if not small:
        yield scene.wrap(node, scene.source(node.right), 0.08, f"without {scene.source(node.left)}")


def augmented(scene: Scene, node: ast.AugAssign) -> Iterator[Mutation]:
    """Another augmented assignment, or a plain one."""
    start, end = scene.between(node.target, node.value)
    found = _AUGMENTED.search(scene.text, start, end)
    if not found:
        return
    for other, weight in _OTHERS[found[1]]:
        why = f"{found[0]} becomes {other}="
        yield scene.edit(node, found.start(), found.end(), f"{other}=", weight, why)
    yield scene.edit(node, found.start(), found.end(), "=", 0.3, "the value is replaced")


def accumulate(scene: Scene, node: ast.Assign) -> Iterator[Mutation]:
    """`=` that should add: in a loop, or after the same was assigned before."""
    target = node.targets[0]
    if len(node.targets) != 1 or not isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
        return
    looped = any(isinstance(outer, ast.For | ast.While | ast.AsyncFor) for outer in scene.tree.parents(node))
    kept = isinstance(target, ast.Attribute | ast.Subscript)
    if not looped and not kept:
        return
    start, end = scene.between(target, node.value)
    at = scene.text.find("=", start, end)
    if at >= 0:
        for sign in ("+", "-"):
            weight = (0.35 if looped else 0.2) * (1 if sign == "+" else 0.5)
            yield scene.edit(node, at, at + 1, f"{sign}=", weight, "what was there before counts")


def negative(scene: Scene, node: ast.Return | ast.Lambda) -> Iterator[Mutation]:
    """A sign that is missing in what is returned."""
    value = node.value if isinstance(node, ast.Return) else node.body
    parts = value.elts[:1] if isinstance(value, ast.Tuple) else [value] if value is not None else []
    keyed = isinstance(scene.tree.parent(node), ast.keyword)
    for part in parts:
        if isinstance(part, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            fits = "order" in scene.facts if keyed else "sign" in scene.facts
            weight = 0.95 if fits else 0.08
            yield scene.swap(part, f"-{scene.source(part)}", weight, "the sign is the other one")


def missing_operand(scene: Scene, node: ast.Return) -> Iterator[Mutation]:
    """A step of a calculation that functions beside this one have: they return `a * self.count`."""
    function, value = scene.function(node), node.value
    owner = scene.tree.parent(function) if function else None
    if value is None or isinstance(value, ast.BinOp | ast.Constant) or not isinstance(owner, ast.ClassDef | ast.Module):
        return
    known = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)} if function else set()
    seen: set[str] = set()
    for sibling in owner.body:
        for other in ast.walk(sibling) if sibling is not function else ():
            if isinstance(other, ast.Return) and isinstance(other.value, ast.BinOp):
                start, end = scene.tree.span(other.value.left)[1], scene.tree.span(other.value)[1]
                rest = scene.text[start:end]
                used = {n.id for n in ast.walk(other.value.right) if isinstance(n, ast.Name)}
                if used <= known and used and rest not in seen and "\n" not in rest:
                    seen.add(rest)
                    alike = type(other.value.left) is type(value)
                    text = f"{scene.source(value)}{rest}"
                    yield scene.swap(value, text, 0.45 if alike else 0.2, "a function beside it has this step")


def _value(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or isinstance(_value(node), str | bytes)
