"""A usual session, message by message: what mutations start from. Nothing in it ends a server or never answers."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TEXT = """\
import os
from typing import Protocol

GREETING = 'hé 漢 😀'

class Shop(Protocol):
    def total(self, prices: list[int]) -> int: ...

def total(prices: list[int]) -> str:
    return sum(prices)

total([1, 2])
print(unknown_name)
"""

EDITED, OTHER, CELL = "edited.py", "other.py", "book.ipynb"


def span(line: int, character: int, end_line: int, end_character: int) -> Json:
    return {"start": {"line": line, "character": character}, "end": {"line": end_line, "character": end_character}}


def requests(uri: str) -> list[tuple[str, Any]]:
    """Everything that an editor asks about an open file."""
    document = {"textDocument": {"uri": uri}}
    place = {**document, "position": {"line": 8, "character": 5}}
    area = {**document, "range": span(0, 0, 9, 5)}
    options = {"options": {"tabSize": 4, "insertSpaces": True}}
    problem = {"range": span(0, 7, 0, 9), "message": "`os` imported but unused", "code": "F401", "source": "Ruff"}
    item = {"name": "total", "kind": 12, "uri": uri, "range": span(8, 0, 9, 22), "selectionRange": span(8, 4, 8, 9)}
    places = ["hover", "definition", "declaration", "typeDefinition", "implementation", "documentHighlight"]
    places += ["signatureHelp", "completion", "prepareRename", "prepareCallHierarchy", "prepareTypeHierarchy"]
    return [
        *((f"textDocument/{name}", place) for name in places),
        ("textDocument/references", {**place, "context": {"includeDeclaration": True}}),
        ("textDocument/rename", {**place, "newName": "summed"}),
        *((f"textDocument/{name}", document) for name in ("documentSymbol", "foldingRange", "semanticTokens/full")),
        ("textDocument/diagnostic", {**document, "identifier": "ty", "previousResultId": "x"}),
        ("textDocument/selectionRange", {**document, "positions": [{"line": 3, "character": 14}]}),
        *((f"textDocument/{name}", area) for name in ("inlayHint", "semanticTokens/range")),
        ("textDocument/codeAction", {**area, "context": {"diagnostics": [problem], "only": ["quickfix"]}}),
        ("textDocument/codeAction", {**area, "context": {"diagnostics": []}}),
        ("codeAction/resolve", {"title": "Fix", "data": {"punie_relay": {"child": "ruff", "data": uri}}}),
        ("textDocument/formatting", {**document, **options}),
        ("textDocument/rangeFormatting", {**area, **options}),
        ("workspace/symbol", {"query": "tot"}),
        ("workspace/executeCommand", {"command": "punie.fix", "arguments": ["echo", {"uri": uri}]}),
        ("workspace/executeCommand", {"command": "ruff.applyFormat", "arguments": [{"uri": uri, "version": 1}]}),
        ("workspace/willRenameFiles", {"files": [{"oldUri": uri, "newUri": uri.replace(".py", "_new.py")}]}),
        ("callHierarchy/incomingCalls", {"item": item}),
        ("completionItem/resolve", {"label": "total"}),
        ("textDocument/notInvented", document),
    ]


def notifications(uri: str, other: str, notebook: str) -> list[tuple[str, Any]]:
    """Everything that an editor tells."""
    cell = f"{notebook}#1"
    opened = {"languageId": "python", "version": 1, "text": TEXT}
    changed = {"uri": uri, "version": 2}
    edits: list[Json] = [
        {"range": span(8, 4, 8, 9), "rangeLength": 5, "text": "summe"},
        {"range": span(3, 14, 3, 17), "text": "😀é\r\n"},
        {"range": span(99, 0, 2**31 - 1, 0), "text": "tail = 1\n"},
        {"range": span(0, 0, 2, 0), "text": ""},
        {"text": TEXT},
    ]
    book = {"uri": notebook, "notebookType": "jupyter-notebook", "version": 1, "cells": [{"kind": 2, "document": cell}]}
    cells: list[Json] = [
        {"textContent": [{"document": {"uri": cell, "version": 2}, "changes": [edits[0]]}]},
        {"structure": {"array": {"start": 0, "deleteCount": 1, "cells": [{"kind": 2, "document": cell}]}}},
        {"data": [{"kind": 1, "document": cell}]},
    ]
    return [
        ("textDocument/didOpen", {"textDocument": {"uri": uri, **opened}}),
        ("textDocument/didOpen", {"textDocument": {"uri": other, **opened}}),
        *(("textDocument/didChange", {"textDocument": changed, "contentChanges": [edit]}) for edit in edits),
        ("textDocument/didChange", {"textDocument": changed, "contentChanges": edits[:4]}),
        ("textDocument/didSave", {"textDocument": {"uri": uri}}),
        ("textDocument/willSave", {"textDocument": {"uri": uri}, "reason": 1}),
        ("textDocument/didClose", {"textDocument": {"uri": other}}),
        ("notebookDocument/didOpen", {"notebookDocument": book, "cellTextDocuments": [{"uri": cell, **opened}]}),
        *(
            (
                "notebookDocument/didChange",
                {"notebookDocument": {"uri": notebook, "version": 2}, "change": {"cells": c}},
            )
            for c in cells
        ),
        ("notebookDocument/didClose", {"notebookDocument": {"uri": notebook}, "cellTextDocuments": [{"uri": cell}]}),
        ("workspace/didChangeWatchedFiles", {"changes": [{"uri": other, "type": 1}, {"uri": uri, "type": 2}]}),
        ("workspace/didChangeConfiguration", {"settings": {}}),
        ("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": []}}),
        ("$/setTrace", {"value": "off"}),
        ("$/cancelRequest", {"id": "r-1"}),
        ("window/workDoneProgress/cancel", {"token": "t"}),
        ("initialized", {}),
    ]
