"""Super- and subclasses of a class: spelled so in the project's texts, and confirmed by ty.

ty's own `typeHierarchy/subtypes` looks at the whole project each time; its `supertypes` looks at one class.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from punie_semantic.name_index import NameIndex
from punie_semantic.outlines import Located, outline, text_of
from punie_semantic.places import ask
from punie_semantic.wire.positions import TextLines
from punie_semantic.wire.uris import path_of
from punie_semantic.workspace import Workspace

MAX_ASKED = 200
Key = tuple[Path | None, int, int]
Item = Mapping[str, Any]


class Classes:
    """The classes of one question; what ty said of them is remembered."""

    def __init__(self, workspace: Workspace, names: NameIndex | None) -> None:
        self._workspace = workspace
        self._names = names
        self._above: dict[Key, list[Item]] = {}
        self._below: dict[Key, list[Key]] = {}
        self._items: dict[Key, list[tuple[Path, Item]]] = {}

    async def above(self, cls: Located) -> list[Item]:
        """All superclasses, as LSP's TypeHierarchyItems."""
        found: dict[Key, Item] = {}
        waiting = [key_of(cls)]
        while waiting:
            for item in await self._bases(waiting.pop()):
                if (key := item_key(item)) not in found:
                    found[key] = item
                    waiting.append(key)
        return list(found.values())

    async def below(self, cls: Located) -> list[Located]:
        """All subclasses in the workspace."""
        found: list[Located] = []
        seen, waiting = {key_of(cls)}, [cls]
        while waiting:
            one = waiting.pop()
            for key in await self._direct(key_of(one), one.name):
                if key not in seen:
                    seen.add(key)
                    here = await located(self._workspace, key)
                    found += here
                    waiting += here
        return found

    async def _direct(self, key: Key, name: str) -> list[Key]:
        """The classes of the workspace that have a class as their base."""
        if key not in self._below:
            heads = None if self._names is None else self._names.heads_with(name)
            if heads is None or len(heads) > MAX_ASKED:
                keys = [item_key(item) for item in await self._relatives(key, "subtypes")]
                self._below[key] = [k for k in keys if k[0] is not None and k[0].is_relative_to(self._workspace.root)]
            else:
                keys = [_at(self._workspace, file, offset) for file, offset in heads]
                self._below[key] = [k for k in keys if key in map(item_key, await self._bases(k))]
        return self._below[key]

    async def _bases(self, key: Key) -> list[Item]:
        if key not in self._above:
            self._above[key] = await self._relatives(key, "supertypes")
        return self._above[key]

    async def _relatives(self, key: Key, direction: Literal["supertypes", "subtypes"]) -> list[Item]:
        """ty is asked about an item in any file of ours: those of others stay closed."""
        if key not in self._items:
            file, line, character = key
            if file is None:
                return []
            place = {"position": {"line": line, "character": character}}
            items = await ask(self._workspace, file, "textDocument/prepareTypeHierarchy", place) or []
            self._items[key] = [(file, item) for item in items]
        found: list[Item] = []
        for file, item in self._items[key]:
            answer = await ask(self._workspace, file, f"typeHierarchy/{direction}", {"item": item}) or []
            found += answer
            for other in answer:
                self._items.setdefault(item_key(other), [(file, other)])
        return found


async def located(workspace: Workspace, key: Key) -> list[Located]:
    """The class at a place, as its file's outline has it."""
    file, line, character = key
    symbols = await outline(workspace, file) if file else []
    return [s for s in symbols if s.position == {"line": line, "character": character}]


def item_key(item: Item) -> Key:
    """Where a class's name is."""
    start = item["selectionRange"]["start"]
    return path_of(item["uri"]), start["line"], start["character"]


def key_of(cls: Located) -> Key:
    """Where a class's name is."""
    return cls.file, cls.position["line"], cls.position["character"]


def _at(workspace: Workspace, file: Path, offset: int) -> Key:
    place = TextLines(text_of(workspace, file)).position(offset, "utf-32")
    return file, place["line"], place["character"]
