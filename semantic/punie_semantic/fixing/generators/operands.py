"""An operator between things that do not go together: an operand without its conversion, or another operator."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.expression import Expression, exact, expression_of, short
from punie_semantic.fixing.generators.values import right_values
from punie_semantic.fixing.place import Place

GENERATOR = "operands"
_OTHERS = {
    "+": ("|", "-", "*", "/", "%"),
    "-": ("+", "/", "*", "%", "|"),
    "*": ("+", "/", "-", "%", "//"),
    "/": ("//", "*", "+", "%", "-"),
    "//": ("/", "*", "%", "+", "-"),
    "%": ("+", "/", "//"),
    "|": ("+", "&", "or"),
    "&": ("|", "and"),
    "@": ("*",),
    "**": ("*",),
    "^": ("**",),
    "<<": ("<",),
    ">>": (">",),
    "in": ("==", "not in"),
    "not in": ("!=", "in"),
    "<": ("<=", ">", "==", "in"),
    ">": (">=", "<", "==", "in"),
    "<=": ("<", ">=", "=="),
    ">=": (">", "<=", "=="),
}
_SURE = {("+", "|"), ("-", "+"), ("*", "+"), ("in", "=="), ("/", "+"), ("%", "+")}


async def generate(place: Place) -> list[Candidate]:
    """For `left operator right`: the right type on either side, another operator, the sides swapped."""
    told = re.match(r"Operator `(.+?)` is not supported between (.*)$", place.message.partition("\n")[0], re.S)
    node = exact(place, ast.BinOp, ast.Compare, ast.AugAssign)
    if told is None or node is None:
        return []
    types = re.findall(r"`([^`]+)`", told[2])
    left_type, right_type = (types * 2)[:2]
    sides = _sides(place, node, left_type)
    if sides is None:
        return []
    left, right = expression_of(place, sides[0]), expression_of(place, sides[1])
    operator = told[1]
    candidates = list(_operators(place, left, right, operator, types))
    candidates += _path(left, right, operator, left_type, right_type, place)
    if operator.rstrip("=") in ("+", "-", "*", "/", "//", "%", "|", "&") or operator in ("<", ">", "<=", ">="):
        plain = {type_text.base(part) for part in (left_type, right_type)}
        candidates += await _converted(place, right, left_type, right_type, operator, 0.0)
        if not isinstance(node, ast.AugAssign):
            # Text next to text: whichever side is not text was to become it.
            lead = -0.15 if "str" not in plain or type_text.base(left_type) == "str" else 0.0
            candidates += await _converted(place, left, right_type, left_type, operator, lead)
    if operator in ("in", "not in"):
        candidates += _contained(place, left, right)
        candidates += await right_values(place, right, f"list[{type_text.base(left_type)}]", right_type, GENERATOR)
    return sorted(candidates, key=lambda candidate: -candidate.weight)[:16]


def _sides(
    place: Place, node: ast.BinOp | ast.Compare | ast.AugAssign, left_type: str
) -> tuple[ast.expr, ast.expr] | None:
    if isinstance(node, ast.BinOp):
        return node.left, node.right
    if isinstance(node, ast.AugAssign):
        return node.target, node.value
    pairs = list(pairwise([node.left, *node.comparators]))
    return pairs[0] if len(pairs) == 1 else None


def _operators(
    place: Place, left: Expression, right: Expression, operator: str, types: list[str]
) -> Iterator[Candidate]:
    """Another operator that looks alike or means the like."""
    left_type, right_type = (types * 2)[:2]
    between = place.text[left.end : right.start]
    augmented = operator.endswith("=") and operator not in ("<=", ">=", "==")
    plain = operator[:-1] if augmented else operator
    at = left.end + between.find(plain)
    if plain not in between:
        return
    for rank, other in enumerate(_OTHERS.get(plain, ())):
        if augmented and other in ("or", "and", "=="):
            continue
        weight = (0.75 if (plain, other) in _SURE else 0.4) - 0.04 * rank
        if plain in ("/", "-") and other == "+" and type_text.base(left_type) in ("str", "bytes", "list"):
            weight = 0.9
        if other == "%" and type_text.base(left_type) == "str" and type_text.base(right_type) != "str":
            weight = 0.72
        if plain in ("+", "-") and other == "%" and isinstance(left.node, ast.Constant) and "%" in left.text:
            weight = 0.9
        edit = Edit(at, at + len(plain), other)
        yield Candidate(f"Change {plain} to {other}", (edit,), "fix", GENERATOR, weight, f"{plain} is not for them")


def _path(
    left: Expression, right: Expression, operator: str, left_type: str, right_type: str, place: Place
) -> Iterator[Candidate]:
    if left_type.endswith("Path") and operator == "+" and type_text.base(right_type) == "str":
        at = left.end + place.text[left.end : right.start].find("+")
        yield Candidate("Change + to /", (Edit(at, at + 1, "/"),), "fix", GENERATOR, 0.9, "paths are joined with /")


async def _converted(
    place: Place, side: Expression, wanted: str, found: str, operator: str, less: float
) -> list[Candidate]:
    """One side as something of the other side's type."""
    plain = " | ".join(part for part in type_text.parts(wanted) if part != "None")
    if type_text.called(wanted) or type_text.awaited(wanted) or not plain:
        return []
    known = type_text.base(plain)
    if operator in ("*", "*=") and known in ("str", "list"):
        known = "int"
    candidates = await right_values(place, side, known, found, GENERATOR)
    text = [_lower(candidate, less) for candidate in candidates]
    if known.startswith("list") and operator in ("+", "+="):
        inner = known[len("list[") : -1]
        if type_text.fits(found, inner):
            edit = Edit(side.start, side.end, f"[{side.text}]")
            text.append(
                Candidate(
                    f"Put {short(side.text)} into a list", (edit,), "fix", GENERATOR, 0.75 + less, "it is an element"
                )
            )
    return text


def _lower(candidate: Candidate, less: float) -> Candidate:
    weight = max(candidate.weight + less, 0.02)
    return Candidate(candidate.title, candidate.edits, candidate.kind, GENERATOR, weight, candidate.why, candidate.file)


def _contained(place: Place, left: Expression, right: Expression) -> Iterator[Candidate]:
    """`a in b` the other way round."""
    edits = (Edit(left.start, left.end, right.text), Edit(right.start, right.end, left.text))
    title = f"Swap {short(left.text, 24)} and {short(right.text, 24)}"
    yield Candidate(title, edits, "fix", GENERATOR, 0.6, "the container stands behind `in`")
    edit = Edit(right.start, right.end, f"({right.text},)")
    yield Candidate(f"Put {short(right.text)} into a tuple", (edit,), "fix", GENERATOR, 0.35, "it is one element")
