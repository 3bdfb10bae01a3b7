"""Comparisons and conditions that say something else than they look like: `== None`, `x == x`, tuples."""

from __future__ import annotations

import ast
import re
from itertools import pairwise

from punie_semantic.fixing.candidate import Candidate, Edit, Kind
from punie_semantic.fixing.importing import imported
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import visible
from punie_semantic.fixing.spots import expression_at

GENERATOR = "comparison"
_IDENTITY = {"==": "is", "!=": "is not"}


async def generate(place: Place) -> list[Candidate]:
    """What the comparison or condition at the problem is meant to be."""
    node = expression_at(place.tree, place.start, place.end)
    if node is None:
        return []
    tuples = place.tree.nodes_in(place.start, place.end, ast.Tuple)
    if place.code in ("F631", "F634", "redundant-condition"):
        return _of_tuple(place, tuples[0]) if tuples and place.tree.span(tuples[0])[1] <= place.end else []
    compare = place.tree.enclosing(node, ast.Compare)
    if compare is None:
        return []
    if place.code in ("E711", "E712", "E721"):
        return await _identity(place, compare)
    if place.code == "PLW0177":
        return _nan(place, compare)
    return _itself(place, compare)


async def _identity(place: Place, compare: ast.Compare) -> list[Candidate]:
    """`is` for `==`; for truth values also the value by itself, for types also isinstance."""
    edits = []
    operands = [compare.left, *compare.comparators]
    for left, right in pairwise(operands):
        gap_start, gap_end = place.tree.span(left)[1], place.tree.span(right)[0]
        found = re.compile(r"==|!=").search(place.text, gap_start, gap_end)
        if found and (place.code == "E721" or _is_constant(left) or _is_constant(right)):
            edits.append(Edit(found.start(), found.end(), _IDENTITY[found[0]]))
    if not edits:
        return []
    title = "Compare identities: " + " and ".join(dict.fromkeys(edit.text for edit in edits))
    what = {"E711": "there is one None", "E712": "there is one True and one False"}.get(
        place.code, "classes are objects"
    )
    weight = 0.95 if place.code == "E711" else 0.85
    whole = Candidate(title, tuple(edits), "fix", GENERATOR, weight, what)
    if len(operands) != 2:
        return [whole]
    if place.code == "E712":
        return [whole, *await _truth(place, compare)]
    return [whole, *_isinstance(place, compare)] if place.code == "E721" else [whole]


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


async def _truth(place: Place, compare: ast.Compare) -> list[Candidate]:
    left, right = compare.left, compare.comparators[0]
    value, constant = (left, right) if isinstance(right, ast.Constant) else (right, left)
    if not isinstance(constant, ast.Constant):
        return []
    plain = bool(constant.value) == isinstance(compare.ops[0], ast.Eq)
    text = place.tree.source(value)
    simple = isinstance(value, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    new = text if plain else f"not {text if simple else f'({text})'}"
    [shown] = await place.types([value])
    tested = isinstance(
        place.tree.parent(compare), ast.If | ast.While | ast.BoolOp | ast.IfExp | ast.Assert | ast.UnaryOp
    )
    sure = {part.strip() for part in shown.split("|")} <= {"bool", "None"} if shown else False
    unknown = shown in ("", "Unknown", "Any")
    never = not unknown and not re.search(r"\b(bool|int|float|object|Unknown|Any|Literal)\b", shown)
    weight = 0.92 if sure else 0.88 if tested and (unknown or never) else 0.5
    edit = Edit(*place.tree.span(compare), new)
    kind: Kind = "fix" if weight > 0.6 else "unsafe_fix"
    why = f"{text} is a bool" if sure else "it is only asked whether it is true"
    return [Candidate(f"Use {new} as the condition", (edit,), kind, GENERATOR, weight, why)]


def _isinstance(place: Place, compare: ast.Compare) -> list[Candidate]:
    left, right = compare.left, compare.comparators[0]
    match left:
        case ast.Call(func=ast.Name(id="type"), args=[value]) if not _is_type_call(right):
            test = f"isinstance({place.tree.source(value)}, {place.tree.source(right)})"
            negated = "not " if isinstance(compare.ops[0], ast.NotEq) else ""
            edit = Edit(*place.tree.span(compare), negated + test)
            why = "subclasses count as well"
            return [Candidate(f"Use {negated}{test}", (edit,), "unsafe_fix", GENERATOR, 0.6, why)]
    return []


def _is_type_call(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type"


def _nan(place: Place, compare: ast.Compare) -> list[Candidate]:
    """`math.isnan(x)` for `x == nan`, which never holds."""
    sides = [compare.left, *compare.comparators]
    other = next((side for side in sides if "nan" not in place.tree.source(side).lower()), None)
    if len(sides) != 2 or other is None:
        return []
    spelled, needed = imported(place.tree, "math", "isnan")
    if needed:
        spelled, needed = "math.isnan", _import_math(place)
    negated = "not " if isinstance(compare.ops[0], ast.NotEq | ast.IsNot) else ""
    edit = Edit(*place.tree.span(compare), f"{negated}{spelled}({place.tree.source(other)})")
    return [Candidate(f"Use {spelled}", (edit, *needed), "fix", GENERATOR, 0.85, "nan is not equal to itself")]


def _import_math(place: Place) -> tuple[Edit, ...]:
    _, edits = imported(place.tree, "math", "isnan")
    return tuple(Edit(e.start, e.end, e.text.replace("from math import isnan", "import math")) for e in edits)


def _of_tuple(place: Place, node: ast.Tuple) -> list[Candidate]:
    """`assert (test, message)` without its parentheses; a condition with a comma too much, or `and` for it."""
    start, end = place.tree.span(node)
    parent = place.tree.parent(node)
    if not place.text.startswith("(", start):
        return []
    inner = place.text[start + 1 : end - 1].strip()
    if isinstance(parent, ast.Assert) and parent.test is node and parent.msg is None and len(node.elts) == 2:
        edit = Edit(start, end, inner.rstrip(",").rstrip())
        return [Candidate("Take off the parentheses", (edit,), "fix", GENERATOR, 0.95, "a tuple is always true")]
    if len(node.elts) == 1:
        comma = place.text.rfind(",", start, end)
        edit = Edit(comma, comma + 1, "")
        return [Candidate("Take off the comma", (edit,), "fix", GENERATOR, 0.9, "a tuple is always true")]
    edits = []
    for left, right in pairwise(node.elts):
        gap = re.compile(r"\s*,\s*").match(place.text, place.tree.span(left)[1], place.tree.span(right)[0])
        if gap is None:
            return []
        edits.append(Edit(gap.start(), gap.end(), " and "))
    return [Candidate("Change , to and", tuple(edits), "unsafe_fix", GENERATOR, 0.6, "a tuple is always true")]


def _itself(place: Place, compare: ast.Compare) -> list[Candidate]:
    """Something is compared with itself: one side was to be another name, or `other`'s attribute."""
    tree, found = place.tree, []
    sides = [compare.left, *compare.comparators]
    function = tree.function_of(compare)
    names = visible(tree, compare)
    params = [a.arg for a in (*function.args.posonlyargs, *function.args.args)] if function is not None else []
    for number, side in enumerate(reversed(sides[:2])):
        root = side
        while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
            root = root.func if isinstance(root, ast.Call) else root.value
        if not isinstance(root, ast.Name):
            continue
        for name in names.values():
            value = _instead(root.id, name.name, params, unread=not name.reads)
            if value and name.scope is not None:
                edit = Edit(*tree.span(root), name.name)
                title = f"Change the {'left' if number else 'right'} {root.id} to {name.name}"
                found.append(
                    Candidate(title, (edit,), "fix", GENERATOR, value - 0.05 * number, "the sides are the same")
                )
    return sorted(found, key=lambda c: -c.weight)[:6]


def _instead(wrong: str, name: str, params: list[str], *, unread: bool) -> float:
    """How likely one name was meant for the other."""
    if name == wrong:
        return 0.0
    if name in params:
        return 0.93 if unread else 0.75 if wrong in params else 0.5
    return 0.8 * likeness(wrong, name) if likeness(wrong, name) > 0.6 else 0.0
