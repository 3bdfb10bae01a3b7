"""A name that is not defined: one like it that is in scope, or the misspelt place where it should have been bound."""

from __future__ import annotations

import ast
import keyword

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.likeness import alike, likeness
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import BUILTINS, Name, scope_of, visible

GENERATOR = "did you mean"


async def generate(place: Place) -> list[Candidate]:
    """Names like the undefined one, then its bindings that nobody reads, then `self.`."""
    node = place.tree.node_at(place.start, place.end)
    wrong = place.source
    if not wrong.isidentifier() or node is None:
        return []
    names = visible(place.tree, node)
    return [
        *_similar(place, node, wrong, names),
        *_misspelt_binding(place, node, wrong, names),
        *_self(place, node, wrong),
    ]


def _similar(place: Place, node: ast.AST, wrong: str, names: dict[str, Name]) -> list[Candidate]:
    found = []
    for name, value in alike(wrong, [n for n in names if not (n.startswith("__") and n in BUILTINS)]):
        known = names[name]
        weight = 0.9 * value - (0.12 if known.scope is None else 0.02 * known.depth)
        why = f"`{name}` is in scope"
        if known.bindings and not known.reads and known.scope is not None:
            weight, why = min(weight + 0.15, 0.97), f"`{name}` is in scope and nobody reads it"
        edit = Edit(place.start, place.end, name)
        found.append(Candidate(f"Change {wrong} to {name}", (edit,), "fix", GENERATOR, weight, why))
    return found


def _misspelt_binding(place: Place, node: ast.AST, wrong: str, names: dict[str, Name]) -> list[Candidate]:
    """The scope binds a name like it that nobody reads, and reads this one: then the binding is misspelt."""
    tree = place.tree
    scope = scope_of(tree, node)
    reads = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id == wrong and isinstance(n.ctx, ast.Load)]
    found = []
    for name in names.values():
        if name.reads or len(name.bindings) != 1 or name.scope is None or name.depth > 1:
            continue
        value = likeness(wrong, name.name)
        span = name_span(place, name.bindings[0], name.name)
        if value < 0.6 or span is None:
            continue
        weight = min(0.85 * value + 0.03 * len(reads), 0.95)
        why = f"{wrong} is read {len(reads)} times and {name.name} never"
        title = f"Change {name.name} to {wrong} where it is bound"
        found.append(Candidate(title, (Edit(*span, wrong),), "fix", GENERATOR, weight, why))
    return found


def name_span(place: Place, node: ast.AST, name: str) -> tuple[int, int] | None:
    """Where a binding has its name."""
    start, end = place.tree.span(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        at = place.text.find(name, start + 3)
        at = at if at >= 0 and place.text[start:at].split()[-1:] in (["def"], ["class"]) else -1
    elif isinstance(node, ast.alias | ast.ExceptHandler):
        at = place.text.rfind(name, start, end if isinstance(node, ast.alias) else place.tree.line_end(start))
    else:
        at = start if place.text.startswith(name, start) else -1
    return (at, at + len(name)) if at >= 0 else None


def _self(place: Place, node: ast.AST, wrong: str) -> list[Candidate]:
    """An attribute or method of the class around, without its `self.`."""
    tree = place.tree
    function = tree.function_of(node)
    owner = tree.enclosing(node, ast.ClassDef)
    if function is None or owner is None or not function.args.args or keyword.iskeyword(wrong):
        return []
    first = function.args.args[0].arg
    if first not in ("self", "cls") or not _has(owner, wrong, first):
        return []
    edit = Edit(place.start, place.start, f"{first}.")
    return [Candidate(f"Change {wrong} to {first}.{wrong}", (edit,), "fix", "self", 0.88, f"{owner.name} has {wrong}")]


def _has(owner: ast.ClassDef, name: str, first: str) -> bool:
    for node in ast.walk(owner):
        match node:
            case ast.Attribute(value=ast.Name(id=on), attr=attr) if on in (first, "self", "cls") and attr == name:
                return True
            case ast.FunctionDef(name=found) | ast.AsyncFunctionDef(name=found) if found == name and node in owner.body:
                return True
            case ast.AnnAssign(target=ast.Name(id=found)) if found == name and node in owner.body:
                return True
            case ast.Assign(targets=targets) if node in owner.body:
                if any(isinstance(t, ast.Name) and t.id == name for t in targets):
                    return True
    return False
