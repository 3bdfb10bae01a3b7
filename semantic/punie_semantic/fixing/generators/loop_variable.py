"""A loop's variable that nothing reads: no number without enumerate, values of a dict for its items, an underscore."""

from __future__ import annotations

import ast

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.occurrences import occurrences
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import scope_of

GENERATOR = "loop variable"


async def generate(place: Place) -> list[Candidate]:
    """The loop without the variable, or the variable with an underscore."""
    node = place.tree.node_at(place.start, place.end)
    if not isinstance(node, ast.Name):
        return []
    found = []
    target, source = _loop(place, node)
    if isinstance(target, ast.Tuple) and len(target.elts) == 2 and source is not None:
        found += _without(place, target, source, first=target.elts[0] is node)
    scope = scope_of(place.tree, node)
    new = f"_{node.id}" if not node.id.startswith("_") else "_"
    if _only_here(place, scope, node) or place.problem.fix is not None:
        edit = Edit(*place.tree.span(node), new)
        found.append(Candidate(f"Rename it to {new}", (edit,), "fix", GENERATOR, 0.8, "nothing reads it"))
        edit = Edit(*place.tree.span(node), "_")
        found.append(
            Candidate("Rename it to _", (edit,), "fix", GENERATOR, 0.6 + 0.15 * _idiom(place), "nothing reads it")
        )
    return found


def _only_here(place: Place, scope: ast.AST, node: ast.Name) -> bool:
    """Whether all other uses of the name are in loops of their own."""
    inside: set[tuple[int, int]] = set()
    for loop in ast.walk(scope):
        if not isinstance(loop, ast.For | ast.AsyncFor | ast.comprehension):
            continue
        names = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
        around = loop if not isinstance(loop, ast.comprehension) else place.tree.parent(loop)
        if node.id in names and around is not None:
            inside.add(place.tree.span(around))
    spans = occurrences(place.tree, scope, node.id)
    return all(any(start <= span[0] < end for start, end in inside) for span in spans)


def _idiom(place: Place) -> bool:
    """Whether the file's loops use a plain underscore."""
    names = {n.id for n in place.tree.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return "_" in names


def _loop(place: Place, node: ast.Name) -> tuple[ast.expr | None, ast.expr | None]:
    for outer in place.tree.parents(node):
        if isinstance(outer, ast.For | ast.AsyncFor | ast.comprehension):
            return outer.target, outer.iter
    return None, None


def _without(place: Place, target: ast.Tuple, source: ast.expr, *, first: bool) -> list[Candidate]:
    tree = place.tree
    kept = tree.source(target.elts[1 if first else 0])
    start, end = tree.span(target)
    match source:
        case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]) if first:
            edits = (Edit(start, end, kept), Edit(*tree.span(source), tree.source(inner)))
            return [Candidate("Loop without enumerate", edits, "fix", GENERATOR, 0.93, "nothing reads the number")]
        case ast.Call(func=ast.Attribute(attr="items") as method, args=[]):
            at = tree.span(method)[1]
            name = "values" if first else "keys"
            edits = (Edit(start, end, kept), Edit(at - len("items"), at, name))
            why = f"nothing reads the {'key' if first else 'value'}"
            return [Candidate(f"Loop over the {name}", edits, "fix", GENERATOR, 0.9 if first else 0.75, why)]
    return []
