"""What is written at a place of a file: a symbol's name, or another one that an import gives it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from punie_semantic.exceptions import EditError
from punie_semantic.outlines import Located
from punie_semantic.places import position
from punie_semantic.wire.positions import TextLines
from punie_semantic.workspace import Workspace

_WORD = re.compile(r"\w+")


def alias_at(workspace: Workspace, path: str, line: int, column: int) -> Located | None:
    """The name at a place when it is one that an import of the file gives with `as`; else None."""
    file, word, start = _word_at(workspace, path, line, column)
    if word not in _aliases(workspace.overlay.text(file)):
        return None
    span = {
        "start": {"line": line - 1, "character": start},
        "end": {"line": line - 1, "character": start + len(word)},
    }
    return Located(file, word, word, "", "alias", span, span, (span,))


def check_written(workspace: Workspace, symbol: Located, path: str, line: int, column: int) -> None:
    """Refuse a place where something else is written than the symbol's name. Raises EditError."""
    _, word, _ = _word_at(workspace, path, line, column)
    if symbol.kind != "module" and word != symbol.name:
        raise EditError(
            f"At {path}:{line}:{column} is {word!r}, not the name of {symbol.qualified_name}. Pass the place of that "
            "name; a module is moved with rename_file."
        )


def _word_at(workspace: Workspace, path: str, line: int, column: int) -> tuple[Path, str, int]:
    """The word at a place and its 0-based column; an empty one when there is none."""
    file, place = position(workspace, path, line, column)
    written = TextLines(workspace.overlay.text(file)).line(line - 1)
    for word in _WORD.finditer(written):
        if word.start() <= place["character"] <= word.end():
            return file, word[0], word.start()
    return file, "", place["character"]


def _aliases(text: str) -> set[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {item.asname for node in imports for item in node.names if item.asname and item.asname != item.name}
