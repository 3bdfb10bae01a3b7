"""Which problems are new after an edit, also where ruff could not read the file before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from punie_semantic.diagnostics import Diagnostic, new_in
from punie_semantic.text_edits import LineEdit, line_edits, moved_line

BROKEN = "invalid-syntax"
_NEWER_PYTHON = "UP"


def fresh(after: Iterable[Diagnostic], before: Sequence[Diagnostic], old_text: str, new_text: str) -> list[Diagnostic]:
    """The findings that an edit brought.

    One that stays in its place and only says it in other words is not new.

    ruff says nothing else of a file that does not parse. What it then says of lines that the edit did not touch was
    there before, and only could not be seen; so was what a newer Python writes in another way.
    """
    after = tuple(after)
    new = new_in(after, before)
    if not new:
        return new
    edited = edited_lines(old_text, new_text)
    new = _beyond(new, new_in(before, after), edited, line_edits(old_text, new_text))
    if not any(d.tool == "ruff" and d.code == BROKEN for d in before):
        return new
    return [
        d
        for d in new
        if d.tool != "ruff" or d.code == BROKEN or (d.line in edited and not d.code.startswith(_NEWER_PYTHON))
    ]


def _beyond(
    new: Sequence[Diagnostic], gone: Sequence[Diagnostic], edited: set[int], edits: list[LineEdit]
) -> list[Diagnostic]:
    """Without what was reported at the same place of a line that nobody edited, and only says it in other words."""
    places = Counter((d.tool, d.code, moved_line(edits, d.line), d.range["start"]["character"]) for d in gone)
    left = []
    for finding in new:
        place = (finding.tool, finding.code, finding.line, finding.range["start"]["character"])
        if finding.line not in edited and places[place] > 0:
            places[place] -= 1
        else:
            left.append(finding)
    return left


def stays(target: Diagnostic, after: Iterable[Diagnostic], edits: list[LineEdit]) -> bool:
    """Whether a problem is still where its line is now, be it in other words."""
    line = moved_line(edits, target.line)
    column = target.range["start"]["character"]
    return line is not None and any(
        (d.tool, d.code, d.line) == (target.tool, target.code, line)
        and (d.message == target.message or d.range["start"]["character"] == column)
        for d in after
    )


def edited_lines(old: str, new: str) -> set[int]:
    """The 0-based lines of the new text that an edit wrote."""
    lines: set[int] = set()
    shift = 0
    for edit in line_edits(old, new):
        first = edit.start + shift
        lines.update(range(first, first + len(edit.lines)))
        shift += len(edit.lines) - (edit.end - edit.start)
    return lines
