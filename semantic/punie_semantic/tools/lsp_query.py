"""One door onto the LSP operations, by LSP's own names, for whoever knows these better than the tools'."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from punie_semantic.results import LSPResult
from punie_semantic.results.base import Answer
from punie_semantic.tools import information, navigation, search
from punie_semantic.workspace import Workspace

Operation = Literal[
    "definition",
    "typeDefinition",
    "references",
    "implementation",
    "hover",
    "signatureHelp",
    "completion",
    "documentSymbol",
    "workspaceSymbol",
    "incomingCalls",
    "outgoingCalls",
    "supertypes",
    "subtypes",
]
_BY_PLACE: dict[str, tuple[Callable[..., Awaitable[Any]], dict[str, str]]] = {
    "definition": (navigation.goto_definition, {}),
    "typeDefinition": (navigation.goto_type_definition, {}),
    "references": (navigation.find_references, {}),
    "implementation": (navigation.find_implementations, {}),
    "hover": (information.hover, {}),
    "incomingCalls": (navigation.call_hierarchy, {"direction": "incoming"}),
    "outgoingCalls": (navigation.call_hierarchy, {"direction": "outgoing"}),
    "supertypes": (navigation.type_hierarchy, {"direction": "supertypes"}),
    "subtypes": (navigation.type_hierarchy, {"direction": "subtypes"}),
}


async def lsp_query(
    workspace: Workspace,
    operation: Operation,
    path: str = "",
    line: int = 0,
    column: int = 0,
    symbol: str = "",
    query: str = "",
) -> LSPResult:
    """An LSP operation by its LSP name. `query` is for workspaceSymbol; `symbol` can stand for a place.

    Example: `lsp_query("references", symbol="Cart.total").locations`
    """
    answer = await _ask(workspace, operation, path, line, column, symbol, query)
    fields = {name: getattr(answer, name) for name in type(answer).model_fields if name in LSPResult.model_fields}
    fields.setdefault("total", len(fields.get("signatures", [])) or int(bool(fields.get("text"))))
    return LSPResult(operation=operation, **fields)


async def _ask(
    workspace: Workspace, operation: str, path: str, line: int, column: int, symbol: str, query: str
) -> Answer:
    if operation == "documentSymbol":
        return await search.document_symbols(workspace, path)
    if operation == "workspaceSymbol":
        return await search.workspace_symbols(workspace, query or symbol)
    if operation == "signatureHelp":
        return await information.signature_help(workspace, path, line, column)
    if operation == "completion":
        return await information.completion(workspace, path, line, column)
    function, arguments = _BY_PLACE[operation]
    return await function(workspace, path, line, column, symbol=symbol, **arguments)
