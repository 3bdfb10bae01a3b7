"""A variable that hides a builtin, a module or a definition that is meant at the problem: it gets another name."""

from __future__ import annotations

import ast

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.fixing.candidate import Candidate
from punie_semantic.fixing.occurrences import renamed
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import BUILTINS, names_of

GENERATOR = "shadowed"


async def generate(place: Place) -> list[Candidate]:
    """`list_` for the variable `list`, everywhere but where the other `list` is meant."""
    name = _meant(place, place.problem)
    if name is None:
        return []
    function = place.tree.function_of(name)
    own = names_of(function).get(name.id) if function is not None else None
    if function is None or own is None or not _is_known_outside(place, function, name.id):
        return []
    others = [meant for other in place.others if other.code == place.code and (meant := _meant(place, other))]
    kept = {place.tree.span(other) for other in (name, *others) if other.id == name.id}
    new = f"{name.id}_"
    edits = tuple(e for e in renamed(place.tree, function, name.id, new) if (e.start, e.end) not in kept)
    if not edits:
        return []
    why = f"{name.id} means something else here"
    title = f"Rename the {'parameter' if own.parameter else 'variable'} {name.id} to {new}"
    # Others may pass a parameter by its name.
    return [Candidate(title, edits, "fix", GENERATOR, 0.5 if own.parameter else 0.86, why)]


def _meant(place: Place, problem: Diagnostic) -> ast.Name | None:
    """The name that a problem is about: the one it marks, that is called, or whose attribute is missing."""
    node = place.tree.node_at(*place.offsets(problem))
    while isinstance(node, ast.Expr | ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else None


def _is_known_outside(place: Place, function: ast.AST, name: str) -> bool:
    if name in BUILTINS or name in names_of(place.tree.module):
        return True
    return any(name in names_of(outer) for outer in place.tree.parents(function) if isinstance(outer, ast.FunctionDef))
