"""A method whose parameters are not those of its calls: one that its body never reads, or one that its kin have."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.found_class import FoundClass, class_named, method_at, proposal
from punie_semantic.fixing.parameters import (
    Function,
    end_of_parameters,
    opening_parenthesis,
    parameters_of,
    positional,
    without_parameter,
)
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import expression_at, methods

GENERATOR = "parameters"
_MISSING = re.compile(r"required parameters? `(\w+)` of (?:bound method|function) `(?:(\w+)\.)?(\w+)`")
_MANY = re.compile(r"arguments to (?:bound method|function) `(\w+)\.(\w+)`")


async def generate(place: Place) -> list[Candidate]:
    """The definition without the parameter, or with those of the same method in another class of its file."""
    if match := _MISSING.search(place.message):
        found = await _method(place, match[2] or "", match[3])
        return _unread(found, match[1]) if found is not None else []
    if match := _MANY.search(place.message):
        found = await _method(place, match[1], match[2])
        return _of_kin(found) if found is not None else []
    return []


async def _method(place: Place, owner: str, name: str) -> tuple[FoundClass, Function] | None:
    found = await class_named(place, owner) if owner else None
    if found is not None and name in methods(found.node):
        return found, methods(found.node)[name]
    node = expression_at(place.tree, place.start, place.end)
    call = place.tree.enclosing(node, ast.Call) if node is not None else None
    return await method_at(place, place.tree.span(call.func)[1] - 1) if call is not None else None


def _unread(found: tuple[FoundClass, Function], name: str) -> list[Candidate]:
    owner, function = found
    argument = next((a for a in positional(function)[1:] if a.arg == name), None)
    body = [n for statement in function.body for n in ast.walk(statement)]
    stub = len(function.body) == 1 and isinstance(function.body[0], ast.Pass | ast.Raise)
    if argument is None or stub or any(isinstance(n, ast.Name) and n.id == name for n in body):
        return []
    edit = without_parameter(owner.tree, function, argument)
    why = f"{function.name} does not read it"
    return [proposal(owner, f"Take {name} out of the parameters", (edit,), 0.86, why, name=GENERATOR)]


def _of_kin(found: tuple[FoundClass, Function]) -> list[Candidate]:
    """The parameters of the method of the same name in another class, when they are more."""
    owner, function = found
    start, end = opening_parenthesis(owner.tree, function), end_of_parameters(owner.tree, function)
    mine = [a.arg for a in parameters_of(function)]
    proposals: dict[str, Candidate] = {}
    for node in owner.tree.module.body:
        kin = methods(node).get(function.name) if isinstance(node, ast.ClassDef) and node is not owner.node else None
        if kin is None or start < 0 or end < 0:
            continue
        theirs = [a.arg for a in parameters_of(kin)]
        left, right = opening_parenthesis(owner.tree, kin), end_of_parameters(owner.tree, kin)
        if len(theirs) > len(mine) and theirs[: len(mine)] == mine and 0 <= left <= right:
            text = owner.tree.text[left:right]
            why = f"{getattr(node, 'name', '')}.{function.name} has them"
            title = f"Take the parameters {', '.join(theirs)}"
            edits = (Edit(start, end, text),)
            proposals.setdefault(text, proposal(owner, title, edits, 0.86, why, name=GENERATOR))
    return list(proposals.values())[:3]
