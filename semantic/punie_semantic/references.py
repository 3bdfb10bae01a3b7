"""Every use of a symbol: ty's references, and those under the names that imports give it."""

from __future__ import annotations

import re
from pathlib import Path

from punie_semantic.locations import Target, definition_places, end_of, locations_of
from punie_semantic.outlines import text_of
from punie_semantic.places import ask
from punie_semantic.results import Location
from punie_semantic.wire.positions import TextLines
from punie_semantic.workspace import Workspace

MAX_ALIASES = 100
_ALIAS = re.compile(r"\s+as\s+(\w+)")


async def references(workspace: Workspace, place: Target, *, include_declaration: bool) -> list[Location]:
    """The uses of what is at a place, by file and line. Raises ToolUnavailable."""
    found = await _references(workspace, place)
    definitions = await definition_places(workspace, place)
    if origin := _origin(workspace, found, definitions):
        found = await _references(workspace, origin)
    for alias in _aliases(workspace, found)[:MAX_ALIASES]:
        # `except Error as error` looks the same, but is a name of its own.
        if await definition_places(workspace, alias) == definitions:
            found += await _references(workspace, alias)
    kept = {p: None for p in found if include_declaration or end_of(p) not in definitions}
    return sorted(kept, key=lambda p: (p.external, p.file, p.line, p.column))


def _origin(workspace: Workspace, found: list[Location], definitions: set[tuple[str, int, int]]) -> Target | None:
    """Where to ask instead, when the place has an alias: ty tells the uses of the alias only."""
    if definitions & {end_of(place) for place in found}:
        return None
    for name, line, column in sorted(definitions):
        file = workspace.root / name
        if not Path(name).is_absolute() and text_of(workspace, file):
            return Target(file, {"line": line - 1, "character": column - 1})
    return None


async def _references(workspace: Workspace, place: Target) -> list[Location]:
    # Without the declaration ty would leave out imports as well.
    extra = {"position": place.position, "context": {"includeDeclaration": True}}
    return locations_of(workspace, await ask(workspace, place.file, "textDocument/references", extra))


def _aliases(workspace: Workspace, found: list[Location]) -> list[Target]:
    """The places of other names that follow an `as`."""
    known = {end_of(place) for place in found}
    aliases = []
    for place in found:
        if place.external or " as " not in place.text:
            continue
        file = workspace.root / place.file
        line = TextLines(text_of(workspace, file)).line(place.end_line - 1)
        match = _ALIAS.match(line, place.end_column - 1)
        if match and (place.file, place.end_line, match.end(1) + 1) not in known:
            aliases.append(Target(file, {"line": place.end_line - 1, "character": match.start(1)}))
    return aliases
