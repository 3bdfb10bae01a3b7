"""Questions about symbols, answered by ty. Lines and columns are 1-based, as in every result."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from punie_semantic.exceptions import PathError, SemanticError, ToolUnavailable
from punie_semantic.lsp.connection import ResponseError
from punie_semantic.results import HoverResult, Location, LocationsResult, Symbol, SymbolsResult
from punie_semantic.sources import read_source
from punie_semantic.wire.positions import TextLines
from punie_semantic.wire.uris import path_of
from punie_semantic.workspace import Workspace

_KINDS = (
    "",
    *[
        "file",
        "module",
        "namespace",
        "package",
        "class",
        "method",
        "property",
        "field",
        "constructor",
        "enum",
        "interface",
        "function",
    ],
    *[
        "variable",
        "constant",
        "string",
        "number",
        "boolean",
        "array",
        "object",
        "key",
        "null",
        "enum_member",
        "struct",
        "event",
    ],
    *["operator", "type_parameter"],
)


async def document_symbols(workspace: Workspace, path: str) -> SymbolsResult:
    """List the classes, functions, methods and variables of a file.

    Example: `[s.name for s in document_symbols("src/app.py").symbols if s.kind == "class"]`
    """
    file = workspace.overlay.resolve(path)
    answer = await _ask(workspace, file, "textDocument/documentSymbol", {})
    symbols: list[Symbol] = []
    _flatten(answer or [], "", symbols)
    return SymbolsResult(symbols=symbols)


def _flatten(items: list[Mapping[str, Any]], container: str, symbols: list[Symbol]) -> None:
    for item in items:
        span = item["range"]
        kind = _KINDS[item["kind"]] if item["kind"] < len(_KINDS) else "other"
        name = item["name"]
        symbols.append(
            Symbol(
                name=name,
                kind=kind,
                line=item["selectionRange"]["start"]["line"] + 1,
                end_line=span["end"]["line"] + 1,
                container=container,
            )
        )
        _flatten(item.get("children") or [], f"{container}.{name}" if container else name, symbols)


async def goto_definition(workspace: Workspace, path: str, line: int, column: int) -> LocationsResult:
    """Where the symbol at a position is defined.

    Example: `goto_definition("src/app.py", 12, 5).locations[0].file`
    """
    return await _locations(workspace, path, line, column, "textDocument/definition", {})


async def find_references(
    workspace: Workspace, path: str, line: int, column: int, include_declaration: bool = True
) -> LocationsResult:
    """Every use of the symbol at a position, in the whole project. Exact, unlike a text search.

    Example: `find_references("src/app.py", 12, 5).total`
    """
    context = {"context": {"includeDeclaration": include_declaration}}
    return await _locations(workspace, path, line, column, "textDocument/references", context)


async def hover(workspace: Workspace, path: str, line: int, column: int) -> HoverResult:
    """The type and documentation of the symbol at a position.

    Example: `hover("src/app.py", 12, 5).text`
    """
    file, position = _place(workspace, path, line, column)
    answer = await _ask(workspace, file, "textDocument/hover", {"position": position})
    if not answer:
        return HoverResult(found=False, text="")
    contents = answer["contents"]
    return HoverResult(found=True, text=contents["value"] if isinstance(contents, dict) else str(contents))


async def _locations(
    workspace: Workspace, path: str, line: int, column: int, method: str, extra: dict[str, Any]
) -> LocationsResult:
    file, position = _place(workspace, path, line, column)
    answer = await _ask(workspace, file, method, {"position": position, **extra})
    items = answer if isinstance(answer, list) else [answer] if answer else []
    texts: dict[Path, TextLines | None] = {}
    locations = [_location(workspace, item, texts) for item in items]
    return LocationsResult(locations=locations, total=len(locations))


def _place(workspace: Workspace, path: str, line: int, column: int) -> tuple[Path, dict[str, int]]:
    file = workspace.overlay.resolve(path)
    lines = TextLines(workspace.overlay.text(file))
    if not 1 <= line <= len(lines):
        raise PathError(f"{path} has {len(lines)} lines; line {line} does not exist. Lines count from 1.")
    width = len(lines.line(line - 1))
    if not 1 <= column <= width + 1:
        raise PathError(f"Line {line} of {path} has {width} characters; column {column} is not in it.")
    return file, {"line": line - 1, "character": column - 1}


async def _ask(workspace: Workspace, file: Path, method: str, extra: dict[str, Any]) -> Any:  # noqa: ANN401
    try:
        return await workspace.checker.ask_ty(file, method, extra)
    except ResponseError as error:
        raise ToolUnavailable(f"ty could not answer {method}: {error}") from error


def _location(workspace: Workspace, item: Mapping[str, Any], texts: dict[Path, TextLines | None]) -> Location:
    path = path_of(item["uri"])
    start = item["range"]["start"]
    if path is None:  # ty's own typeshed, which is no file
        return Location(file=item["uri"], line=start["line"] + 1, column=start["character"] + 1, text="", external=True)
    external = not path.is_relative_to(workspace.root)
    if path not in texts:
        texts[path] = _lines(workspace, path, external)
    lines = texts[path]
    return Location(
        file=str(path) if external else path.relative_to(workspace.root).as_posix(),
        line=start["line"] + 1,
        column=start["character"] + 1,
        text=lines.line(start["line"]).strip() if lines else "",
        external=external,
    )


def _lines(workspace: Workspace, path: Path, external: bool) -> TextLines | None:
    try:
        return TextLines(read_source(path).text if external else workspace.overlay.text(path))
    except SemanticError:
        return None
