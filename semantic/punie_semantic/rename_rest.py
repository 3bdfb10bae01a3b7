"""Where a renamed symbol is named without ty knowing: class patterns, `__all__`, `super()`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from punie_semantic.outlines import Located
from punie_semantic.wire.positions import TextLines, characters

Places = dict[Path, dict[int, set[int]]]


def rest_of(texts: Mapping[Path, str], places: Places, symbol: Located) -> Places:
    """More places of the old name, in files where ty found some; none in a file that does not parse.

    Args:
        texts: the files as they are.
        places: what ty found.
        symbol: what is renamed.
    """
    found: Places = {}
    for file, text in texts.items():
        if not _may_have(text, symbol):
            continue
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        lines = TextLines(text)
        known = places[file]
        for line, column in _in_file(tree, lines, known, symbol):
            if column not in known.get(line, ()):
                found.setdefault(file, {}).setdefault(line, set()).add(column)
    return found


def _may_have(text: str, symbol: Located) -> bool:
    """Parsing takes long, and few files are worth it."""
    name = symbol.name
    if symbol.container:
        return "case" in text and re.search(rf"\b{re.escape(name)}\s*=", text) is not None
    return "__all__" in text and (f"'{name}'" in text or f'"{name}"' in text)


def super_calls(text: str, name: str) -> list[tuple[int, int]]:
    """Where a name is taken from `super()`, as 0-based places; none in a text that does not parse."""
    if "super" not in text or not re.search(rf"\)\s*\.\s*{re.escape(name)}\b", text):
        return []
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    lines = TextLines(text)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == name and _is_super(node.value) and node.end_lineno:
            column = _column(lines, node.end_lineno, node.end_col_offset or 0) - len(name)
            found.append((node.end_lineno - 1, column))
    return found


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _in_file(
    tree: ast.Module, lines: TextLines, known: Mapping[int, set[int]], symbol: Located
) -> Iterator[tuple[int, int]]:
    if symbol.container:
        for node in ast.walk(tree):
            if isinstance(node, ast.MatchClass):
                yield from _pattern(node, lines, symbol)
    elif _binds_at_top(tree, known, symbol.name):
        yield from _exported(tree, lines, symbol.name)


def _pattern(node: ast.MatchClass, lines: TextLines, symbol: Located) -> Iterator[tuple[int, int]]:
    """`case Cart(total=x)`, where the class is called like the symbol's own."""
    called = node.cls.attr if isinstance(node.cls, ast.Attribute) else getattr(node.cls, "id", "")
    if called != symbol.container.rpartition(".")[2]:
        return
    for name, pattern in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
        if name == symbol.name:
            end = lines.start(pattern.lineno - 1) + _column(lines, pattern.lineno, pattern.col_offset)
            start = lines.text.rfind(name, 0, end)
            place = lines.position(start, "utf-32")
            yield place["line"], place["character"]


def _binds_at_top(tree: ast.Module, known: Mapping[int, set[int]], name: str) -> bool:
    """Whether the file's own top-level name is renamed: it is defined there, or imported without an alias."""
    for node in tree.body:
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        if not any(first <= line <= last for line in known):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            if any((item.asname or item.name) == name for item in node.names):
                return True
        elif name in _defined(node):
            return True
    return False


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _exported(tree: ast.Module, lines: TextLines, name: str) -> Iterator[tuple[int, int]]:
    """The name's places in `__all__`."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if not any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            continue
        for item in ast.walk(node):
            if isinstance(item, ast.Constant) and item.value == name:
                start = lines.start(item.lineno - 1) + _column(lines, item.lineno, item.col_offset)
                written = lines.text.find(name, start)
                if 0 <= written <= start + 4:
                    place = lines.position(written, "utf-32")
                    yield place["line"], place["character"]


def _column(lines: TextLines, line: int, offset: int) -> int:
    return characters(lines.line(line - 1), offset, "utf-8")
