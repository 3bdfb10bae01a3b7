"""A module's text and tree as the kinds of defects see it; positions are code points of the text."""

from __future__ import annotations

import ast
import bisect
import io
import random
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Mutation:
    """One edit: the characters from `start` to `end` become `text`."""

    start: int
    end: int
    text: str


class Module:
    """One source file. Raises SyntaxError when it is broken.

    Attributes:
        text: the whole file.
        chance: what a kind draws from when it has a choice.
    """

    def __init__(self, text: str, chance: random.Random) -> None:
        self.text = text
        self.chance = chance
        self.tree = ast.parse(text)
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def nodes(self, kind: type[Node]) -> Iterator[Node]:
        """All nodes of a type."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kind))

    def functions(self) -> Iterator[Function]:
        """All functions and methods."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node around a node."""
        return self._parents.get(node)

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, the nearest first."""
        parent = self._parents.get(node)
        while parent is not None:
            yield parent
            parent = self._parents.get(parent)

    def function(self, node: ast.AST) -> Function | None:
        """The function that a node is in."""
        return next((n for n in self.around(node) if isinstance(n, Function)), None)

    def owner(self, node: ast.AST) -> ast.ClassDef | None:
        """The class that a node is in."""
        return next((n for n in self.around(node) if isinstance(n, ast.ClassDef)), None)

    def offset(self, line: int, column: int) -> int:
        """From a 1-based line and a column in UTF-8 bytes, as the tree has them."""
        text = self._lines[line - 1]
        return self._starts[line - 1] + len(text.encode()[:column].decode())

    def span(
        self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias | ast.excepthandler
    ) -> tuple[int, int]:
        """Where a node begins and ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def source(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias) -> str:
        """A node's text."""
        start, end = self.span(node)
        return self.text[start:end]

    def line_at(self, offset: int) -> int:
        """The line of a place, 1-based."""
        return bisect.bisect_right(self._starts, offset)

    def line_span(self, line: int, last: int | None = None) -> tuple[int, int]:
        """Whole lines, 1-based, their ends included."""
        return self._starts[line - 1], self._starts[last or line]

    def line(self, number: int) -> str:
        """A line, 1-based, with its end."""
        return self._lines[number - 1]

    def replace(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias, text: str) -> Mutation:
        """Another text for a node."""
        return Mutation(*self.span(node), text)

    def parses_with(self, mutation: Mutation) -> bool:
        """Whether the text still parses with an edit."""
        try:
            ast.parse(self.text[: mutation.start] + mutation.text + self.text[mutation.end :])
        except SyntaxError:
            return False
        return True

    def name_of(self, node: ast.Attribute) -> tuple[int, int]:
        """Where the attribute's name is."""
        end = self.span(node)[1]
        return end - len(node.attr), end

    def find(self, what: str, start: int, end: int) -> int | None:
        """Where a piece of code first is between two places, comments and strings left out."""
        for token, at in self.tokens:
            if start <= at < end and token.string == what and token.type in (tokenize.OP, tokenize.NAME):
                return at
        return None

    @cached_property
    def tokens(self) -> list[tuple[tokenize.TokenInfo, int]]:
        """All tokens, with where they start."""
        found = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [(t, self._starts[t.start[0] - 1] + t.start[1]) for t in found if t.start[0] <= len(self._lines)]

    @cached_property
    def docstrings(self) -> set[ast.AST]:
        """The constants that document something."""
        return {
            n.body[0].value
            for n in ast.walk(self.tree)
            if isinstance(n, ast.Module | ast.ClassDef | Function)
            and n.body
            and isinstance(n.body[0], ast.Expr)
            and isinstance(n.body[0].value, ast.Constant)
        }

    def misspelt(self, name: str) -> str:
        """The name with a typing mistake: two letters swapped, one left out, or one doubled."""
        kind = self.chance.randrange(3)
        places = [i for i in range(1, len(name) - 1) if name[i] != name[i + 1]] or [0]
        at = self.chance.choice(places)
        if kind == 0 and len(name) > 2:
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        if kind == 1 and len(name) > 3:
            return name[:at] + name[at + 1 :]
        return name[:at] + name[at] + name[at:]
