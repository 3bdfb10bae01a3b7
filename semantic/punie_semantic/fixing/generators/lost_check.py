"""A type check that a condition lost: `isinstance(x, T) and x.attribute`, for types that the file asks for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.expression import short
from punie_semantic.fixing.generators.wrong_attribute import access_at
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import names_of
from punie_semantic.fixing.tree import Tree

GENERATOR = "lost check"
MOST = 6
_IN_UNION = re.compile(r" in union `(.+)`$")


async def generate(place: Place) -> list[Candidate]:
    """The check before what asks for an attribute that only one of the types has."""
    access = access_at(place)
    node = access.node if access is not None else None
    if node is None or not isinstance(node.value, ast.Name | ast.Attribute):
        return []
    spot = _spot(place.tree, node)
    if spot is None:
        return []
    part, sure = spot
    start, end = place.tree.span(part)
    subject = place.tree.source(node.value)
    brackets = isinstance(part, ast.BoolOp) and isinstance(part.op, ast.Or)
    scores: dict[str, float] = {}
    for check, weight in _checks(place, node, subject):
        if weight > scores.get(check, 0.0):
            scores[check] = weight
    found = []
    for check, weight in sorted(scores.items(), key=lambda item: -item[1])[:MOST]:
        edits = [Edit(start, start, f"{check} and {'(' if brackets else ''}")]
        edits += [Edit(end, end, ")")] if brackets else []
        why = f"the file asks for this type, and only it has {node.attr}"
        title = f"Ask for {short(check)} first"
        found.append(Candidate(title, tuple(edits), "fix", GENERATOR, min(weight, 0.92) * sure, why))
    return found


def _spot(tree: Tree, node: ast.expr) -> tuple[ast.expr, float] | None:
    """The condition that the check goes before, with how usual a check is there."""
    inner: ast.AST = node
    for outer in tree.parents(node):
        if isinstance(outer, ast.BoolOp) and isinstance(outer.op, ast.And) and isinstance(inner, ast.expr):
            # Behind a part that asks about the same already, the check would come too late.
            return (inner, 1.0) if not _asked_before(tree, outer, inner, node) else None
        if isinstance(outer, ast.If | ast.While | ast.IfExp | ast.Assert) and inner is outer.test:
            return outer.test, 1.0
        if isinstance(outer, ast.comprehension) and any(inner is test for test in outer.ifs):
            return (inner, 1.0) if isinstance(inner, ast.expr) else None
        if isinstance(outer, ast.Assign | ast.Return):
            return (node, 0.8) if outer.value is node else None
        if isinstance(outer, ast.stmt | ast.Lambda):
            return None
        inner = outer
    return None


def _asked_before(tree: Tree, whole: ast.BoolOp, part: ast.AST, node: ast.expr) -> bool:
    subject = tree.source(node.value) if isinstance(node, ast.Attribute) else ""
    earlier = whole.values[: next((i for i, value in enumerate(whole.values) if value is part), 0)]
    return any(asked is not None and asked[0] == subject for value in earlier if (asked := _asked(tree, value)))


def _checks(place: Place, node: ast.Attribute, subject: str) -> Iterator[tuple[str, float]]:
    """Checks of the subject's type, each with how likely it is."""
    tree = place.tree
    known = names_of(tree.module)
    for other in tree.nodes:
        asked = _asked(tree, other)
        if asked is None or other is node:
            continue
        about, kind = asked
        weight = 0.62 + (0.12 if about == subject else 0.0) + (0.16 if _reads(tree, other, about, node.attr) else 0.0)
        yield kind.format(subject), weight
    union = _IN_UNION.search(place.message.partition("\n")[0])
    for name in re.findall(r"\b[A-Za-z_]\w*\b", union[1]) if union else ():
        if name in known:
            yield f"isinstance({subject}, {name})", 0.66
    for other in place.others:
        if other.code != "F401":
            continue
        name = place.text[slice(*place.offsets(other))].rpartition(".")[2].rpartition(" ")[2]
        if name[:1].isupper() and not name.isupper():
            yield f"isinstance({subject}, {name})", 0.84


def _asked(tree: Tree, node: ast.AST) -> tuple[str, str] | None:
    """What a check is about, and the check with a gap for that: `isinstance({}, T)`, `type({}) is T`."""
    match node:
        case ast.Call(func=ast.Name(id="isinstance"), args=[about, kind]):
            return tree.source(about), f"isinstance({{}}, {_safe(tree.source(kind))})"
        case ast.Compare(
            left=ast.Call(func=ast.Name(id="type"), args=[about]), ops=[ast.Is() | ast.Eq() as sign], comparators=[kind]
        ):
            word = "is" if isinstance(sign, ast.Is) else "=="
            return tree.source(about), f"type({{}}) {word} {_safe(tree.source(kind))}"
    return None


def _safe(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _reads(tree: Tree, check: ast.AST, about: str, attribute: str) -> bool:
    """Whether what a check guards reads the attribute of what it is about."""
    wanted = f"{about}.{attribute}"
    for outer in tree.parents(check):
        if isinstance(outer, ast.If | ast.IfExp | ast.BoolOp | ast.comprehension):
            guarded = outer.body if isinstance(outer, ast.If) else [outer]
            for part in [outer.test, *guarded] if isinstance(outer, ast.If) else guarded:
                if any(isinstance(n, ast.Attribute) and tree.source(n) == wanted for n in ast.walk(part)):
                    return True
        if isinstance(outer, ast.stmt):
            return False
    return False
