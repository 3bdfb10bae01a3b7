"""Why a text was not found in a file: the lines that are most like it, and what is different about them."""

from __future__ import annotations

import difflib

from punie_semantic.text_edits import split_lines

MAX_COMPARED = 20_000
MAX_SHOWN = 6
MAX_WIDTH = 160
ALIKE = 0.6


def nearest(text: str, wanted: str) -> str:
    """A sentence with the nearest lines of `text`; empty when nothing is like it."""
    lines = [line.rstrip("\r\n") for line in split_lines(text)]
    sought = [line.rstrip("\r\n") for line in split_lines(wanted)]
    while sought and not sought[0].strip():
        sought.pop(0)
    if not sought or not lines:
        return ""
    start = _same_but_for_space(lines, sought)
    if start is not None:
        tabs = any("\t" in line[: len(line) - len(line.lstrip())] for line in lines[start : start + len(sought)])
        kind = " The file is indented with tabs." if tabs else ""
        return f"Only its white space is different.{kind} {_shown(lines, start, len(sought))}"
    start = _most_alike(lines, sought)
    return "" if start is None else f"Nearest: {_shown(lines, start, len(sought))}"


def _same_but_for_space(lines: list[str], sought: list[str]) -> int | None:
    plain, wanted = ["".join(line.split()) for line in lines], ["".join(line.split()) for line in sought]
    for start in range(len(plain) - len(wanted) + 1):
        if plain[start : start + len(wanted)] == wanted:
            return start
    return None


def _most_alike(lines: list[str], sought: list[str]) -> int | None:
    """Where the line is that is most like the first telling one of what is sought."""
    index = max(range(len(sought)), key=lambda i: len(sought[i].strip()))
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(sought[index].strip()[:MAX_WIDTH])
    best, at = ALIKE, None
    for number, line in enumerate(lines[:MAX_COMPARED]):
        matcher.set_seq1(line.strip()[:MAX_WIDTH])
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, at = ratio, number
    return None if at is None else max(at - index, 0)


def _shown(lines: list[str], start: int, count: int) -> str:
    end = min(start + min(count, MAX_SHOWN), len(lines))
    where = f"line {start + 1}" if end - start == 1 else f"lines {start + 1} to {end}"
    return f"{where} of the file:\n" + "\n".join(line[:MAX_WIDTH] for line in lines[start:end])
