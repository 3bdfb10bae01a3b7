"""What belongs to `self`: a method without its first parameter, one that is misspelt, an attribute without `self.`."""

from __future__ import annotations

import ast

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.occurrences import renamed
from punie_semantic.fixing.parameters import first_parameter, positional
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import names_of
from punie_semantic.fixing.spots import Function, decorators, method_of, methods, undecorated

GENERATOR = "self"
_RECEIVERS = ("self", "cls")


async def generate(place: Place) -> list[Candidate]:
    """For an undefined name: the parameter that is missing, or the receiver before it."""
    node = place.tree.node_at(place.start, place.end)
    if node is None:
        return []
    if place.code in ("N804", "N805"):
        return _first(place, node, "cls" if place.code == "N804" else "self")
    wrong = place.source
    if not wrong.isidentifier():
        return []
    if wrong in _RECEIVERS:
        return _first(place, node, wrong)
    return [*_attribute(place, node, wrong), *await _inherited(place, node, wrong), *_glued(place, node, wrong)]


def _first(place: Place, node: ast.AST, receiver: str) -> list[Candidate]:
    """The method around gets its first parameter, under its right name."""
    tree = place.tree
    function = _method(place, node)
    if function is None:
        return _swapped(place, node, receiver)
    found = []
    arguments = positional(function)
    first = arguments[0].arg if arguments else ""
    if first and first not in _RECEIVERS:
        near = likeness(first, receiver) >= 0.5 and len(first) <= 5
        reads = sum(isinstance(n, ast.Name) and n.id == first for n in ast.walk(function))
        edits = renamed(tree, function, first, receiver) or _only_parameter(place, arguments[0], receiver)
        title = f"Change the parameter {first} to {receiver}"
        weight = 0.95 if near else 0.3 if not reads else 0.12
        found.append(Candidate(title, edits, "fix", GENERATOR, weight, f"a method's first parameter is {receiver}"))
    elif first:
        # `self` in a class method, or `cls` in a plain one.
        return [*_swapped(place, node, receiver)]
    edit = first_parameter(tree, function, receiver)
    static = decorators(function).get("staticmethod")
    if edit is not None:
        added = (edit,) if static is None else (edit, undecorated(tree, static))
        title = f"Add the parameter {receiver}"
        weight = 0.6 if static is not None else 0.5 if place.code in ("N804", "N805") else 0.93
        found.append(
            Candidate(title, added, "fix", GENERATOR, weight, f"{function.name} is a method and reads {receiver}")
        )
    return found


def _only_parameter(place: Place, argument: ast.arg, receiver: str) -> tuple[Edit, ...]:
    """The body has the right name already."""
    start = place.tree.span(argument)[0]
    return (Edit(start, start + len(argument.arg), receiver),)


def _method(place: Place, node: ast.AST) -> Function | None:
    """The method that a node is in, or whose parameter it is."""
    tree = place.tree
    functions = [n for n in (node, *tree.parents(node)) if isinstance(n, Function)]
    return next((f for f in functions if method_of(tree, f) is not None), None)


def _swapped(place: Place, node: ast.AST, receiver: str) -> list[Candidate]:
    """The other receiver, where that is the one that there is."""
    function = _method(place, node)
    arguments = positional(function) if function is not None else []
    other = arguments[0].arg if arguments else ""
    if other not in _RECEIVERS or other == receiver or place.source != receiver:
        return []
    edit = Edit(place.start, place.end, other)
    return [Candidate(f"Change {receiver} to {other}", (edit,), "fix", GENERATOR, 0.7, f"the parameter is {other}")]


def _attribute(place: Place, node: ast.AST, wrong: str) -> list[Candidate]:
    """An attribute or method of the class around, without its `self.`, or the class's name."""
    tree = place.tree
    owner = tree.enclosing(node, ast.ClassDef)
    function = _method(place, node)
    if owner is None or function is None or not _has(owner, wrong):
        return []
    arguments = positional(function)
    first = arguments[0].arg if arguments and "staticmethod" not in decorators(function) else ""
    receivers = ([first] if first in _RECEIVERS else []) + [owner.name]
    written = {r: _written(owner, r, wrong) for r in receivers}
    # A variable of that name is rather the one that is meant.
    less = 0.4 if wrong in names_of(function) else 0.0
    found = []
    for number, receiver in enumerate(sorted(receivers, key=lambda r: -written[r])):
        edit = Edit(place.start, place.start, f"{receiver}.")
        weight = (0.9 if not number else 0.3) - (less if not number else 0.2)
        title = f"Change {wrong} to {receiver}.{wrong}"
        found.append(Candidate(title, (edit,), "fix", GENERATOR, weight, f"{owner.name} has {wrong}"))
    return found


def _written(owner: ast.ClassDef, receiver: str, name: str) -> int:
    return sum(
        isinstance(n, ast.Attribute) and n.attr == name and isinstance(n.value, ast.Name) and n.value.id == receiver
        for n in ast.walk(owner)
    )


def _has(owner: ast.ClassDef, name: str) -> bool:
    """Whether a class defines an attribute or method, or takes it from `self` elsewhere."""
    if name in methods(owner):
        return True
    for statement in owner.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return True
    return any(_written(owner, receiver, name) for receiver in _RECEIVERS)


async def _inherited(place: Place, node: ast.AST, wrong: str) -> list[Candidate]:
    """An attribute that the class has from its bases."""
    owner = place.tree.enclosing(node, ast.ClassDef)
    function = _method(place, node)
    arguments = positional(function) if function is not None else []
    if owner is None or not owner.bases or not arguments or arguments[0].arg not in _RECEIVERS or _has(owner, wrong):
        return []
    receiver = f"{arguments[0].arg}."
    text = place.text[: place.start] + receiver + place.text[place.end :]
    members = await place.completions(place.start + len(receiver), text)
    if all(member.name != wrong for member in members):
        return []
    edit = Edit(place.start, place.start, receiver)
    why = f"{owner.name} has {wrong} from its bases"
    return [Candidate(f"Change {wrong} to {receiver}{wrong}", (edit,), "fix", GENERATOR, 0.86, why)]


def _glued(place: Place, node: ast.AST, wrong: str) -> list[Candidate]:
    """`selfname` and `self_name` for `self.name`."""
    owner = place.tree.enclosing(node, ast.ClassDef)
    for receiver in _RECEIVERS:
        rest = wrong.removeprefix(receiver)
        for name in (rest, rest.removeprefix("_")):
            if owner is not None and rest != wrong and name.isidentifier() and _has(owner, name):
                edit = Edit(place.start, place.end, f"{receiver}.{name}")
                why = f"{owner.name} has {name}"
                return [Candidate(f"Change {wrong} to {receiver}.{name}", (edit,), "fix", GENERATOR, 0.9, why)]
    return []
