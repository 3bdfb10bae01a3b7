"""An expression at a problem: its text, node and surroundings, also inside of an f-string. Knows no workspace."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TypeVar

from punie_semantic.fixing import type_text
from punie_semantic.fixing.place import Place

_N = TypeVar("_N", bound=ast.AST)
_ATOMS = (
    ast.Name,
    ast.Attribute,
    ast.Call,
    ast.Subscript,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.JoinedStr,
)


@dataclass(frozen=True)
class Expression:
    """An expression of the problem's file.

    Attributes:
        start: where it starts.
        end: where it ends.
        text: its text.
        node: it, parsed for itself; its offsets count from its own start.
        around: the node of the file's tree that is it, or the smallest that has it.
    """

    start: int
    end: int
    text: str
    node: ast.expr
    around: ast.AST

    @property
    def atom(self) -> bool:
        """Whether `.name` or `[0]` can follow without parentheses."""
        plain = isinstance(self.node, ast.Constant) and not isinstance(self.node.value, int | float | complex)
        return plain or isinstance(self.node, _ATOMS) or self.text.startswith("(")

    @property
    def atomic(self) -> str:
        """Its text, in parentheses where it needs them."""
        return self.text if self.atom else f"({self.text})"


def expression_at(place: Place, start: int, end: int) -> Expression | None:
    """The expression between two offsets; None when there is none."""
    text = place.text[start:end]
    around = place.tree.node_at(start, end)
    if around is None or not text.strip():
        return None
    try:
        node = ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return Expression(start, end, text, node, around)


def expression_of(place: Place, node: ast.expr) -> Expression:
    """A node of the file's tree as an expression."""
    start, end = place.tree.span(node)
    return expression_at(place, start, end) or Expression(start, end, place.text[start:end], ast.Constant(None), node)


def part_of(place: Place, here: Expression, node: ast.expr) -> Expression:
    """A part of an expression; `node` belongs to the expression's own tree."""
    lines = f"({here.text}\n)".encode().splitlines(keepends=True)
    start = len(b"".join(lines[: node.lineno - 1])) + node.col_offset
    end = len(b"".join(lines[: (node.end_lineno or node.lineno) - 1])) + (node.end_col_offset or 0)
    whole = b"".join(lines)
    left, right = len(whole[:start].decode()) - 1, len(whole[:end].decode()) - 1
    return Expression(here.start + left, here.start + right, here.text[left:right], node, here.around)


def in_async(place: Place, node: ast.AST) -> bool:
    """Whether `await` may be written at a node."""
    inner = node
    for outer in place.tree.parents(node):
        if isinstance(outer, ast.Lambda):
            return False
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef) and any(inner is part for part in outer.body):
            return isinstance(outer, ast.AsyncFunctionDef)
        inner = outer
    return False


def subject_of(place: Place) -> Expression | None:
    """The expression whose type is the problem, within what is marked: an attribute's owner, an operand, the whole."""
    here = expression_at(place, place.start, place.end)
    if here is None:
        return None
    if place.message.startswith("Method `__"):
        outer = place.tree.parent(here.around)
        return expression_of(place, outer.slice) if isinstance(outer, ast.Subscript) else None
    node = here.node
    if "attribute" in place.code:
        return part_of(place, here, node.value) if isinstance(node, ast.Attribute) else None
    if place.code == "not-subscriptable":
        return part_of(place, here, node.value) if isinstance(node, ast.Subscript) else here
    if place.code == "not-callable":
        return part_of(place, here, node.func) if isinstance(node, ast.Call) else here
    if place.code == "unsupported-operator":
        return _operand(place, here)
    return here


_FUNCTIONS = ("bound method ", "def ", "(", "Overload[")


def _troubles(known: str) -> bool:
    """Whether a type has None, a coroutine or a function."""
    members = type_text.parts(known)
    return any(m == "None" or type_text.awaited(m) or m.startswith(_FUNCTIONS) for m in members)


def _operand(place: Place, here: Expression) -> Expression | None:
    """The operand that is None, a coroutine or a function."""
    node = here.node
    if isinstance(node, ast.BinOp):
        sides: list[ast.expr] = [node.left, node.right]
    elif isinstance(node, ast.Compare) and len(node.comparators) == 1:
        sides = [node.left, node.comparators[0]]
    else:
        return None
    told = re.findall(r"`([^`]+)`", place.message.partition("\n")[0])[1:]
    for side, known in zip(sides, told, strict=False):
        if _troubles(known):
            return part_of(place, here, side)
    return None


def exact(place: Place, *types: type[_N]) -> _N | None:
    """The node of some types that a problem marks exactly, or the smallest around it."""
    node = place.tree.node_at(place.start, place.end)
    inside = [n for n in ast.walk(node) if isinstance(n, types)] if node is not None else []
    same = [n for n in inside if hasattr(n, "lineno") and place.tree.span(n) == (place.start, place.end)]
    return same[0] if same else place.tree.enclosing(node, *types) if node is not None else None


def source_in(text: str, node: ast.AST) -> str:
    """The text of a part of an expression that was parsed for itself (it is one character further right)."""
    return ast.get_source_segment(f"({text}\n)", node) or ""


def short(text: str, most: int = 40) -> str:
    """Some code for a title: one line, not too long."""
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"
