"""Call and type hierarchies of ty, walked breadth first, each function or class once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from punie_semantic.exceptions import SemanticError, UnknownSymbol
from punie_semantic.locations import Target, location
from punie_semantic.outlines import kind_name, module_name, outline
from punie_semantic.places import Texts, ask, shown
from punie_semantic.results import HierarchyEntry
from punie_semantic.wire.uris import path_of
from punie_semantic.workspace import Workspace

Item = Mapping[str, Any]
MAX_ENTRIES = 500
MAX_TYPE_DEPTH = 20


async def calls(
    workspace: Workspace, target: Target, direction: Literal["incoming", "outgoing"], depth: int
) -> list[HierarchyEntry]:
    """Callers, or what is called. Raises UnknownSymbol when there is no function at the target."""
    start = await _prepare(workspace, target, "textDocument/prepareCallHierarchy", "function")
    return await _Walk(workspace, target.file, f"callHierarchy/{direction}Calls").run(start, depth)


async def types(
    workspace: Workspace, target: Target, direction: Literal["supertypes", "subtypes"]
) -> list[HierarchyEntry]:
    """Superclasses or subclasses. Raises UnknownSymbol when there is no class at the target."""
    start = await _prepare(workspace, target, "textDocument/prepareTypeHierarchy", "class")
    return await _Walk(workspace, target.file, f"typeHierarchy/{direction}").run(start, MAX_TYPE_DEPTH)


async def _prepare(workspace: Workspace, target: Target, method: str, what: str) -> list[Item]:
    items = await ask(workspace, target.file, method, {"position": target.position})
    if not items:
        at = f"{shown(workspace, target.file)}:{target.position['line'] + 1}:{target.position['character'] + 1}"
        raise UnknownSymbol(f"There is no {what} at {at}. Pass the place of its name, or its name as symbol.")
    return items


class _Walk:
    """One walk, with what it has seen."""

    def __init__(self, workspace: Workspace, file: Path, method: str) -> None:
        self._workspace = workspace
        self._file = file
        self._method = method
        self._texts = Texts(workspace)
        self._names: dict[str, dict[tuple[int, int], str]] = {}

    async def run(self, start: list[Item], depth: int) -> list[HierarchyEntry]:
        entries: list[HierarchyEntry] = []
        seen = {_key(item) for item in start}
        level = [(item, await self._name(item)) for item in start]
        for step in range(1, depth + 1):
            following = []
            for item, via in level:
                for other, places in await self._next(item):
                    if _key(other) in seen or len(entries) >= MAX_ENTRIES:
                        continue
                    seen.add(_key(other))
                    name = await self._name(other)
                    entries.append(self._entry(other, name, step, via, item if self._outgoing else other, places))
                    following.append((other, name))
            level = following
        return entries

    @property
    def _outgoing(self) -> bool:
        return self._method.endswith("outgoingCalls")

    async def _next(self, item: Item) -> list[tuple[Item, list[Any]]]:
        answer = await ask(self._workspace, self._file, self._method, {"item": item}) or []
        return [(found.get("from") or found.get("to") or found, found.get("fromRanges", [])) for found in answer]

    async def _name(self, item: Item) -> str:
        """The qualified name; ty tells the module, but not the class of a method."""
        path = path_of(item["uri"])
        if path is None or not path.is_relative_to(self._workspace.root):
            return ".".join(filter(None, (item.get("detail"), item["name"])))
        if item["uri"] not in self._names:
            try:
                symbols = await outline(self._workspace, path)
            except SemanticError:
                symbols = []
            self._names[item["uri"]] = {_start(s.name_range): s.qualified_name for s in symbols}
        known = self._names[item["uri"]].get(_start(item["selectionRange"]))
        module = module_name(self._workspace.root, path)
        return known or (module if kind_name(item["kind"]) == "module" else f"{module}.{item['name']}")

    def _entry(self, item: Item, name: str, depth: int, via: str, caller: Item, places: list[Any]) -> HierarchyEntry:
        at = location(self._workspace, item["uri"], item["selectionRange"], self._texts)
        return HierarchyEntry(
            name=item["name"],
            qualified_name=name,
            kind=kind_name(item["kind"]),
            file=at.file,
            line=at.line,
            column=at.column,
            external=at.external,
            depth=depth,
            via=via,
            places=[location(self._workspace, caller["uri"], span, self._texts) for span in places],
        )


def _key(item: Item) -> tuple[str, tuple[int, int]]:
    return item["uri"], _start(item["selectionRange"])


def _start(span: Mapping[str, Mapping[str, int]]) -> tuple[int, int]:
    return span["start"]["line"], span["start"]["character"]
