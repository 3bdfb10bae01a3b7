"""Which problems a run is about, and where they are when lines move."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.results import Problem
from punie_semantic.text_edits import LineEdit, line_edits, moved_line, split_lines


@dataclass(frozen=True)
class Wanted:
    """The codes that are asked for: those of `select` (all, without any), and none of `ignore`."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()

    def __call__(self, tool: str, code: str) -> bool:
        """Whether a problem of a code is one of them."""
        if any(_is(tool, code, name) for name in self.ignore):
            return False
        return not self.select or any(_is(tool, code, name) for name in self.select)


def _is(tool: str, code: str, name: str) -> bool:
    """Whether a code is the named one; of ruff's, the beginning of one names them all: `F`, `E7`."""
    return code == name or (tool == "ruff" and name.isalnum() and name.isupper() and code.startswith(name))


def touches(problem: Diagnostic, lines: tuple[range, ...] | None, first: int | None = None) -> bool:
    """Whether a problem is in one of some ranges of 0-based lines; None is all.

    Args:
        problem: the problem.
        lines: the ranges.
        first: where its first line is in the text that the ranges are of; None for its own.
    """
    if lines is None:
        return True
    start = problem.line if first is None else first
    end = start + problem.range["end"]["line"] - problem.line
    return any(start < part.stop and part.start <= end for part in lines)


class Moved:
    """From the lines of one version of a text to those of another. Made once for each version: it compares them."""

    def __init__(self, text: str, other: str) -> None:
        self.text = text
        self._other = other

    def line(self, number: int) -> int | None:
        """Where a 0-based line is in the other version; None when it was edited."""
        return number if self.text == self._other else moved_line(self._edits, number)

    def problem(self, problem: Problem) -> Problem:
        """A problem at its line in the other version, if that has the line."""
        line = self.line(problem.line - 1)
        if line is None or line == problem.line - 1:
            return problem
        shift = line + 1 - problem.line
        return problem.model_copy(update={"line": problem.line + shift, "end_line": problem.end_line + shift})

    def source(self, number: int) -> str:
        """A line, counted from 1, without the blanks around it."""
        return self._lines[number - 1].strip() if 0 < number <= len(self._lines) else ""

    @cached_property
    def _edits(self) -> list[LineEdit]:
        return line_edits(self.text, self._other)

    @cached_property
    def _lines(self) -> list[str]:
        return split_lines(self.text)
