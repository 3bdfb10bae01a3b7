"""The classes and methods of the project that a message names, in the problem's file or in the one it imports from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from punie_semantic.fixing.candidate import Candidate, Edit, Kind
from punie_semantic.fixing.place import Place, Target
from punie_semantic.fixing.spots import Function, methods
from punie_semantic.fixing.tree import Tree

_SELF = re.compile(r"^(?:type\[)?Self@(\w+)\]?$")
_CLASS = re.compile(r"^(?:<class '|type\[)?([\w.]+?)(?:\[.*\])?(?:'>|\])?$", re.S)


@dataclass(frozen=True)
class FoundClass:
    """A class, the tree it is in, and that tree's file; an empty file stands for the problem's own."""

    file: str
    tree: Tree
    node: ast.ClassDef


async def class_of_type(place: Place, shown: str) -> FoundClass | None:
    """The project's class of a type as ty writes it: `A`, `<class 'A'>`, `Self@method`."""
    if _SELF.match(shown):
        node = place.tree.node_at(place.start, place.end)
        owner = place.tree.enclosing(node, ast.ClassDef) if node is not None else None
        return FoundClass("", place.tree, owner) if owner is not None else None
    found = _CLASS.match(shown)
    return await class_named(place, found[1].rpartition(".")[2]) if found else None


async def class_named(place: Place, name: str) -> FoundClass | None:
    """The class of a name: of this file, or imported from another one of the project."""
    for node in place.tree.nodes:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return FoundClass("", place.tree, node)
    for node in place.tree.nodes:
        if isinstance(node, ast.alias) and name in (node.name, node.asname):
            return await _class_at(place, place.tree.span(node)[1] - 1)
        if isinstance(node, ast.Attribute) and node.attr == name:
            return await _class_at(place, place.tree.span(node)[1] - 1)
    return None


async def bases(place: Place, found: FoundClass) -> list[FoundClass]:
    """The bases of a class that can be read, strangers' ones included; strangers are known by their file `?`."""
    every: list[FoundClass] = []
    for base in found.node.bases:
        root = base.value if isinstance(base, ast.Subscript) else base
        name = root.id if isinstance(root, ast.Name) else getattr(root, "attr", "")
        own = next((n for n in found.tree.module.body if isinstance(n, ast.ClassDef) and n.name == name), None)
        if own is not None and own is not found.node:
            every.append(FoundClass(found.file, found.tree, own))
        elif found.tree is place.tree:
            other = await _class_at(place, found.tree.span(root)[1] - 1, strangers=True)
            every += [other] if other is not None else []
    return every


async def inherited(place: Place, found: FoundClass, method: str) -> tuple[FoundClass, Function] | None:
    """The nearest method of a name in the bases of a class."""
    waiting, seen = await bases(place, found), 0
    while waiting and seen < 12:
        base = waiting.pop(0)
        seen += 1
        if method in (own := methods(base.node)):
            return base, own[method]
        waiting += await bases(place, base)
    return None


async def _class_at(place: Place, offset: int, *, strangers: bool = False) -> FoundClass | None:
    for target in await place.definitions(offset):
        tree = place.tree_of(target.path)
        node = tree.node_at(target.start, target.end) if tree is not None else None
        owner = tree.enclosing(node, ast.ClassDef) if tree is not None and node is not None else None
        if (
            tree is not None
            and owner is not None
            and (file := _file(place, target)) != ("?" if not strangers else None)
        ):
            return FoundClass(file, tree, owner)
    return None


async def method_at(place: Place, offset: int) -> tuple[FoundClass, Function] | None:
    """The method that what is at an offset is, when the project has it."""
    for target in await place.definitions(offset):
        tree = place.tree_of(target.path)
        node = tree.node_at(target.start, target.end) if tree is not None else None
        if tree is None or node is None or (file := _file(place, target)) == "?":
            continue
        function = tree.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef)
        owner = tree.parent(function) if function is not None else None
        if function is not None and isinstance(owner, ast.ClassDef):
            return FoundClass(file, tree, owner), function
    return None


def _file(place: Place, target: Target) -> str:
    """A target's file as candidates name it; `?` for one that is not the project's."""
    root = place.workspace.root
    if target.path == place.file:
        return ""
    inside = target.path.is_relative_to(root) and not any(
        part in ("site-packages", ".venv", "venv") for part in target.path.relative_to(root).parts
    )
    return target.path.relative_to(root).as_posix() if inside else "?"


def attributes(place: Place, name: str) -> Iterator[ast.Attribute]:
    """The attributes of a name that the problem's range has or is inside of."""
    inside = [n for n in place.tree.nodes_in(place.start, place.end, ast.Attribute) if n.attr == name]
    yield from sorted(inside, key=lambda n: place.tree.span(n)[1] - place.tree.span(n)[0])


def proposal(
    found: FoundClass, title: str, edits: tuple[Edit, ...], weight: float, why: str, *, name: str, kind: Kind = "fix"
) -> Candidate:
    """A candidate in the file that a class is in."""
    return Candidate(title, edits, kind, name, weight, why, found.file)
