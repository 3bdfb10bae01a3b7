"""From a symbol to others: definitions, uses, implementations, callers and subclasses, all answered by ty.

Each tool takes a place (path, line, column) or a symbol's name. An ambiguous name, or a ty that cannot answer, gives
state unknown; a place or name that does not exist is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from punie_semantic.exceptions import AmbiguousSymbol, SemanticError, ToolUnavailable
from punie_semantic.hierarchies import calls, types
from punie_semantic.locations import definition_places, end_of, locations_of, target
from punie_semantic.places import ask, versions
from punie_semantic.references import references
from punie_semantic.results import HierarchyResult, Location, LocationsResult, ReferencesResult
from punie_semantic.workspace import Workspace

MAX_DEPTH = 3


async def goto_definition(
    workspace: Workspace, path: str = "", line: int = 0, column: int = 0, symbol: str = ""
) -> LocationsResult:
    """Where the symbol at a position, or of a name, is defined.

    Example: `goto_definition("src/app.py", 12, 5).locations[0].file`
    """
    return await _locations(workspace, "textDocument/definition", path, line, column, symbol)


async def goto_type_definition(
    workspace: Workspace, path: str = "", line: int = 0, column: int = 0, symbol: str = ""
) -> LocationsResult:
    """Where the class of the value at a position, or of a name, is defined.

    Example: `goto_type_definition("src/app.py", 12, 5).locations[0].file`
    """
    return await _locations(workspace, "textDocument/typeDefinition", path, line, column, symbol)


async def find_references(
    workspace: Workspace,
    path: str = "",
    line: int = 0,
    column: int = 0,
    include_declaration: bool = True,
    symbol: str = "",
    limit: int = 1000,
) -> LocationsResult:
    """Every use of a symbol in the whole project, also in imports and under an alias. Exact, unlike a text search.

    Example: `find_references(symbol="Cart.total", include_declaration=False).total`
    """
    try:
        place = await target(workspace, path, line, column, symbol)
        places = await references(workspace, place, include_declaration=include_declaration)
    except (AmbiguousSymbol, ToolUnavailable) as error:
        return LocationsResult(locations=[], total=0, **unanswered(error))
    return _result(workspace, places, limit)


async def find_implementations(
    workspace: Workspace, path: str = "", line: int = 0, column: int = 0, symbol: str = ""
) -> LocationsResult:
    """The subclasses of a class, or the methods that override a method; the symbol itself is left out.

    Example: `find_implementations(symbol="Storage.save").locations`
    """
    method = "textDocument/implementation"
    return await _locations(workspace, method, path, line, column, symbol, without_itself=True)


async def call_hierarchy(
    workspace: Workspace,
    path: str = "",
    line: int = 0,
    column: int = 0,
    symbol: str = "",
    direction: Literal["incoming", "outgoing"] = "incoming",
    depth: int = 1,
) -> HierarchyResult:
    """Who calls a function (incoming), or whom it calls (outgoing), up to 3 steps away.

    Example: `[c.qualified_name for c in call_hierarchy(symbol="Cart.total", depth=2).entries]`
    """
    try:
        place = await target(workspace, path, line, column, symbol)
        entries = await calls(workspace, place, direction, max(1, min(depth, MAX_DEPTH)))
    except (AmbiguousSymbol, ToolUnavailable) as error:
        return HierarchyResult(entries=[], total=0, **unanswered(error))
    return HierarchyResult(entries=entries, total=len(entries), versions=versions(workspace))


async def type_hierarchy(
    workspace: Workspace,
    path: str = "",
    line: int = 0,
    column: int = 0,
    symbol: str = "",
    direction: Literal["supertypes", "subtypes"] = "subtypes",
) -> HierarchyResult:
    """The classes that a class is derived from (supertypes), or that are derived from it, at any depth.

    Example: `[c.qualified_name for c in type_hierarchy(symbol="Storage").entries]`
    """
    try:
        place = await target(workspace, path, line, column, symbol)
        entries = await types(workspace, place, direction)
    except (AmbiguousSymbol, ToolUnavailable) as error:
        return HierarchyResult(entries=[], total=0, **unanswered(error))
    return HierarchyResult(entries=entries, total=len(entries), versions=versions(workspace))


async def references_many(
    workspace: Workspace, symbols: list[str], include_declaration: bool = True, limit: int = 1000
) -> ReferencesResult:
    """`find_references` for many names in one call; `answers` are in the order of `symbols`.

    Example: `[a.total for a in references_many(["Cart.total", "price"]).answers]`
    """
    answers = []
    for symbol in symbols:
        try:
            answer = await find_references(
                workspace, include_declaration=include_declaration, symbol=symbol, limit=limit
            )
        except SemanticError as error:
            answer = LocationsResult(locations=[], total=0, **unanswered(error))
        answers.append(answer)
    state, reason = overall(answers)
    total = sum(answer.total for answer in answers)
    return ReferencesResult(answers=answers, total=total, state=state, reason=reason, versions=versions(workspace))


def unanswered(error: SemanticError) -> dict[str, Any]:
    """The fields of a result that has no answer."""
    candidates = {"candidates": error.candidates} if isinstance(error, AmbiguousSymbol) else {}
    return {"state": "unknown", "reason": str(error), **candidates}


def overall(answers: Sequence[Any]) -> tuple[Literal["clean", "partial", "unknown"], str]:
    """The state of several answers together, and the first reason."""
    open_ones = [answer for answer in answers if answer.state in ("unknown", "partial")]
    if not open_ones:
        return "clean", ""
    return ("unknown" if len(open_ones) == len(answers) else "partial"), open_ones[0].reason


async def _locations(
    workspace: Workspace, method: str, path: str, line: int, column: int, symbol: str, *, without_itself: bool = False
) -> LocationsResult:
    """What ty answers to `method`, less the symbol's own definitions if so wanted."""
    try:
        place = await target(workspace, path, line, column, symbol)
        answer = await ask(workspace, place.file, method, {"position": place.position})
        left_out = await definition_places(workspace, place) if without_itself else set()
    except (AmbiguousSymbol, ToolUnavailable) as error:
        return LocationsResult(locations=[], total=0, **unanswered(error))
    return _result(workspace, [p for p in locations_of(workspace, answer) if end_of(p) not in left_out])


def _result(workspace: Workspace, places: list[Location], limit: int = 1000) -> LocationsResult:
    limit = max(1, limit)
    cut = len(places) > limit
    return LocationsResult(
        locations=places[:limit],
        total=len(places),
        state="partial" if cut else "clean",
        reason=f"{limit} of {len(places)} places are shown. Pass a larger limit for all." if cut else "",
        versions=versions(workspace),
    )
