"""Attributes that a class's methods set on `self`, which ty's document symbols leave out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from punie_semantic.places import Range
from punie_semantic.wire.positions import TextLines, characters


def self_attributes(text: str, class_line: int, name: str) -> list[Range]:
    """Where the methods of the class at a 0-based line set `self.<name>`, as 0-based utf-32 ranges.

    Empty when the text does not parse.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    lines = TextLines(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.lineno - 1 == class_line:
            return [_range(found, lines) for found in _stores(node, name)]
    return []


def _stores(cls: ast.ClassDef, name: str) -> Iterator[ast.Attribute]:
    for method in cls.body:
        if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) or not method.args.args:
            continue
        first = (method.args.posonlyargs + method.args.args)[0].arg
        for node in ast.walk(method):
            if (
                isinstance(node, ast.Attribute)
                and node.attr == name
                and isinstance(node.ctx, ast.Store)
                and isinstance(node.value, ast.Name)
                and node.value.id == first
            ):
                yield node


def _range(node: ast.Attribute, lines: TextLines) -> Range:
    line = (node.end_lineno or node.lineno) - 1
    end = characters(lines.line(line), node.end_col_offset or 0, "utf-8")
    return {"start": {"line": line, "character": end - len(node.attr)}, "end": {"line": line, "character": end}}
