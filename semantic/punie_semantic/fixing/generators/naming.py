"""Names that hide builtins, that are hard to read or not in the usual case: renamed in all of their scope."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Kind
from punie_semantic.fixing.occurrences import renamed
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import bound_by, names_of, scope_of

GENERATOR = "naming"
_HIDES = ("A001", "A002", "A006")
_SNAKE = ("N802", "N803", "N806", "N815", "N816")
_OF_CALLS = {"len": "length", "list": "items", "sorted": "items", "input": "line", "readline": "line", "sum": "total"}


async def generate(place: Place) -> list[Candidate]:
    """New names, each with the edits of all places in the file that use it."""
    node = place.tree.node_at(place.start, place.end)
    definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)
    while node is not None and not bound_by(node):
        node = place.tree.parent(node) if not isinstance(node, definition) else None
    if node is None:
        return []
    name = bound_by(node)[0]
    scope = _scope(place, node)
    found = []
    for number, (new, weight, why) in enumerate(_new_names(place, node, name)):
        edits = renamed(place.tree, scope, name, new) if new.isidentifier() else ()
        if edits:
            # What is public may be used where nobody looked.
            inner = isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            kind: Kind = "fix" if inner else "unsafe_fix"
            found.append(Candidate(f"Rename {name} to {new}", edits, kind, GENERATOR, weight - 0.02 * number, why))
    return found


def _scope(place: Place, node: ast.AST) -> ast.AST:
    if isinstance(node, ast.arg):
        outer = place.tree.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        return outer if outer is not None else place.tree.module
    return scope_of(place.tree, node)


def _new_names(place: Place, node: ast.AST, name: str) -> Iterator[tuple[str, float, str]]:
    if place.code in _HIDES:
        before = sum(n.startswith("_") for n in names_of(_scope(place, node)))
        yield f"{name}_", 0.82, "an underscore behind is the usual way"
        if before:
            yield f"_{name}", 0.5, "names here have underscores before them"
    elif place.code == "E741":
        yield from ((new, 0.75, "it says what it is") for new in _readable(place, node))
    elif place.code in _SNAKE:
        yield _snake(name), 0.85, "lower case with underscores"
    elif place.code == "N801":
        yield "".join(part[:1].upper() + part[1:] for part in name.split("_")), 0.85, "classes begin with capitals"
    elif place.code == "N818":
        yield f"{name.removesuffix('Exception').removesuffix('Err')}Error", 0.85, "errors say so"


def _snake(name: str) -> str:
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return parts.lower()


def _readable(place: Place, node: ast.AST) -> Iterator[str]:
    """What the value or the loop says: `length` for len(…), `line` for lines."""
    parent = place.tree.parent(node)
    if isinstance(parent, ast.For | ast.AsyncFor | ast.comprehension):
        many = place.tree.source(parent.iter).rpartition(".")[2]
        if many.isidentifier() and many.endswith("s"):
            yield many.removesuffix("s")
        yield "item"
    elif isinstance(parent, ast.Assign) and isinstance(parent.value, ast.Call):
        called = parent.value.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        if name in _OF_CALLS:
            yield _OF_CALLS[name]
    elif isinstance(parent, ast.Assign) and isinstance(parent.value, ast.List | ast.ListComp):
        yield "items"
    yield {"l": "line", "O": "obj", "I": "index"}.get(bound_by(node)[0], "value")
