"""A class's member and its kin: what overrides it, and what it overrides, in all classes of the hierarchy."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from punie_semantic.class_family import Classes, Item, item_key, key_of, located
from punie_semantic.exceptions import EditError
from punie_semantic.name_index import NameIndex
from punie_semantic.outlines import Located, outline
from punie_semantic.places import ask
from punie_semantic.self_attributes import self_attributes
from punie_semantic.wire.uris import path_of
from punie_semantic.workspace import Workspace

Member = tuple[Path, dict[str, int]]


async def family(workspace: Workspace, symbol: Located, new_name: str, names: NameIndex | None) -> list[Member]:
    """The definitions that have to be renamed together; only the symbol's own when it is no member of a class.

    Raises EditError when one of them is outside the workspace, or a class of the hierarchy has the new name.
    """
    own = await class_of(workspace, symbol)
    if own is None:
        twins = [] if symbol.container else await _twins(workspace, symbol.file, "", symbol.name)
        return [(symbol.file, symbol.position), *twins]
    members: list[Member] = []
    classes = Classes(workspace, names)
    waiting = deque([own])
    seen = {key_of(own)}
    while waiting:
        cls = waiting.popleft()
        own_places = await _members(workspace, cls, symbol.name)
        if await _members(workspace, cls, new_name):
            raise EditError(f"{cls.qualified_name} has a member {new_name} already. Choose another name.")
        if not own_places:
            continue
        members += [(cls.file, position) for position in own_places]
        members += await _twins(workspace, cls.file, _dotted(cls), symbol.name)
        for kin in await _kin(workspace, cls, classes, symbol.name, new_name):
            if key_of(kin) not in seen:
                seen.add(key_of(kin))
                waiting.append(kin)
    unique = {(file, place["line"], place["character"]): (file, place) for file, place in members}
    return list(unique.values()) or [(symbol.file, symbol.position)]


async def class_of(workspace: Workspace, symbol: Located) -> Located | None:
    """The class that a symbol is a member of; None when it is none."""
    if not symbol.container:
        return None
    owner = symbol.qualified_name.removesuffix(f".{symbol.name}")
    found = [s for s in await outline(workspace, symbol.file) if s.qualified_name == owner]
    return next((s for s in found if s.kind in ("class", "enum", "interface", "struct")), None)


async def _members(workspace: Workspace, cls: Located, name: str) -> list[dict[str, int]]:
    """Where a class defines a name: in its body, and on `self` in its methods."""
    owner = _dotted(cls)
    listed = [s.position for s in await outline(workspace, cls.file) if s.container == owner and s.name == name]
    text = workspace.overlay.text(cls.file)
    own = [dict(span["start"]) for span in self_attributes(text, cls.position["line"], name)]
    return [*listed, *(place for place in own if place not in listed)]


async def _twins(workspace: Workspace, file: Path, container: str, name: str) -> list[Member]:
    """The same definition in the stub beside a module, or in the module beside a stub."""
    other = file.with_suffix(".py" if file.suffix == ".pyi" else ".pyi")
    if not workspace.overlay.exists(other):
        return []
    symbols = await outline(workspace, other)
    return [(other, s.position) for s in symbols if s.container == container and s.name == name]


def _dotted(cls: Located) -> str:
    return f"{cls.container}.{cls.name}" if cls.container else cls.name


async def _kin(workspace: Workspace, cls: Located, classes: Classes, name: str, new_name: str) -> list[Located]:
    """Superclasses and subclasses in the workspace."""
    found = await classes.below(cls)
    for item in await classes.above(cls):
        key = item_key(item)
        if key[0] is None or not key[0].is_relative_to(workspace.root):
            await _check_external(workspace, cls, item, name, new_name)
        else:
            found += await located(workspace, key)
    return found


async def _check_external(workspace: Workspace, cls: Located, item: Item, name: str, new_name: str) -> None:
    names = set(dir(object)) if item["name"] == "object" else await _external_members(workspace, item)
    if name in names:
        raise EditError(f"{cls.qualified_name}.{name} overrides {item['name']}.{name}, which is outside the workspace.")
    if new_name in names:
        where = path_of(item["uri"]) or item["uri"]
        raise EditError(f"{new_name} would override {item['name']}.{new_name} of {where}. Choose another name.")


async def _external_members(workspace: Workspace, item: Item) -> set[str]:
    """What a class outside of the workspace defines; empty when its file cannot be read."""
    file = path_of(item["uri"])
    if file is None or not file.is_file():
        return set()
    for symbol in await ask(workspace, file, "textDocument/documentSymbol", {}) or []:
        if symbol["selectionRange"]["start"] == item["selectionRange"]["start"]:
            return {child["name"] for child in symbol.get("children") or []}
    return set()
