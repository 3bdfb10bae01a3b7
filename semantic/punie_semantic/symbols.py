"""Finding a symbol by name or by place. Ranges are LSP's: 0-based, utf-32.

A symbol is what `textDocument/documentSymbol` lists: modules' and classes' names, functions, methods, and attributes
that methods set on `self`. ty finds the files by `workspace/symbol`; files of this turn's edits are always looked at.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from punie_semantic.exceptions import AmbiguousSymbol, PathError, PositionError, UnknownSymbol
from punie_semantic.outlines import Located as Located
from punie_semantic.outlines import as_match, fuzzy, module_name, outline, text_of, unsaved
from punie_semantic.paths import inside
from punie_semantic.places import PYTHON_FILES, Range, ask, covers, position, python_file, within
from punie_semantic.self_attributes import self_attributes
from punie_semantic.wire.positions import TextLines
from punie_semantic.wire.uris import path_of
from punie_semantic.workspace import Workspace

MAX_CANDIDATES = 20
MAX_FILES = 60
MAX_NEAREST = 5
MAX_COMPARED = 5000


async def locate(workspace: Workspace, *, symbol: str = "", path: str = "", line: int = 0, column: int = 0) -> Located:
    """The one symbol of that name, or at that place; a use leads to its definition.

    Args:
        workspace: where to look.
        symbol: "Cart", "Cart.total", "shop.cart.Cart.total" or "cart.total"; the end of the qualified name.
        path: a file, or a folder to narrow a name to.
        line: 1-based; with `symbol` and no column, the name's place in that line.
        column: 1-based, in code points.

    Raises:
        UnknownSymbol: nothing has that name or is at that place; the message has the nearest names.
        AmbiguousSymbol: several have; its `candidates` tell them apart.
        PathError, SourceError, PositionError: the file or place does not exist.
        ToolUnavailable: ty cannot be asked.
    """
    if line:
        return await _at(workspace, path, line, column or _column(workspace, path, line, symbol))
    if not symbol.strip():
        raise PositionError("Nothing was asked for. Pass a symbol's name, or path, line and column.")
    found = await named(workspace, symbol, path)
    if not found:
        found = await _imported(workspace, symbol, path)
    if not found:
        raise await _unknown(workspace, symbol, path)
    return _only(workspace, found, f"{symbol!r}")


async def named(workspace: Workspace, symbol: str, path: str = "") -> list[Located]:
    """All symbols whose qualified name ends with `symbol`, by file and place. Raises PathError."""
    wanted = symbol.strip()
    last = wanted.rpartition(".")[2]
    below = inside(workspace.root, path) if path else workspace.root
    if below.suffix in PYTHON_FILES:
        python_file(workspace, path)
    elif path and not below.is_dir():
        raise PathError(f"{path} does not exist in the workspace. Pass a file or a folder of it.")
    found = []
    for file in await _files_naming(workspace, wanted, below):
        found += [s for s in await outline(workspace, file) if s.name == last and _is_called(workspace, s, wanted)]
    if not found and "." in wanted:
        found = await _attributes(workspace, wanted, path)
    return sorted(_merged(found), key=lambda s: (s.file, s.position["line"]))


async def _files_naming(workspace: Workspace, wanted: str, below: Path) -> list[Path]:
    """Files that define the last part of a dotted name and have the part before it, as a name or in their path."""
    owner, _, last = wanted.rpartition(".")
    owner = owner.rpartition(".")[2]
    files = await _defining(workspace, last)
    files |= {file for file in (*unsaved(workspace), below) if last in text_of(workspace, file)}
    files = {f for f in files if f.is_relative_to(below) and f.suffix in PYTHON_FILES}
    if owner and len(files) > 1:
        owners = {*await _defining(workspace, owner), *unsaved(workspace)}
        files = {f for f in files if owner in f.parts or owner == f.stem or f in owners}
    return sorted(files)[:MAX_FILES]


async def _defining(workspace: Workspace, name: str) -> set[Path]:
    places = [path_of(item["location"]["uri"]) for item in await fuzzy(workspace, name) if item["name"] == name]
    return {file for file in places if file is not None and file.is_relative_to(workspace.root)}


def _is_called(workspace: Workspace, symbol: Located, wanted: str) -> bool:
    """Whether a dotted name is the end of the symbol's, or of its path with every folder."""
    folders = symbol.file.relative_to(workspace.root).with_suffix("").parts
    dotted = ".".join([*(p for p in folders if p != "__init__"), *filter(None, [symbol.container]), symbol.name])
    return any(f".{full}".endswith(f".{wanted}") for full in (symbol.qualified_name, dotted))


async def _attributes(workspace: Workspace, wanted: str, path: str) -> list[Located]:
    """`Cart.items` where a method of Cart sets `self.items`."""
    owner, _, attribute = wanted.rpartition(".")
    found = []
    for cls in await named(workspace, owner, path):
        if cls.kind != "class":
            continue
        for span in self_attributes(workspace.overlay.text(cls.file), cls.position["line"], attribute)[:1]:
            found.append(
                Located(
                    file=cls.file,
                    name=attribute,
                    qualified_name=f"{cls.qualified_name}.{attribute}",
                    container=f"{cls.container}.{cls.name}" if cls.container else cls.name,
                    kind="field",
                    name_range=span,
                    range=span,
                    parts=(span,),
                )
            )
    return found


async def _imported(workspace: Workspace, symbol: str, path: str) -> list[Located]:
    """`shop.Cart` where the package `shop` imports Cart from elsewhere in the workspace."""
    module, _, name = symbol.strip().rpartition(".")
    if not module or not name.isidentifier() or path:
        return []
    for file in workspace.files.paths:
        parts = file.relative_to(workspace.root).with_suffix("").parts
        dotted = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if f".{dotted}".endswith(f".{module}"):
            for at in _words(text_of(workspace, file), name):
                if found := await _definitions(workspace, file, at):
                    return found
    return []


def _words(text: str, name: str) -> list[dict[str, int]]:
    """The first places of an identifier."""
    lines = TextLines(text)
    places = []
    at = text.find(name)
    while at >= 0 and len(places) < MAX_NEAREST:
        around = f"{text[at - 1] if at else ' '}{text[at + len(name) : at + len(name) + 1] or ' '}"
        if not any(c.isidentifier() or c.isdigit() for c in around):
            places.append(lines.position(at, "utf-32"))
        at = text.find(name, at + 1)
    return places


async def _at(workspace: Workspace, path: str, line: int, column: int) -> Located:
    file, place = position(workspace, path, line, column)
    for symbol in _merged(await outline(workspace, file), by_place=place):
        return symbol
    found = await _definitions(workspace, file, place)
    if not found:
        raise UnknownSymbol(
            f"There is no symbol of the workspace at {path}:{line}:{column}. Pass the place of a name, or the name."
        )
    return _only(workspace, found, f"the name at {path}:{line}:{column}")


async def _definitions(workspace: Workspace, file: Path, place: Mapping[str, int]) -> list[Located]:
    """What ty says that a name in a file means, as far as it is in the workspace."""
    answer = await ask(workspace, file, "textDocument/definition", {"position": dict(place)})
    found: list[Located] = []
    for item in answer if isinstance(answer, list) else [answer] if answer else []:
        target = path_of(item["uri"])
        if target is None or not target.is_relative_to(workspace.root) or target.suffix not in PYTHON_FILES:
            continue
        if not (symbols := await outline(workspace, target)) and not text_of(workspace, target):
            continue
        # An empty range is a module's, whatever its first line defines.
        is_module = item["range"]["start"] == item["range"]["end"]
        listed = [] if is_module else _merged(symbols, by_place=item["range"]["start"])
        found += listed or [_unlisted(workspace, target, item["range"], symbols)]
    return _merged(found)


def _unlisted(workspace: Workspace, file: Path, span: Range, symbols: list[Located]) -> Located:
    """What no outline lists: a module, an attribute of `self`, a parameter, a function's variable."""
    lines = TextLines(workspace.overlay.text(file))
    module = module_name(workspace.root, file)
    start, end = lines.offset(span["start"], "utf-32"), lines.offset(span["end"], "utf-32")
    if start == end:
        whole = {"start": span["start"], "end": lines.position(len(lines.text), "utf-32")}
        return Located(file, module.rpartition(".")[2], module, "", "module", span, whole, (whole,))
    name = lines.text[start:end].rpartition(".")[2]
    is_attribute = len(name) < end - start
    around = [s for s in symbols if within(span, s.range) and (s.kind == "class" or not is_attribute)]
    owner = around[-1].qualified_name if around else module
    place = {"start": lines.position(end - len(name), "utf-32"), "end": span["end"]}
    return Located(
        file=file,
        name=name,
        qualified_name=f"{owner}.{name}",
        container=owner.removeprefix(module).removeprefix("."),
        kind="field" if is_attribute else "variable",
        name_range=place,
        range=place,
        parts=(place,),
    )


def _merged(symbols: Iterable[Located], by_place: Mapping[str, int] | None = None) -> list[Located]:
    """One entry for all definitions of a qualified name in a file; with a place, only the one defined there."""
    groups: dict[tuple[Path, str], list[Located]] = {}
    for symbol in symbols:
        groups.setdefault((symbol.file, symbol.qualified_name), []).append(symbol)
    merged = []
    for group in groups.values():
        ranges = tuple({str(part): part for s in group for part in s.parts}.values())
        for symbol in group if by_place else group[:1]:
            if by_place is None or covers(symbol.name_range, by_place):
                merged.append(replace(symbol, parts=ranges))
    return merged


def _only(workspace: Workspace, found: list[Located], what: str) -> Located:
    if len(found) == 1:
        return found[0]
    candidates = [as_match(workspace, symbol) for symbol in found[:MAX_CANDIDATES]]
    listed = ", ".join(f"{c.qualified_name} ({c.file}:{c.line})" for c in candidates[:MAX_NEAREST])
    more = " and more" if len(found) > MAX_NEAREST else ""
    raise AmbiguousSymbol(
        f"{what} means {len(found)} symbols: {listed}{more}. Pass a longer name, or path with it.", candidates
    )


async def _unknown(workspace: Workspace, symbol: str, path: str) -> UnknownSymbol:
    """The error, with the nearest names."""
    near = await nearest(workspace, symbol)
    where = f" in {path}" if path else ""
    hint = f" Nearest names: {', '.join(near)}." if near else " Look for it with find_symbol or search_text."
    return UnknownSymbol(f"There is no symbol {symbol!r}{where}.{hint}", near)


async def nearest(workspace: Workspace, symbol: str) -> list[str]:
    """Names of symbols that are spelled like the last part of a dotted name."""
    last = symbol.strip().rpartition(".")[2]
    queries = (last, last[: len(last) // 2 + 1], last[-(len(last) // 2 + 1) :], last[:2], last[:1])
    for query in queries:
        names = list(dict.fromkeys(item["name"] for item in await fuzzy(workspace, query)))
        if near := difflib.get_close_matches(last, names[:MAX_COMPARED], MAX_NEAREST, 0.6):
            return near
    return []


def _column(workspace: Workspace, path: str, line: int, symbol: str) -> int:
    """The 1-based column of a name in a line."""
    if not symbol:
        raise PositionError(f"Pass column as well, or a symbol's name in line {line} of {path}.")
    file, _ = position(workspace, path, line, 1)
    last = symbol.strip().rpartition(".")[2]
    words = _words(TextLines(workspace.overlay.text(file)).line(line - 1), last)
    if not words:
        raise UnknownSymbol(f"The name {last!r} is not in line {line} of {path}. Read the line and pass its column.")
    return words[0]["character"] + 1
