"""Unified diffs of texts whose lines correspond one to one: nothing to be searched for, so quick on many files."""

from __future__ import annotations

from collections.abc import Iterator

from punie_semantic.text_edits import split_lines

CONTEXT = 2


def lines_of(text: str) -> list[str]:
    """`split_lines`, quicker where only line feeds end the lines."""
    if "\r" in text:
        return split_lines(text)
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def line_diff(old: list[str], new: list[str], name: str) -> str:
    """What `unified_diff` gives for two texts with equal numbers of lines."""
    changed = [number for number, (was, now) in enumerate(zip(old, new, strict=True)) if was != now]
    parts = [f"--- a/{name}\n+++ b/{name}\n"] if changed else []
    for first, last in _hunks(changed, len(old)):
        size = last - first
        where = f"{first + 1},{size}" if size != 1 else f"{first + 1}"
        parts.append(f"@@ -{where} +{where} @@\n")
        parts += _hunk(old, new, first, last)
    return "".join(parts)


def _hunks(changed: list[int], count: int) -> Iterator[tuple[int, int]]:
    """Ranges of lines to be shown, `last` excluded."""
    start = 0
    for index, line in enumerate(changed):
        following = changed[index + 1] if index + 1 < len(changed) else None
        if following is None or following - line > 2 * CONTEXT + 1:
            yield max(changed[start] - CONTEXT, 0), min(line + CONTEXT + 1, count)
            start = index + 1


def _hunk(old: list[str], new: list[str], first: int, last: int) -> Iterator[str]:
    at = first
    while at < last:
        end = at
        while end < last and old[end] != new[end]:
            end += 1
        yield from (_line("-", line) for line in old[at:end])
        yield from (_line("+", line) for line in new[at:end])
        if end < last:
            yield _line(" ", old[end])
        at = end + 1


def _line(mark: str, line: str) -> str:
    return f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n"
