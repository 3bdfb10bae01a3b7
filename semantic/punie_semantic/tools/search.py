"""Finding symbols, text and files. All see this turn's edits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from punie_semantic.exceptions import PathError, ToolUnavailable
from punie_semantic.outlines import as_match, fuzzy, kind_name, outline, unsaved
from punie_semantic.paths import inside, is_inside, relative
from punie_semantic.places import PYTHON_FILES, python_file, versions
from punie_semantic.results import FileList, SearchResult, SymbolMatch, SymbolsResult
from punie_semantic.symbols import named, nearest
from punie_semantic.text_search import Query, search
from punie_semantic.visible_files import VisibleFiles
from punie_semantic.wire.uris import path_of
from punie_semantic.workspace import Workspace

SymbolKind = Literal[
    "",
    "class",
    "method",
    "property",
    "field",
    "constructor",
    "function",
    "variable",
    "constant",
    "enum_member",
    "module",
]
MAX_CONTEXT = 20

Item = Mapping[str, Any]
Match = Literal["exact", "prefix", "fuzzy", "none"]


async def find_symbol(
    workspace: Workspace, name: str, kind: SymbolKind = "", path: str = "", limit: int = 50
) -> SymbolsResult:
    """Symbols of the project by name: exactly so named, else beginning with it, else with its letters in order.

    Example: `find_symbol("Cart", kind="class").symbols[0].file`
    """
    try:
        return await _find(workspace, name.strip(), kind, path, max(1, limit))
    except ToolUnavailable as error:
        return SymbolsResult(symbols=[], total=0, matched="none", state="unknown", reason=str(error))


async def document_symbols(workspace: Workspace, path: str) -> SymbolsResult:
    """List the classes, functions, methods and variables of a file, in source order.

    Example: `[s.name for s in document_symbols("src/app.py").symbols if s.kind == "class"]`
    """
    file = python_file(workspace, path)
    workspace.overlay.text(file)
    try:
        symbols = [as_match(workspace, symbol) for symbol in await outline(workspace, file)]
    except ToolUnavailable as error:
        return SymbolsResult(symbols=[], total=0, matched="none", state="unknown", reason=str(error))
    return SymbolsResult(symbols=symbols, total=len(symbols), matched="all", versions=versions(workspace))


async def workspace_symbols(workspace: Workspace, query: str, limit: int = 100) -> SymbolsResult:
    """Symbols of the project that have the query's letters in their name, in order; the best matches come first.

    Example: `[s.qualified_name for s in workspace_symbols("cart").symbols]`
    """
    try:
        items = sorted(await fuzzy(workspace, query.strip()), key=lambda item: _rank(item, query.strip()))
        return await _result(workspace, items, "fuzzy" if items else "none", max(1, limit))
    except ToolUnavailable as error:
        return SymbolsResult(symbols=[], total=0, matched="none", state="unknown", reason=str(error))


async def search_text(
    workspace: Workspace,
    pattern: str,
    path: str = ".",
    regex: bool = False,
    limit: int = 200,
    ignore_case: bool = False,
    word: bool = False,
    include: str = "",
    exclude: str = "",
    context: int = 0,
    hidden: bool = False,
) -> SearchResult:
    """Search text files line by line; what git ignores is left out. `include` and `exclude` are globs, as "*.py, *.md".

    Example: `search_text("TODO", include="*.py").matches[0].line`
    """
    query = Query(pattern, regex, ignore_case, word, max(0, min(context, MAX_CONTEXT)), max(1, limit))
    files = VisibleFiles(workspace.root, _below(workspace, path), include, exclude, hidden)
    return await search(workspace, query, files, versions(workspace))


async def list_files(
    workspace: Workspace, glob: str = "", path: str = ".", hidden: bool = False, limit: int = 1000
) -> FileList:
    """The project's files, without what git ignores. `glob` is as in "*.py" or "src/**/test_*.py, *.md".

    Example: `list_files("*.toml").files`
    """
    walk = VisibleFiles(workspace.root, _below(workspace, path), glob, hidden=hidden)
    found, limit = await asyncio.to_thread(_listed, workspace, walk), max(1, limit)
    reason = "" if walk.complete else "There are too many files. Pass a folder as path."
    if len(found) > limit:
        reason = f"{limit} of {len(found)} files are shown. Pass a larger limit or a folder as path. {reason}".strip()
    state = "partial" if reason else "clean"
    return FileList(files=found[:limit], total=len(found), state=state, reason=reason, versions=versions(workspace))


def _below(workspace: Workspace, path: str) -> Path:
    """The file or folder to look at, which may be in the overlay only. Raises PathError."""
    below = inside(workspace.root, path)
    if below.exists() and not below.is_dir() and not below.is_file():
        raise PathError(f"{path} is no regular file. Pass a file or a folder of the workspace.")
    if not below.exists() and not any(file.is_relative_to(below) for file in unsaved(workspace)):
        raise PathError(f"{path} does not exist in the workspace. Pass a file or a folder of it.")
    return below


def _listed(workspace: Workspace, walk: VisibleFiles) -> list[str]:
    found = {*walk, *(path for path in unsaved(workspace) if walk.accepts(path))}
    return sorted(relative(workspace.root, path) for path in found if workspace.overlay.exists(path))


async def _find(workspace: Workspace, name: str, kind: str, path: str, limit: int) -> SymbolsResult:
    below = _below(workspace, path) if path else workspace.root
    if not below.is_dir() and below.suffix in PYTHON_FILES and workspace.overlay.exists(below):
        workspace.overlay.text(below)  # says why, when it cannot be read
    items = [] if "." in name else [i for i in await fuzzy(workspace, name) if _wanted(i, kind, below)]
    for matched, chosen in _tiers(name, items):
        if chosen:
            return await _result(workspace, sorted(chosen, key=lambda item: _rank(item, name)), matched, limit)
    # A dotted name, or a file that ty does not count as the project's.
    exact = [as_match(workspace, s) for s in await named(workspace, name, path) if not kind or s.kind == kind]
    if exact:
        return _cut(workspace, exact, len(exact), "exact", limit)
    near = await nearest(workspace, name)
    return _cut(workspace, [], 0, "none", limit, f"Nearest names: {', '.join(near)}." if near else "")


def _tiers(name: str, items: list[Item]) -> list[tuple[Match, list[Item]]]:
    exact = [item for item in items if item["name"] == name]
    begun = [item for item in items if item["name"].lower().startswith(name.lower())]
    return [("exact", exact), ("prefix", begun), ("fuzzy", items)]


def _wanted(item: Item, kind: str, below: Path) -> bool:
    path = path_of(item["location"]["uri"])
    return path is not None and path.is_relative_to(below) and kind in ("", kind_name(item["kind"]))


def _rank(item: Item, query: str) -> tuple[bool, bool, bool, int, str, str, int]:
    name, place = item["name"], item["location"]
    lower, wanted = name.lower(), query.lower()
    fit = name != query, not lower.startswith(wanted), wanted not in lower, len(name)
    return *fit, name, place["uri"], place["range"]["start"]["line"]


async def _result(workspace: Workspace, items: list[Item], matched: Match, limit: int) -> SymbolsResult:
    """ty's workspace symbols with their qualified names, which only their file's outline tells."""
    outlines: dict[Path, dict[str, SymbolMatch]] = {}
    symbols: list[SymbolMatch] = []
    for item in items[:limit]:
        path = path_of(item["location"]["uri"])
        if path is None or not is_inside(workspace.root, path):
            continue
        if path not in outlines:
            outlines[path] = {str(s.range): as_match(workspace, s) for s in await outline(workspace, path)}
        if match := outlines[path].get(str(item["location"]["range"])):
            symbols.append(match)
    return _cut(workspace, symbols, len(items), matched, limit)


def _cut(
    workspace: Workspace,
    symbols: list[SymbolMatch],
    total: int,
    matched: Match,
    limit: int,
    hint: str = "",
) -> SymbolsResult:
    cut = total > limit
    return SymbolsResult(
        symbols=symbols[:limit],
        total=total,
        matched=matched,
        state="partial" if cut else "clean",
        reason=f"{limit} of {total} symbols are shown. Pass a larger limit or a longer name." if cut else hint,
        versions=versions(workspace),
    )
