"""Comments that hide a problem, only for who asks for them; and those that hide nothing any more."""

from __future__ import annotations

import re

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.place import Place

GENERATOR = "suppression"
UNUSED = ("unused-ignore-comment", "unused-type-ignore-comment")
_NOQA = re.compile(r"#\s*noqa(?::\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?", re.I)
_TY = re.compile(r"#\s*ty:\s*ignore\[(?P<codes>[\w\s,-]*)\]")


async def generate(place: Place) -> list[Candidate]:
    """A comment for the problem's code at the end of its line; the code more in a comment that is there."""
    if place.code in UNUSED:
        return _dead(place)
    if place.code in ("invalid-syntax", "E999") or place.code.startswith("RUF10"):
        return []
    line, end = _line(place)
    pattern = _NOQA if place.problem.tool == "ruff" else _TY
    there = pattern.search(place.text, line, end)
    if there is not None:
        return _added(place, there)
    word = f"# noqa: {place.code}" if place.problem.tool == "ruff" else f"# ty: ignore[{place.code}]"
    stripped = len(place.text[line:end].rstrip())
    edit = Edit(line + stripped, end, f"  {word}")
    return [Candidate(f"Hide {place.code} here", (edit,), "suppress", GENERATOR, 0.5, "it was asked for")]


def _line(place: Place) -> tuple[int, int]:
    """The line on whose end the comment goes: the problem's first one, or the last one of a string."""
    number = place.problem.line
    while number < place.problem.range["end"]["line"] or _goes_on(place, number):
        if not _goes_on(place, number) and not _in_string(place, number):
            break
        number += 1
    start = place.tree.lines.start(number)
    return start, start + len(place.tree.lines.line(number).rstrip("\r\n"))


def _goes_on(place: Place, number: int) -> bool:
    return place.tree.lines.line(number).rstrip("\r\n").endswith("\\")


def _in_string(place: Place, number: int) -> bool:
    """Whether a line ends inside of a string."""
    end = place.tree.lines.start(number + 1)
    node = place.tree.node_at(max(end - 1, 0), end)
    source = place.tree.source(node) if node is not None and hasattr(node, "lineno") else ""
    return bool(re.match(r"[A-Za-z]{0,2}(\"\"\"|''')", source))


def _added(place: Place, there: re.Match[str]) -> list[Candidate]:
    codes = there["codes"]
    if codes is None or place.code in re.split(r"[,\s]+", codes):
        return []
    at = there.start("codes") + len(codes.rstrip())
    text = f", {place.code}" if codes.strip() else place.code
    title = f"Hide {place.code} here, too"
    return [Candidate(title, (Edit(at, at, text),), "suppress", GENERATOR, 0.5, "it was asked for")]


def _dead(place: Place) -> list[Candidate]:
    """The comment, or the one code in it, that hides nothing."""
    start, end = place.start, place.end
    if not place.source.lstrip().startswith("#"):
        comma = re.compile(r"\s*,\s*").match(place.text, end)
        before = re.search(r"\s*,\s*\Z", place.text[:start])
        edit = Edit(start, comma.end(), "") if comma else Edit(before.start() if before else start, end, "")
        return [Candidate(f"Delete {place.source}", (edit,), "fix", GENERATOR, 0.9, "it hides nothing")]
    left = place.tree.line_start(start)
    stop = place.text.find("#", start + 1, place.tree.line_end(start))
    end = max(end, stop) if stop >= 0 and not place.text[end:stop].strip() else end
    blank = not place.text[left:start].strip()
    if stop < 0:
        start = left + len(place.text[left:start].rstrip())
    whole = blank and not place.text[end : place.tree.line_end(end)].strip()
    edit = Edit(left, place.tree.line_end(end), "") if whole else Edit(start, end, "")
    return [Candidate("Delete the comment that hides nothing", (edit,), "fix", GENERATOR, 0.93, "it hides nothing")]
