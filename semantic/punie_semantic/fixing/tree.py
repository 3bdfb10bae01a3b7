"""A file's syntax tree with code-point offsets, also of a file that is broken elsewhere. Knows no workspace."""

from __future__ import annotations

import ast
import warnings
from collections import deque
from collections.abc import Hashable, Iterator
from functools import cached_property
from typing import Any, TypeVar, cast

from punie_semantic.layout import indent_of, indent_unit
from punie_semantic.wire.positions import TextLines

_N = TypeVar("_N", bound=ast.AST)
MOST_BROKEN = 40
_HEADER = "if 1:"


class Tree:
    """The tree of a text.

    Attributes:
        text: the text as it is.
        module: its tree; broken lines are missing in it.
        broken: whether the text does not parse as a whole.
        known: what others have worked out about this tree and want to keep with it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = TextLines(text)
        self.module, self.broken = _parse_tolerantly(text, self.lines)
        self.known: dict[Hashable, Any] = {}

    @cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        """Each node's outer one; outer ones first."""
        found: dict[ast.AST, ast.AST] = {}
        waiting: deque[ast.AST] = deque([self.module])
        while waiting:
            node = waiting.popleft()
            for child in ast.iter_child_nodes(node):
                found[child] = node
                waiting.append(child)
        return found

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes, outer ones first."""
        return (self.module, *self._parents)

    @cached_property
    def unit(self) -> str:
        """One level of indentation as this file has it."""
        return indent_unit(self.text)

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node starts and ends, as offsets. Raises AttributeError for nodes without a place (arguments)."""
        placed = _placed(node)
        start = self._offset(placed.lineno, placed.col_offset)
        return start, self._offset(placed.end_lineno or placed.lineno, placed.end_col_offset or placed.col_offset)

    def source(self, node: ast.AST) -> str:
        """A node's text."""
        start, end = self.span(node)
        return self.text[start:end]

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node around a node; None for the module."""
        return self._parents.get(node)

    def parents(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, from the inside out."""
        here = self._parents.get(node)
        while here is not None:
            yield here
            here = self._parents.get(here)

    def enclosing(self, node: ast.AST, *types: type[_N]) -> _N | None:
        """The innermost node of some types that is or contains a node."""
        return next((found for found in (node, *self.parents(node)) if isinstance(found, types)), None)

    def function_of(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The function whose body a node is in; not that whose decorator, default or annotation it is."""
        inner = node
        for outer in self.parents(node):
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef) and any(inner is s for s in outer.body):
                return outer
            inner = outer
        return None

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement that is or contains a node."""
        return self.enclosing(node, ast.stmt)

    def node_at(self, start: int, end: int) -> ast.AST | None:
        """The outermost node of exactly this range; else the smallest one that covers it."""
        best: ast.AST | None = None
        size = len(self.text) + 1
        for node in self._near(start, end):
            left, right = self.span(node)
            if left <= start and end <= right and right - left < size:
                best, size = node, right - left
        return best

    def nodes_in(self, start: int, end: int, *types: type[_N]) -> list[_N]:
        """The nodes of some types that lie in a range or touch it, in the order of the text."""
        found = [(self.span(node), node) for node in self._near(start, end) if isinstance(node, types)]
        return [n for span, n in sorted(found, key=lambda pair: pair[0]) if span[0] <= end and start <= span[1]]

    def _near(self, start: int, end: int) -> Iterator[ast.AST]:
        """The nodes with a place whose lines touch those of a range, outer ones first."""
        first = self.lines.position(start, "utf-32")["line"] + 1
        last = self.lines.position(end, "utf-32")["line"] + 1
        waiting: deque[ast.AST] = deque(ast.iter_child_nodes(self.module))
        while waiting:
            node = waiting.popleft()
            lines = _lines(node)
            if lines is not None:
                if lines[1] < first or last < lines[0]:
                    continue
                yield node
            waiting.extend(ast.iter_child_nodes(node))

    def indent(self, node: ast.AST) -> str:
        """The white space before the line that a node starts in."""
        return indent_of(self.lines.line(_placed(node).lineno - 1))

    def line_start(self, offset: int) -> int:
        """Where the line of an offset starts."""
        return self.lines.start(self.lines.position(offset, "utf-32")["line"])

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends, its line end included."""
        return self.lines.start(self.lines.position(offset, "utf-32")["line"] + 1)

    def _offset(self, lineno: int, column: int) -> int:
        start = self.lines.start(lineno - 1)
        line = self.lines.line(lineno - 1)
        if line.isascii():
            return start + column
        return start + len(line.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))


def _placed(node: ast.AST) -> ast.expr:
    """A node as one that has a place; the trees' classes have it without a common base that says so."""
    return cast(ast.expr, node)


def _lines(node: ast.AST) -> tuple[int, int] | None:
    """The lines of a node and of its decorators, which come before it; None for nodes without a place."""
    first: int | None = getattr(node, "lineno", None)
    if first is None:
        return None
    for decorator in getattr(node, "decorator_list", ()):
        first = min(first, decorator.lineno)
    return first, getattr(node, "end_lineno", None) or first


def parse(text: str) -> ast.Module:
    """The tree of a text. Raises SyntaxError, also for what else the parser refuses."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error)) from error


def parses(text: str) -> bool:
    """Whether a text is Python."""
    try:
        parse(text)
    except SyntaxError:
        return False
    return True


def _parse_tolerantly(text: str, lines: TextLines) -> tuple[ast.Module, bool]:
    """The tree, and whether lines had to be blanked for it; what is blanked keeps its length."""
    texts = [text[lines.start(n) : lines.start(n + 1)] for n in range(len(lines))]
    tried: dict[int, int] = {}
    for _ in range(MOST_BROKEN):
        try:
            return parse("".join(texts)), bool(tried)
        except SyntaxError as error:
            number = (error.lineno or 1) - 1
            if not _blank(texts, min(number, len(texts) - 1), tried):
                break
    return ast.Module([], []), True


def _blank(texts: list[str], number: int, tried: dict[int, int]) -> bool:
    """Put something harmless in the place of a broken line, or of the last one before it that has something."""
    while number >= 0 and (tried.get(number, 0) > 1 or not texts[number].strip()):
        number -= 1
    if number < 0:
        return False
    tried[number] = tried.get(number, 0) + 1
    line = texts[number]
    body = line.rstrip("\r\n")
    indent = indent_of(body)
    room = len(body) - len(indent)
    following = next((t for t in texts[number + 1 :] if t.strip()), "")
    opens = len(indent_of(following)) > len(indent)
    filler = "" if tried[number] > 1 else _HEADER if opens and room >= len(_HEADER) else "0"
    texts[number] = (indent + filler).ljust(len(body)) + line[len(body) :]
    return True
