"""Taking an edit of a text back after others were made: by hunks, and only where its place is beyond doubt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from punie_semantic.text_edits import LineEdit, line_edits, moved_line, split_lines


@dataclass(frozen=True)
class Hunk:
    """One place of an edit: `old` lines at `old_start` became `new` lines at `new_start` (0-based).

    `number` counts from 1, from the top of the file.
    """

    number: int
    old_start: int
    old: tuple[str, ...]
    new_start: int
    new: tuple[str, ...]

    def __str__(self) -> str:
        place = f"@@ -{_span(self.old_start, self.old)} +{_span(self.new_start, self.new)} @@ hunk {self.number}\n"
        lines = [*(f"-{line}" for line in self.old), *(f"+{line}" for line in self.new)]
        return place + "".join(x if x.endswith("\n") else f"{x}\n\\ No newline at end of file\n" for x in lines)


class Misplaced(Exception):
    """Hunks whose lines are no longer there as the edit left them, or are there more than once."""

    def __init__(self, hunks: list[Hunk]) -> None:
        super().__init__(", ".join(str(h.number) for h in hunks))
        self.hunks = hunks


def hunks_between(before: str, after: str) -> list[Hunk]:
    """The hunks of an edit."""
    old = split_lines(before)
    found, shift = [], 0
    for number, edit in enumerate(line_edits(before, after), 1):
        found.append(Hunk(number, edit.start, tuple(old[edit.start : edit.end]), edit.start + shift, edit.lines))
        shift += len(edit.lines) - (edit.end - edit.start)
    return found


def take_back(before: str, after: str, current: str, chosen: Collection[int] | None = None) -> str:
    """`current` without the edit from `before` to `after`, or without the chosen hunks of it.

    A hunk is found where the lines between it and its neighbours are as the edit left them; failing that, where
    its text is in `current` exactly once. One that is taken back already counts as done. Raises Misplaced.
    """
    hunks = [h for h in hunks_between(before, after) if chosen is None or h.number in chosen]
    if chosen is None and current == after:
        return before
    later = line_edits(after, current)
    lines = split_lines(current)
    old_lines = split_lines(after)
    places: list[tuple[int, Hunk]] = []
    lost: list[Hunk] = []
    for hunk in hunks:
        if _is_back(hunk, later):
            continue
        start = _place(hunk, old_lines, later, lines)
        if start is None:
            lost.append(hunk)
        else:
            places.append((start, hunk))
    places.sort(key=lambda place: place[0])
    lost += [h for (start, h), (end, _) in pairwise(places) if start + len(h.new) > end]
    lost += [h for start, h in places if _would_join(h, start, lines) and h not in lost]
    if lost:
        raise Misplaced(sorted(lost, key=lambda hunk: hunk.number))
    for start, hunk in reversed(places):
        lines[start : start + len(hunk.new)] = hunk.old
    return "".join(lines)


def _would_join(hunk: Hunk, start: int, current: list[str]) -> bool:
    """A last line without a line end, with lines behind it now, would run into them."""
    return bool(hunk.old) and not hunk.old[-1].endswith(("\n", "\r")) and start + len(hunk.new) < len(current)


def _is_back(hunk: Hunk, later: list[LineEdit]) -> bool:
    return LineEdit(hunk.new_start, hunk.new_start + len(hunk.new), hunk.old) in later


def _place(hunk: Hunk, after: list[str], later: list[LineEdit], current: list[str]) -> int | None:
    """Where the hunk's new lines begin in the current text; None when that is in doubt."""
    if not after:
        return None if current else 0
    first, end = max(hunk.new_start - 1, 0), min(hunk.new_start + len(hunk.new) + 1, len(after))
    moved = [moved_line(later, line) for line in range(first, end)]
    # With the lines before and after it unchanged and nothing put between them, the place is certain.
    if None not in moved and moved == list(range(moved[0] or 0, (moved[0] or 0) + len(moved))) and moved:
        return (moved[0] or 0) + hunk.new_start - first if _at_ends(hunk, after, later) else None
    wanted = list(hunk.new)
    starts = [i for i in range(len(current) - len(wanted) + 1) if current[i : i + len(wanted)] == wanted]
    if not wanted or len(starts) != 1:
        return None
    # Not where a neighbour's line completes what an edit has torn apart.
    own = [moved_line(later, line) for line in range(hunk.new_start, hunk.new_start + len(wanted))]
    torn = None not in own and own != list(range(own[0] or 0, (own[0] or 0) + len(own)))
    return None if torn else starts[0]


def _at_ends(hunk: Hunk, after: list[str], later: list[LineEdit]) -> bool:
    """Nothing was put before a hunk at the top of the file, or behind one at its end, that could belong to it."""
    touching = {edge for edit in later for edge in (edit.start, edit.end)}
    at_top = hunk.new_start == 0 and 0 in touching and not hunk.new
    at_end = hunk.new_start + len(hunk.new) == len(after) and len(after) in touching and not hunk.new
    return not (at_top or at_end)


def _span(start: int, lines: tuple[str, ...]) -> str:
    return f"{start + 1 if lines else start},{len(lines)}"
