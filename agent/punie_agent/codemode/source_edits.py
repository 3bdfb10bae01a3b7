"""Edits of a program's text that keep its lines, and the way back from the new places to the old ones."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

Place = tuple[int, int]
"""A line and a column, both counted from 1, in code points."""


@dataclass(frozen=True)
class Edit:
    """Replace the text from `start` to `end` (offsets, `end` excluded) by `text`."""

    start: int
    end: int
    text: str


class Text:
    """A text with the offsets of ast's nodes, which count lines from 1 and columns in bytes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, line: int, byte_column: int) -> int:
        """The offset of a place as ast gives it."""
        text = self._lines[line - 1]
        column = byte_column if text.isascii() else len(text.encode()[:byte_column].decode(errors="replace"))
        return self._starts[line - 1] + column

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Where a node begins."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Behind a node."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.end_lineno, node.end_col_offset)

    def of(self, node: ast.expr | ast.stmt) -> str:
        """A node's text."""
        return self.text[self.start(node) : self.end(node)]

    def place(self, offset: int) -> Place:
        """An offset as a line and a column."""
        line = bisect_right(self._starts, offset, hi=len(self._lines))
        return line, offset - self._starts[line - 1] + 1

    def at(self, place: Place) -> int:
        """The offset of a line and a column; the nearest one there is."""
        line = min(max(place[0], 1), len(self._lines))
        return self._starts[line - 1] + min(max(place[1] - 1, 0), len(self._lines[line - 1]))


@dataclass
class Edited:
    """A text after edits. `text` has as many lines before each place as the old one."""

    before: Text
    text: str
    _starts: list[int] = field(default_factory=list)
    _origins: list[tuple[int, bool]] = field(default_factory=list)

    def original(self, place: Place) -> Place:
        """Where the text at a place came from; new text comes from where it was put."""
        offset = Text(self.text).at(place)
        index = bisect_right(self._starts, offset) - 1
        origin, verbatim = self._origins[index]
        return self.before.place(origin + (offset - self._starts[index] if verbatim else 0))


def apply(text: str, edits: Iterable[Edit]) -> Edited:
    """The text with its edits, which must not overlap; of insertions at one place the first given comes first.

    Text that loses line ends gets them back behind what replaces it, so edits with line ends must lie in brackets.
    """
    done = Edited(Text(text), "")
    parts: list[str] = []
    at = size = 0

    def add(part: str, origin: int, *, verbatim: bool) -> None:
        nonlocal size
        if part:
            done._starts.append(size)
            done._origins.append((origin, verbatim))
            parts.append(part)
            size += len(part)

    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < at:
            raise ValueError("edits overlap")
        add(text[at : edit.start], at, verbatim=True)
        lost = text.count("\n", edit.start, edit.end) - edit.text.count("\n")
        add(edit.text + "\n" * max(lost, 0), edit.start, verbatim=False)
        at = edit.end
    add(text[at:] or "\n" * (not parts), at, verbatim=True)
    done.text = "".join(parts)
    return done
