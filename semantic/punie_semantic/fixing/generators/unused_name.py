"""Something unused that was meant to be used: a variable or parameter whose name is a misspelt one."""

from __future__ import annotations

import ast

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.late_binding import abbreviates
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.occurrences import name_span
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import BUILTINS, bound_by, names_of, scope_of, visible

GENERATOR = "unused"
_UNDEFINED = ("unresolved-reference", "F821", "F822", "F823")


async def generate(place: Place) -> list[Candidate]:
    """For F841, F401, B007 and ARG: the undefined name that is meant, then a known one that it looks like."""
    tree = place.tree
    name = place.source if place.source.isidentifier() else next(iter(place.quoted), "").rpartition(".")[2]
    binding = _binding(place, name)
    if binding is None:
        return []
    span = name_span(tree, binding, name)
    if span is None:
        return []
    return [
        *await _for_undefined(place, binding, name, span),
        *await _for_known(place, binding, name, span),
    ]


def _binding(place: Place, name: str) -> ast.AST | None:
    """What binds the unused name at the problem."""
    near = place.tree.nodes_in(place.start, place.end, ast.AST)
    return next((node for node in near if name in bound_by(node)), None)


async def _for_undefined(place: Place, binding: ast.AST, name: str, span: tuple[int, int]) -> list[Candidate]:
    """A name that is read and not known, in the scope of the binding."""
    tree = place.tree
    scope = scope_of(tree, binding) if not isinstance(binding, ast.arg) else tree.enclosing(binding, *_FUNCTIONS)
    if scope is None:
        return []
    left, right = (0, len(place.text)) if isinstance(scope, ast.Module) else tree.span(scope)
    spots: dict[str, list[tuple[int, int]]] = {}
    for other in place.others:
        start, end = place.offsets(other) if other.code in _UNDEFINED else (-1, -1)
        if left <= start and end <= right and start >= 0 and (start, end) not in spots.get(place.text[start:end], []):
            spots.setdefault(place.text[start:end], []).append((start, end))
    found = []
    for missing, places in spots.items():
        value = likeness(name, missing)
        if isinstance(binding, ast.alias) and binding.asname is None and abbreviates(missing, binding.name):
            end = tree.span(binding)[1]
            why = f"{missing} is read and not known"
            added = Edit(end, end, f" as {missing}")
            found.append(Candidate(f"Add “as {missing}”", (added,), "fix", GENERATOR, 0.92, why))
        if value < 0.6:
            continue
        slip = await place.slip(name, missing)
        why = f"{missing} is read and not known, {name} is known and not read"
        here = max(0.1, min(0.95 * value + 0.4 * (slip - 0.5), 0.96))
        there = max(0.1, min(0.95 * value + 0.4 * (0.5 - slip), 0.96))
        title = f"Change {name} to {missing}"
        found.append(Candidate(title, (Edit(*span, missing),), "fix", GENERATOR, here, why))
        edits = tuple(Edit(*at, name) for at in places)
        found.append(Candidate(f"Change {missing} to {name}", edits, "fix", GENERATOR, there, why))
    return found


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


async def _for_known(place: Place, binding: ast.AST, name: str, span: tuple[int, int]) -> list[Candidate]:
    """A variable that is set again under a misspelt name: the right one is read later, and has another binding."""
    if not isinstance(binding, ast.Name):
        return []
    tree = place.tree
    scope = scope_of(tree, binding)
    own = names_of(scope)
    end = len(place.text) if isinstance(scope, ast.Module) else tree.span(scope)[1]
    found = []
    for other in visible(tree, binding).values():
        value = likeness(name, other.name)
        if value < 0.7 or other.name in BUILTINS or other.name == name:
            continue
        if not any(span[1] < tree.span(read)[0] < end for read in other.reads):
            continue
        slip = await place.slip(name, other.name)
        weight = max(0.1, min(0.78 * value + 0.3 * (slip - 0.6), 0.93)) - (0 if other.name in own else 0.15)
        why = f"{other.name} is read after it, {name} never"
        edit = Edit(*span, other.name)
        found.append(Candidate(f"Change {name} to {other.name}", (edit,), "fix", GENERATOR, weight, why))
    return found
