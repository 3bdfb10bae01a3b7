"""A member that is misspelt where its class defines it: enum members, fields, keys, methods, slots."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.found_class import FoundClass, class_named, class_of_type, proposal
from punie_semantic.fixing.generators.misspelt import read_attributes, wanted_names
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.occurrences import name_span
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import expression_at, methods
from punie_semantic.fixing.tree import Tree

GENERATOR = "misspelt member"
_ATTRIBUTE = re.compile(r"(?:type|Class) `([^`]+)` has no (?:attribute|member) `(\w+)`")
_UNRESOLVED = re.compile(r"Unresolved attribute `(\w+)` on type `([^`]+)`")
_KEY = re.compile(r"Unknown key \"(\w+)\" for TypedDict `(\w+)`")
_ARGUMENT = re.compile(r"Argument `(\w+)` does not match any known parameter")


async def generate(place: Place) -> list[Candidate]:
    """The definition with the name that is missed, when nobody reads the present one."""
    owner, missing = await _missed(place)
    if owner is None:
        return []
    return [*_slots(owner, missing, place), *_definitions(owner, missing, place)]


async def _missed(place: Place) -> tuple[FoundClass | None, str]:
    if match := _UNRESOLVED.search(place.message):
        return await class_of_type(place, match[2]), match[1]
    if match := _ATTRIBUTE.search(place.message):
        return await class_of_type(place, match[1]), match[2]
    if match := _KEY.search(place.message):
        return await class_named(place, match[2]), match[1]
    if match := _ARGUMENT.search(place.message):
        node = expression_at(place.tree, place.start, place.end)
        call = place.tree.enclosing(node, ast.Call) if node is not None else None
        name = call.func.id if call is not None and isinstance(call.func, ast.Name) else ""
        return (await class_named(place, name) if name else None), match[1]
    return None, ""


def _definitions(owner: FoundClass, missing: str, place: Place) -> list[Candidate]:
    known: dict[str, ast.AST] = {**methods(owner.node)}
    for statement in owner.node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name) as target) | ast.Assign(targets=[ast.Name(id=name) as target]):
                known[name] = target
    used = read_attributes(owner.tree) + read_attributes(place.tree)
    missed = wanted_names(place)
    found = []
    for name, node in known.items():
        value = likeness(missing, name)
        span = name_span(owner.tree, node, name)
        if value < 0.6 or span is None or used[name] or name == missing or _is_written(place.tree, name, node):
            continue
        times = missed[missing]
        # One complaint: either place may be the misspelt one. Several: the definition is.
        weight = value * min(0.62 + 0.13 * times + 0.08 * (_mentions(place, missing) > times), 0.96)
        why = f"{missing} is wanted {times} times and {name} never"
        title = f"Rename {name} to {missing} in {owner.node.name}"
        found.append(proposal(owner, title, (Edit(*span, missing),), weight, why, name=GENERATOR))
    return sorted(found, key=lambda candidate: -candidate.weight)[:3]


def _is_written(tree: Tree, name: str, definition: ast.AST) -> bool:
    """Whether a name is used as a keyword, a key or a plain name elsewhere in a file."""
    for node in tree.nodes:
        match node:
            case ast.keyword(arg=found) if found == name:
                return True
            case ast.Constant(value=found) if found == name:
                return True
            case ast.Name(id=found) if found == name and node is not definition:
                return True
    return False


def _mentions(place: Place, name: str) -> int:
    return len(re.findall(rf"\b{re.escape(name)}\b", place.text))


def _slots(owner: FoundClass, missing: str, place: Place) -> list[Candidate]:
    """An attribute that `__slots__` lacks: the slot that is like it and never used, or one more."""
    for statement in owner.node.body:
        if not isinstance(statement, ast.Assign) or not any(
            isinstance(t, ast.Name) and t.id == "__slots__" for t in statement.targets
        ):
            continue
        if not isinstance(statement.value, ast.Tuple | ast.List):
            return []
        every = {n.attr for n in owner.tree.nodes if isinstance(n, ast.Attribute)}
        found = []
        for slot in statement.value.elts:
            name = slot.value if isinstance(slot, ast.Constant) and isinstance(slot.value, str) else ""
            if name and name not in every and (value := likeness(name, missing)) > 0.2:
                start, end = owner.tree.span(slot)
                quote = owner.tree.text[end - 1]
                edit = Edit(start, end, f"{quote}{missing}{quote}")
                why = f"the slot {name} is never used"
                title = f"Rename the slot {name} to {missing}"
                found.append(proposal(owner, title, (edit,), 0.75 + 0.2 * value, why, name=GENERATOR))
        return [*found, *_one_more(owner, statement.value, missing, place)]
    return []


def _one_more(owner: FoundClass, slots: ast.Tuple | ast.List, missing: str, place: Place) -> list[Candidate]:
    if place.code not in ("missing-attribute", "unresolved-attribute", "missing-slot", "PLE0237") or not slots.elts:
        return []
    last = owner.tree.span(slots.elts[-1])[1]
    quote = owner.tree.text[last - 1]
    comma = re.compile(r"\s*,").match(owner.tree.text, last)
    multi = slots.elts[-1].lineno != slots.elts[0].lineno
    between = f",\n{owner.tree.indent(slots.elts[-1])}" if multi else ", "
    text = f"{between}{quote}{missing}{quote}"
    edit = Edit(last, comma.end() if comma and not multi and len(slots.elts) == 1 else last, text)
    why = f"{owner.node.name} has slots"
    return [proposal(owner, f"Add the slot {missing}", (edit,), 0.88, why, name=GENERATOR)]
