"""A notebook's part of the session: open, change its cells, ask across them, close."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from punie_semantic.wire.positions import Encoding, TextLines
from tests.differential.player import BOTH, RUFF_ONLY, Script, Step, notify

Json = dict[str, Any]

OPTIONS = {"tabSize": 4, "insertSpaces": True}


def notebook_session(path: Path, encoding: Encoding) -> Script:
    """The rounds of one notebook."""
    uri = path.as_uri()
    cells = [f"{uri.replace('file:', 'vscode-notebook-cell:')}#c{number}" for number in range(4)]
    texts = [cell["source"] for cell in json.loads(path.read_text())["cells"]]
    new = "from shapes import Square\nSquare('a').side\nimport re\n"

    def place(number: int, needle: str) -> Json:
        text = texts[number]
        position = TextLines(text).position(text.index(needle), encoding)
        return {"textDocument": {"uri": cells[number]}, "position": position}

    def questions(*numbers: int) -> list[Step]:
        asked = []
        for number in numbers:
            identifier = {"textDocument": {"uri": cells[number]}}
            span = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
            asked += [
                Step("textDocument/diagnostic", identifier, BOTH),
                Step("textDocument/documentSymbol", identifier),
                Step("textDocument/semanticTokens/full", identifier),
                Step("textDocument/inlayHint", {**identifier, "range": span}),
                Step("textDocument/foldingRange", identifier),
                Step("textDocument/codeAction", {**identifier, "range": span, "context": {"diagnostics": []}}, BOTH),
                Step("textDocument/formatting", {**identifier, "options": OPTIONS}, RUFF_ONLY),
            ]
        return asked

    def across() -> list[Step]:
        return [
            Step("textDocument/definition", place(1, "double")),
            Step("textDocument/hover", place(1, "math"), BOTH),
            Step("textDocument/hover", place(2, "radius"), BOTH),
            Step("textDocument/references", {**place(0, "double"), "context": {"includeDeclaration": True}}),
            Step("textDocument/rename", {**place(0, "double"), "newName": "twice"}),
            Step("textDocument/completion", place(2, "area")),
        ]

    document = {
        "uri": uri,
        "notebookType": "jupyter-notebook",
        "version": 1,
        "cells": [{"kind": 2, "document": cell} for cell in cells[:3]],
    }
    opened = [
        {"uri": cell, "languageId": "python", "version": 1, "text": text}
        for cell, text in zip(cells, texts, strict=False)
    ]
    return [
        [
            notify("notebookDocument/didOpen", {"notebookDocument": document, "cellTextDocuments": opened}),
            *questions(0, 1, 2),
            *across(),
        ],
        [_text_change(uri, 2, cells[1], "double(1)\nradius = 'é'\nmath.pi.nope\n"), *questions(0, 1, 2)],
        [_added_cell(uri, 3, cells[3], new), *questions(0, 3)],
        [_removed_cell(uri, 4, cells[0]), *questions(1, 2)],
        [
            notify("notebookDocument/didSave", {"notebookDocument": {"uri": uri}}),
            notify(
                "notebookDocument/didClose",
                {"notebookDocument": {"uri": uri}, "cellTextDocuments": [{"uri": cell} for cell in cells[1:]]},
            ),
            Step("textDocument/diagnostic", {"textDocument": {"uri": cells[1]}}, BOTH),
        ],
    ]


def _text_change(uri: str, version: int, cell: str, text: str) -> Step:
    changed = {"document": {"uri": cell, "version": version}, "changes": [{"text": text}]}
    return _change(uri, version, {"cells": {"textContent": [changed]}})


def _added_cell(uri: str, version: int, cell: str, text: str) -> Step:
    array = {"start": 3, "deleteCount": 0, "cells": [{"kind": 2, "document": cell}]}
    item = {"uri": cell, "languageId": "python", "version": 1, "text": text}
    return _change(uri, version, {"cells": {"structure": {"array": array, "didOpen": [item]}}})


def _removed_cell(uri: str, version: int, cell: str) -> Step:
    array = {"start": 0, "deleteCount": 1}
    return _change(uri, version, {"cells": {"structure": {"array": array, "didClose": [{"uri": cell}]}}})


def _change(uri: str, version: int, change: Json) -> Step:
    return notify(
        "notebookDocument/didChange", {"notebookDocument": {"uri": uri, "version": version}, "change": change}
    )
