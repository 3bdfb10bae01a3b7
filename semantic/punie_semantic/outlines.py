"""What files define, as ty lists it. Ranges are LSP's: 0-based, utf-32."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_semantic.exceptions import SemanticError
from punie_semantic.paths import relative
from punie_semantic.places import Range, ask
from punie_semantic.results import SymbolMatch
from punie_semantic.workspace import Workspace

# LSP's SymbolKind, from 1 on.
KINDS = (
    *("file", "module", "namespace", "package", "class", "method", "property", "field", "constructor", "enum"),
    *("interface", "function", "variable", "constant", "string", "number", "boolean", "array", "object", "key"),
    *("null", "enum_member", "struct", "event", "operator", "type_parameter"),
)


@dataclass(frozen=True)
class Located:
    """A symbol of the workspace.

    Attributes:
        file: absolute path.
        name: its last name.
        qualified_name: dotted, from the topmost package on: "shop.cart.Cart.total".
        container: the enclosing class or function, dotted; empty at module level.
        kind: "class", "method", "function", "variable" and so on.
        name_range: of the name in its definition.
        range: of the whole definition, decorators included.
        parts: the full ranges of all its definitions in the file, in order: a property and its setter, overloads,
            branches of an `if`. More than one means that an edit of `range` alone would not be the whole.
    """

    file: Path
    name: str
    qualified_name: str
    container: str
    kind: str
    name_range: Range
    range: Range
    parts: tuple[Range, ...] = ()

    @property
    def position(self) -> dict[str, int]:
        """The LSP position of its name."""
        return dict(self.name_range["start"])


async def outline(workspace: Workspace, file: Path) -> list[Located]:
    """Everything that a file defines, in source order, one entry for each definition; nothing if it cannot be read."""
    if not text_of(workspace, file):
        return []
    answer = await ask(workspace, file, "textDocument/documentSymbol", {})
    symbols: list[Located] = []
    _flatten(answer or [], file, module_name(workspace.root, file), "", symbols)
    return symbols


async def fuzzy(workspace: Workspace, query: str) -> list[Mapping[str, Any]]:
    """ty's `workspace/symbol`: everything that has the query's letters in its name, in this order."""
    some_file = next((f for f in (*unsaved(workspace), *workspace.files.paths) if text_of(workspace, f)), None)
    if some_file is None or not query:
        return []
    return await ask(workspace, some_file, "workspace/symbol", {"query": query}) or []


def kind_name(kind: int) -> str:
    """LSP's SymbolKind in words."""
    return KINDS[kind - 1] if 1 <= kind <= len(KINDS) else "other"


def module_name(root: Path, file: Path) -> str:
    """The dotted name by which the file is imported: from its topmost package on, without a `src` folder."""
    parts = list(file.relative_to(root).with_suffix("").parts)
    start = len(parts) - 1
    while start and (root.joinpath(*parts[:start]) / "__init__.py").is_file():
        start -= 1
    if start == len(parts) - 1 and parts[-1] != "__init__":
        start = 1 if parts[0] == "src" and len(parts) > 1 else 0
    names = parts[start:-1] if parts[-1] == "__init__" else parts[start:]
    return ".".join(names)


def as_match(workspace: Workspace, symbol: Located) -> SymbolMatch:
    """A symbol as tools show it."""
    start = symbol.position
    return SymbolMatch(
        name=symbol.name,
        qualified_name=symbol.qualified_name,
        kind=symbol.kind,
        file=relative(workspace.root, symbol.file),
        line=start["line"] + 1,
        column=start["character"] + 1,
        end_line=symbol.range["end"]["line"] + 1,
        container=symbol.container,
    )


def _flatten(
    items: Iterable[Mapping[str, Any]], file: Path, module: str, container: str, symbols: list[Located]
) -> None:
    for item in items:
        name = f"{container}.{item['name']}" if container else item["name"]
        symbols.append(
            Located(
                file=file,
                name=item["name"],
                qualified_name=f"{module}.{name}" if module else name,
                container=container,
                kind=kind_name(item["kind"]),
                name_range=item["selectionRange"],
                range=item["range"],
                parts=(item["range"],),
            )
        )
        _flatten(item.get("children") or [], file, module, name, symbols)


def unsaved(workspace: Workspace) -> set[Path]:
    """What ty may not list: a file that is only in the overlay, or that the project's settings leave out."""
    return {*workspace.overlay.state, *workspace.overlay.buffers}


def text_of(workspace: Workspace, file: Path) -> str:
    """The overlay's text; empty for a file that cannot be read."""
    try:
        return workspace.overlay.text(file)
    except SemanticError:
        return ""
