"""Questions to ty about a place in a file: 1-based arguments in, 0-based LSP positions out, and ranges back.

What the answers mean is for the tools that ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from punie_semantic.exceptions import PositionError, SemanticError, SourceError, ToolUnavailable
from punie_semantic.lsp.connection import ResponseError
from punie_semantic.sources import read_source
from punie_semantic.wire.positions import TextLines
from punie_semantic.workspace import Workspace

Range = Mapping[str, Mapping[str, int]]
PYTHON_FILES = (".py", ".pyi")


async def ask(workspace: Workspace, file: Path, method: str, extra: dict[str, Any]) -> Any:  # noqa: ANN401 - wire data
    """ty's answer about a file in the overlay's present state. Raises ToolUnavailable."""
    try:
        return await workspace.checker.ask_ty(file, method, extra)
    except ResponseError as error:
        raise ToolUnavailable(f"ty could not answer {method}: {error}") from error


def python_file(workspace: Workspace, path: str) -> Path:
    """A Python file of the workspace that exists. Raises PathError or SourceError."""
    file = workspace.overlay.resolve(path)
    if file.suffix == ".ipynb":
        raise SourceError(f"{path} is a notebook; notebook cells cannot be asked about. Pass a .py file.")
    if file.suffix not in PYTHON_FILES:
        raise SourceError(f"{path} is no Python file. Pass a .py or .pyi file, or use search_text.")
    return file


def position(workspace: Workspace, path: str, line: int, column: int) -> tuple[Path, dict[str, int]]:
    """The file and the LSP position of a 1-based place. Raises PathError, SourceError or PositionError."""
    file = python_file(workspace, path)
    lines = TextLines(workspace.overlay.text(file))
    if not 1 <= line <= len(lines):
        raise PositionError(f"{path} has {len(lines)} lines; line {line} does not exist. Lines count from 1.")
    width = len(lines.line(line - 1))
    if not 1 <= column <= width + 1:
        raise PositionError(f"Line {line} of {path} has {width} characters; column {column} is not in it.")
    return file, {"line": line - 1, "character": column - 1}


def covers(span: Range, place: Mapping[str, int]) -> bool:
    """Whether an LSP position is in a range; its end counts, as an editor's cursor does."""
    at = (place["line"], place["character"])
    return _point(span["start"]) <= at <= _point(span["end"])


def within(inner: Range, outer: Range) -> bool:
    """Whether a range lies in another one."""
    return _point(outer["start"]) <= _point(inner["start"]) and _point(inner["end"]) <= _point(outer["end"])


def _point(place: Mapping[str, int]) -> tuple[int, int]:
    return place["line"], place["character"]


class Texts:
    """Lines of many files, each read once; files outside the workspace come from disk."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lines: dict[Path, TextLines | None] = {}

    def line(self, path: Path, number: int) -> str:
        """A 0-based line, stripped; empty when the file cannot be read."""
        if path not in self._lines:
            self._lines[path] = self._read(path)
        lines = self._lines[path]
        return lines.line(number).strip() if lines and number < len(lines) else ""

    def _read(self, path: Path) -> TextLines | None:
        try:
            known = path.is_relative_to(self._workspace.root)
            return TextLines(self._workspace.overlay.text(path) if known else read_source(path).text)
        except SemanticError:
            return None


def shown(workspace: Workspace, path: Path) -> str:
    """A path as results show it: relative inside the workspace, absolute outside."""
    return path.relative_to(workspace.root).as_posix() if path.is_relative_to(workspace.root) else str(path)


def versions(workspace: Workspace) -> dict[str, int]:
    """The versions of the open documents that an answer saw, by file."""
    return {shown(workspace, path): buffer.version for path, buffer in workspace.overlay.buffers.items()}
