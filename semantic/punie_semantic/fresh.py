"""Which problems are new after an edit, also where ruff could not read the file before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from punie_semantic.diagnostics import Diagnostic, new_in
from punie_semantic.text_edits import line_edits

BROKEN = "invalid-syntax"


def fresh(after: Iterable[Diagnostic], before: Sequence[Diagnostic], old_text: str, new_text: str) -> list[Diagnostic]:
    """The findings that an edit brought.

    ruff says nothing else of a file that does not parse. What it then says of lines that the edit did not touch was
    there before, and only could not be seen.
    """
    new = new_in(after, before)
    if not new or not any(d.tool == "ruff" and d.code == BROKEN for d in before):
        return new
    edited = edited_lines(old_text, new_text)
    return [d for d in new if d.tool != "ruff" or d.code == BROKEN or d.line in edited]


def edited_lines(old: str, new: str) -> set[int]:
    """The 0-based lines of the new text that an edit wrote."""
    lines: set[int] = set()
    shift = 0
    for edit in line_edits(old, new):
        first = edit.start + shift
        lines.update(range(first, first + len(edit.lines)))
        shift += len(edit.lines) - (edit.end - edit.start)
    return lines
