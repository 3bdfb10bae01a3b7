"""What to offer for a selection, from the enclosing definition alone: a whole file would take too long to parse."""

from __future__ import annotations

import re

from punie_semantic.exceptions import RefactorError
from punie_semantic.refactor.base import Context, Refactoring
from punie_semantic.refactor.table import REFACTORINGS
from punie_semantic.refactor.tree import Span, Tree
from punie_semantic.wire.positions import TextLines

MAX_LINES = 200
_DEFINITION = re.compile(r"[ \t]*(?:async[ \t]+def|def)\b")
_BLANK = re.compile(r"[ \t\f]*(?:#.*)?$")
_ENDING = re.compile(r"[ \t]*[)\]}]|(?:else|elif|except|finally)\b")


def offered(text: str, selection: Span) -> list[Refactoring]:
    """The refactorings that the code around a selection does not refuse at once."""
    tree = tree_around(text, selection)
    return [r for r in REFACTORINGS.values() if tree is not None and _allows(r, tree, selection)]


def _allows(refactoring: Refactoring, tree: Tree, selection: Span) -> bool:
    try:
        return refactoring.offer(Context(tree, selection))
    except RefactorError:
        return False


def tree_around(text: str, selection: Span) -> Tree | None:
    """The tree of the outermost function around a selection, else of the statement; None when that cannot be told."""
    lines = TextLines(text)
    first = lines.position(selection[0], "utf-32")["line"]
    last = lines.position(max(selection[0], selection[1] - 1), "utf-32")["line"]
    top, indent = _first_line(lines, first)
    bottom = _last_line(lines, last, indent)
    if bottom - top > MAX_LINES:
        return None
    start, end = lines.start(top), lines.start(bottom)
    try:
        return Tree.part(text, (start, end), "class _:\n" if indent else "")
    except RefactorError:
        return None


def _first_line(lines: TextLines, line: int) -> tuple[int, int]:
    """The line where the outermost function around a line begins, decorators included, and its indentation."""
    top, indent = line, _indent(lines.line(line)) if not _BLANK.match(lines.line(line)) else 1 << 30
    found = line if _DEFINITION.match(lines.line(line)) else None
    while top > 0 and indent > 0:
        top -= 1
        text = lines.line(top)
        if _BLANK.match(text) or _indent(text) >= indent:
            continue
        indent = _indent(text)
        if _DEFINITION.match(text):
            found = top
    if found is None:
        while top > 0 and _ENDING.match(lines.line(top)):
            top -= 1
        found = top
    indent = _indent(lines.line(found))
    while found > 0 and lines.line(found - 1)[indent : indent + 1] == "@" and _indent(lines.line(found - 1)) == indent:
        found -= 1
    return found, indent


def _last_line(lines: TextLines, line: int, indent: int) -> int:
    """The line behind the statement that a line is in, which begins with an indentation."""
    line += 1
    while line < len(lines):
        text = lines.line(line)
        if not _BLANK.match(text) and _indent(text) <= indent and not _ENDING.match(text):
            break
        line += 1
    return line


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" \t"))
