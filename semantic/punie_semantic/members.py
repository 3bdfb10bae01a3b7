"""A class's member and its kin: what overrides it, and what it overrides, in all classes of the hierarchy."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from punie_semantic.exceptions import EditError, UnknownSymbol
from punie_semantic.hierarchies import types
from punie_semantic.locations import Target
from punie_semantic.outlines import Located, outline
from punie_semantic.places import ask
from punie_semantic.results import HierarchyEntry
from punie_semantic.self_attributes import self_attributes
from punie_semantic.workspace import Workspace

Member = tuple[Path, dict[str, int]]


async def family(workspace: Workspace, symbol: Located, new_name: str) -> list[Member]:
    """The definitions that have to be renamed together; only the symbol's own when it is no member of a class.

    Raises EditError when one of them is outside the workspace, or a class of the hierarchy has the new name.
    """
    own = await _class_of(workspace, symbol)
    if own is None:
        return [(symbol.file, symbol.position)]
    members: list[Member] = []
    waiting = deque([own])
    seen = {_key(own)}
    while waiting:
        cls = waiting.popleft()
        names = await _members(workspace, cls, symbol.name)
        if await _members(workspace, cls, new_name):
            raise EditError(f"{cls.qualified_name} has a member {new_name} already. Choose another name.")
        if not names:
            continue
        members += [(cls.file, position) for position in names]
        for kin in await _kin(workspace, cls, symbol.name, new_name):
            if _key(kin) not in seen:
                seen.add(_key(kin))
                waiting.append(kin)
    return members or [(symbol.file, symbol.position)]


async def _class_of(workspace: Workspace, symbol: Located) -> Located | None:
    if not symbol.container:
        return None
    owner = symbol.qualified_name.removesuffix(f".{symbol.name}")
    found = [s for s in await outline(workspace, symbol.file) if s.qualified_name == owner]
    return next((s for s in found if s.kind in ("class", "enum", "interface", "struct")), None)


async def _members(workspace: Workspace, cls: Located, name: str) -> list[dict[str, int]]:
    """Where a class defines a name: in its body, and on `self` in its methods."""
    owner = f"{cls.container}.{cls.name}" if cls.container else cls.name
    listed = [s.position for s in await outline(workspace, cls.file) if s.container == owner and s.name == name]
    text = workspace.overlay.text(cls.file)
    own = [dict(span["start"]) for span in self_attributes(text, cls.position["line"], name)]
    return [*listed, *(place for place in own if place not in listed)]


async def _kin(workspace: Workspace, cls: Located, name: str, new_name: str) -> list[Located]:
    """Superclasses and subclasses in the workspace."""
    found = []
    for direction in ("supertypes", "subtypes"):
        try:
            entries = await types(workspace, Target(cls.file, cls.position), direction)
        except UnknownSymbol:
            continue
        for entry in entries:
            if entry.external:
                await _check_external(workspace, cls, entry, name, new_name)
                continue
            file = workspace.root / entry.file
            place = {"line": entry.line - 1, "character": entry.column - 1}
            found += [s for s in await outline(workspace, file) if s.position == place]
    return found


async def _check_external(workspace: Workspace, cls: Located, entry: HierarchyEntry, name: str, new_name: str) -> None:
    names = set(dir(object)) if entry.name == "object" else await _external_members(workspace, cls, entry)
    if name in names:
        raise EditError(f"{cls.qualified_name}.{name} overrides {entry.name}.{name}, which is outside the workspace.")
    if new_name in names:
        raise EditError(f"{new_name} would override {entry.name}.{new_name} of {entry.file}. Choose another name.")


async def _external_members(workspace: Workspace, cls: Located, entry: HierarchyEntry) -> set[str]:
    """What a class outside of the workspace defines; empty when its file cannot be read."""
    file = Path(entry.file)
    if not file.is_absolute() or not file.is_file():
        return set()
    answer = await ask(workspace, file, "textDocument/documentSymbol", {})
    for item in answer or []:
        if item["selectionRange"]["start"]["line"] == entry.line - 1:
            return {child["name"] for child in item.get("children") or []}
    return set()


def _key(cls: Located) -> tuple[Path, int, int]:
    return cls.file, cls.position["line"], cls.position["character"]
