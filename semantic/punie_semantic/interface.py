"""What can other modules see of an edit? Only files that may look at those names need a re-check.

The body of a function counts as private only where its return type is annotated and it assigns neither
attributes, items nor globals. Everything else is visible, and any doubt counts as "everything".
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

REMEMBERED = 8
_WORD = re.compile(r"\w+")
_ANYTHING = frozenset({"*", "__getattr__"})  # what binds names that are not written there


@dataclass(frozen=True)
class _Statement:
    """A top-level statement: its shape, the names it binds, and every word in it."""

    shape: str
    binds: frozenset[str]
    mentions: frozenset[str]


def visible_changes(before: str, after: str) -> frozenset[str] | None:
    """Top-level names that may look different from outside; empty when nothing does, None when anything may.

    A name counts when its definition changed, or mentions one that counts.
    """
    try:
        old, new = _statements(before), _statements(after)
    except (SyntaxError, ValueError, RecursionError):
        return None
    changed = _changed(old, new)
    if any(not s.binds or _ANYTHING & s.binds for s in changed):
        return None
    names = set().union(*(s.binds for s in changed), _reordered(old, new))
    return _closure(names, [*old, *new])


def _changed(old: Sequence[_Statement], new: Sequence[_Statement]) -> list[_Statement]:
    """Statements that only one side has."""
    before, after = Counter(s.shape for s in old), Counter(s.shape for s in new)
    odd = (before - after) + (after - before)
    return [s for s in (*old, *new) if odd[s.shape]]


def _reordered(old: Sequence[_Statement], new: Sequence[_Statement]) -> set[str]:
    """Names that several statements bind, when the order of these and of those that mention them changed."""
    counts = Counter(name for s in new for name in s.binds)
    repeated = {name for name, count in counts.items() if count > 1}
    return {name for name in repeated if _places(name, old) != _places(name, new)}


def _places(name: str, statements: Sequence[_Statement]) -> list[str]:
    return [s.shape for s in statements if name in s.binds or name in s.mentions]


def _closure(names: set[str], statements: Sequence[_Statement]) -> frozenset[str]:
    grown = True
    while grown:
        more = {n for s in statements if names & s.mentions for n in s.binds}
        grown = not more <= names
        names |= more
    return frozenset(names)


# Candidates for one problem are compared with the same text again and again.
@lru_cache(maxsize=REMEMBERED)
def _statements(source: str) -> tuple[_Statement, ...]:
    tree = _Outside().visit(ast.parse(source))
    return tuple(_statement(node) for node in tree.body)


def _statement(node: ast.stmt) -> _Statement:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return _Statement("", frozenset({"__doc__"}), frozenset())
    binds: set[str] = set()
    mentions: set[str] = set()
    for part in ast.walk(node):
        binds |= _bound_by(part)
        if isinstance(part, ast.Name):
            mentions.add(part.id)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            mentions.update(_WORD.findall(part.value))  # an annotation may stand in quotes
    return _Statement(ast.dump(node), frozenset(binds), frozenset(mentions))


def _bound_by(node: ast.AST) -> set[str]:
    """Names bound by one node; those of inner scopes are bound too much, which only costs time."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return {name}
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return {name}
        case ast.ExceptHandler(name=str(name)):
            return {name}
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            return {_root(node)}
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return {(alias.asname or alias.name).partition(".")[0] for alias in aliases}
        case _:
            return set()


def _root(node: ast.AST) -> str:
    """The name whose attribute or item is assigned; `*` when it is no plain name."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else "*"


class _Outside(ast.NodeTransformer):
    """Empties the bodies that no importer can see into."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.returns is not None and not _reaches_outside(node):
            node.body = [ast.Pass()]
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        if node.returns is not None and not _reaches_outside(node):
            node.body = [ast.Pass()]
        return node


def _reaches_outside(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Global | ast.Nonlocal):
                return True
            if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
                return True
    return False
