"""What a function returns and could return: its local names, True or False, another annotation. Knows no workspace."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Candidate, Edit, Kind
from punie_semantic.fixing.generators.expression import short
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import Name, names_of

GENERATOR = "return"
_RESULTS = ("result", "results", "out", "output", "ret", "res", "rv", "value", "values", "items")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside of it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def returned_values(function: Function) -> list[ast.expr | None]:
    """What a function returns, None for a bare `return`."""
    return [node.value for node in own_nodes(function) if isinstance(node, ast.Return)]


def annotated(span: tuple[int, int], text: str, weight: float, why: str, function: Function) -> Candidate:
    """Another annotation of what a function returns."""
    title = f"Annotate {function.name} with {short(text)}"
    return Candidate(title, (Edit(*span, text),), "fix", GENERATOR, weight, why)


def local_values(place: Place, function: Function, before: Edit, expected: str, top: float) -> Iterator[Candidate]:
    """The names of a function, put behind an edit's text: those that nobody reads first."""
    for name in likely_names(place, function, expected)[:5]:
        unread = all(_is_update(place, read) for read in name.reads)
        usual = name.name in _RESULTS
        returned = any(isinstance(v, ast.Name) and v.id == name.name for v in returned_values(function))
        weight = top * (0.75 + 0.2 * unread + 0.1 * usual + 0.1 * returned - 0.35 * name.parameter)
        edit = Edit(before.start, before.end, f"{before.text}{name.name}")
        why = "nobody reads it" if unread else "it is assigned here"
        yield Candidate(f"Return {name.name}", (edit,), "fix", GENERATOR, min(weight, 0.95), why)


def gives_none(value: ast.expr | None) -> bool:
    """Whether a `return` gives None."""
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def truth_values(
    place: Place, function: Function, before: Edit, expected: str, *, guess: bool = False
) -> Iterator[Candidate]:
    """True or False, whichever the function does not return yet; None."""
    own = [place.tree.source(value) for value in returned_values(function) if isinstance(value, ast.Constant)]
    words = {"bool": ("True", "False"), "None": ("None",)}
    for value in [word for part in type_text.parts(expected) for word in words.get(part, ())]:
        # A function that returns True somewhere returns False elsewhere, most often.
        opposite = {"True": "False", "False": "True"}.get(value, value)
        weight = 0.7 if opposite in own and value not in own else 0.35
        kind: Kind = "fix" if weight > 0.5 and not guess else "unsafe_fix"
        edit = Edit(before.start, before.end, f"{before.text}{value}")
        yield Candidate(
            f"Return {value}", (edit,), kind, GENERATOR, weight, f"the function returns {opposite} elsewhere"
        )


def likely_names(place: Place, function: Function, expected: str) -> list[Name]:
    """The names of a function that it may return: those nobody reads, those bound first as accumulators are."""
    names = [name for name in names_of(function).values() if name.name not in ("self", "cls", "_")]
    names = [n for n in names if all(isinstance(b, ast.Name | ast.arg) for b in n.bindings)]
    loops = {
        b.id
        for node in ast.walk(function)
        if isinstance(node, ast.For | ast.comprehension)
        for b in ast.walk(node.target)
        if isinstance(b, ast.Name)
    }

    def rank(name: Name) -> tuple[float, int]:
        unread = all(_is_update(place, read) for read in name.reads)
        like = max(likeness(name.name, word) for word in (*_RESULTS[:3], function.name, expected.lower()))
        points = 2.0 * unread + like - 1.5 * name.parameter - 1.0 * (name.name in loops)
        return -points, place.tree.span(name.bindings[0])[0]

    return sorted(names, key=rank)


def _is_update(place: Place, read: ast.Name) -> bool:
    """Whether a read only fills the thing: `found.append(x)`, `found[k] = v`, `found += x`."""
    outer = place.tree.parent(read)
    if isinstance(outer, ast.Subscript) and isinstance(outer.ctx, ast.Store) and outer.value is read:
        return True
    if (
        isinstance(outer, ast.Attribute)
        and isinstance(call := place.tree.parent(outer), ast.Call)
        and call.func is outer
    ):
        return isinstance(place.tree.parent(call), ast.Expr)
    return False
