"""An attribute that a class sets under a misspelt name, and that is read elsewhere under the right one."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.undefined_name import UNDEFINED
from punie_semantic.fixing.generators.wrong_attribute import Access, access_at, missed_times
from punie_semantic.fixing.likeness import alike, likeness
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import visible
from punie_semantic.fixing.tree import Tree
from punie_semantic.fixing.vocabulary import Vocabulary

GENERATOR = "misspelt attribute"


async def generate(place: Place) -> list[Candidate]:
    """The one place of the class that sets a name like the missing one, when hardly anybody reads it."""
    access = access_at(place)
    if access is None:
        return []
    found: list[Candidate] = []
    for path, tree, owner in await _owners(place, access):
        found += [c async for c in _set_otherwise(place, access.name, path, tree, owner)]
    found += _of_undefined(place, access.name)
    return sorted(found, key=lambda c: -c.weight)[:4]


def _of_undefined(place: Place, name: str) -> Iterator[Candidate]:
    """`sefl.name = ...`: the attribute is missing because the object that gets it is misspelt."""
    for start, end in {place.offsets(other) for other in place.others if other.code in UNDEFINED}:
        node = place.tree.node_at(start, end)
        if node is None or not re.compile(rf"\.{name}\b").match(place.text, end):
            continue
        wrong = place.text[start:end]
        for right, value in alike(wrong, visible(place.tree, node))[:2]:
            why = f"{wrong} is not known, and gets {name}"
            edit = Edit(start, end, right)
            yield Candidate(f"Change {wrong} to {right}", (edit,), "fix", GENERATOR, min(value + 0.05, 0.95), why)


async def _owners(place: Place, access: Access) -> list[tuple[Path, Tree, ast.ClassDef]]:
    """The classes of the project that the object may be of."""
    if access.receiver in ("self", "cls") and access.node is not None:
        owner = place.tree.enclosing(access.node, ast.ClassDef)
        return [(place.file, place.tree, owner)] if owner is not None else []
    found = []
    for target in await place.type_definitions(access.value_end - 1):
        tree = place.tree_of(target.path) if _is_own(place, target.path) else None
        node = tree.node_at(target.start, target.end) if tree is not None else None
        owner = tree.enclosing(node, ast.ClassDef) if tree is not None and node is not None else None
        if tree is not None and owner is not None:
            found.append((target.path, tree, owner))
    return found


def _is_own(place: Place, path: Path) -> bool:
    return path.is_relative_to(place.workspace.root) and "site-packages" not in path.parts


async def _set_otherwise(
    place: Place, wrong: str, path: Path, tree: Tree, owner: ast.ClassDef
) -> AsyncIterator[Candidate]:
    vocabulary = place.vocabulary if path == place.file else Vocabulary(tree.text)
    targets: dict[str, list[tuple[int, int]]] = {}
    for start, end in _targets(tree, owner):
        targets.setdefault(tree.text[start:end], []).append((start, end))
    reads = missed_times(place, wrong)
    for name, spans in targets.items():
        value = likeness(wrong, name)
        if value < 0.6 or len(spans) > 1 or name == wrong:
            continue
        slip = await place.slip(name, wrong) if path == place.file else vocabulary.slip(name, wrong)
        elsewhere = vocabulary.names[name] - 1
        weight = 0.9 * value + 0.08 + 0.35 * (slip - 0.5) + 0.04 * min(reads - 1, 4) - 0.15 * min(elsewhere, 4)
        file = "" if path == place.file else path.relative_to(place.workspace.root).as_posix()
        title = f"Change {name} to {wrong} where {owner.name} sets it"
        why = f"{wrong} is used {reads} times and {name} {'nowhere else' if not elsewhere else 'hardly'}"
        edit = Edit(*spans[0], wrong)
        yield Candidate(title, (edit,), "fix", GENERATOR, max(0.05, min(weight, 0.96)), why, file)


def _targets(tree: Tree, owner: ast.ClassDef) -> Iterator[tuple[int, int]]:
    """Where a class names its attributes: `self.x = `, and names bound in its body, methods included."""
    for node in ast.walk(owner):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                end = tree.span(node)[1]
                yield end - len(name), end
    for statement in owner.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            start = tree.text.find(statement.name, tree.text.index("def", tree.span(statement)[0]) + 3)
            yield start, start + len(statement.name)
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name):
                yield tree.span(target)


async def orphans(place: Place) -> list[Candidate]:
    """An attribute with the wrong value: the class sets it once more, under a name that is written nowhere else."""
    tree = place.tree
    found = []
    for node in tree.nodes_in(place.start, place.end, ast.Attribute):
        owner = tree.enclosing(node, ast.ClassDef)
        if owner is None or not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
            continue
        for start, end in _targets(tree, owner):
            name = tree.text[start:end]
            value = likeness(name, node.attr)
            if value >= 0.75 and name != node.attr and place.vocabulary.names[name] == 1:
                why = f"{name} is written nowhere else"
                title = f"Change {name} to {node.attr} where {owner.name} sets it"
                edit = Edit(start, end, node.attr)
                found.append(Candidate(title, (edit,), "fix", GENERATOR, min(value + 0.05, 0.95), why))
    return [*found, *_variables(place)]


def _variables(place: Place) -> Iterator[Candidate]:
    """The same for a variable of a function, which has another value from before."""
    for node in place.tree.nodes_in(place.start, place.end, ast.Name):
        for name in visible(place.tree, node).values():
            value = likeness(name.name, node.id)
            once = len(name.bindings) == 1 and isinstance(name.bindings[0], ast.Name) and not name.reads
            if value >= 0.75 and name.name != node.id and name.depth == 0 and once:
                if place.vocabulary.names[name.name] > 1:
                    continue
                start, end = place.tree.span(name.bindings[0])
                title = f"Change {name.name} to {node.id} where it is set"
                why = f"{name.name} is written nowhere else"
                yield Candidate(title, (Edit(start, end, node.id),), "fix", GENERATOR, min(value + 0.1, 0.97), why)
