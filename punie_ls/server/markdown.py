"""Markdown for people: what a turn was asked, what it did and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from punie_ls.server.projection import Turn

MAX_DIFF = 200_000
MAX_OUTPUT = 20_000
_FENCES = re.compile(r"^[ \t]*(`{3,})", re.MULTILINE)
_SIGNS, _ESCAPED = re.compile(r"([\\`*_#<>\[\]])"), r"\\\1"
_FENCED = re.compile(r"^[ \t]*(`{3,})[^\n]*\n.*?(?:^[ \t]*\1`*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s")


def fenced(text: str, language: str = "") -> str:
    """A code block whose fence is longer than any in the text."""
    longest = max((len(m[1]) for m in _FENCES.finditer(text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def quoted(text: str) -> str:
    """A block quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def heading(text: str, level: int = 2) -> str:
    """A heading from the first line of a text, with nothing in it that Markdown would read."""
    return f"{'#' * level} {_SIGNS.sub(_ESCAPED, first_line(text))}"


def first_line(text: str) -> str:
    """The first line of a text, cut to a title's length."""
    first = (text.strip().splitlines() or [""])[0]
    return first if len(first) <= 80 else first[:79] + "…"


def first_sentence(text: str) -> str:
    """The first sentence of an answer, without Markdown's signs at its start; for a message of one line.

    One that ends in a colon goes on with the first line of the code block behind it.
    """
    for line in _FENCED.sub("", text).splitlines():
        plain = line.strip().lstrip("#>-* ").strip()
        if plain:
            sentence = _END_OF_SENTENCE.split(plain, maxsplit=1)[0]
            behind = _FENCED.match(text.partition(line)[2].lstrip("\r\n")) if sentence.endswith(":") else None
            code = next(iter(behind[0].splitlines()[1:]), "").strip() if behind else ""
            sentence = sentence.rstrip(":") + (f": {code}" if code.strip("`") else "")
            return sentence if len(sentence) <= 300 else sentence[:299] + "…"
    return ""


def diffs(files: Iterable[tuple[str, str]]) -> str:
    """Diffs by file, each in a block of its own; very long ones are cut, which is said."""
    parts = []
    for _, diff in files:
        shown = diff if len(diff) <= MAX_DIFF else diff[:MAX_DIFF]
        parts.append(fenced(shown, "diff"))
        if shown is not diff:
            parts.append(f"_Cut: {len(diff) - MAX_DIFF} more characters._")
    return "\n\n".join(parts)


def turn_section(number: int, turn: Turn) -> str:
    """One turn of a conversation."""
    parts = [heading(f"{number}. {turn.prompt}")]
    if first_line(turn.prompt) != turn.prompt.strip():
        parts.append(quoted(turn.prompt))
    if turn.answer:
        parts.append(turn.answer.strip())
    parts += [f"_{notice}_" for notice in turn.notices]
    if turn.files:
        parts += [f"**{turn.outcome or 'Proposed edits'}**", diffs(turn.files)]
    if turn.output:
        parts += ["Printed:", fenced(turn.output[:MAX_OUTPUT], "text")]
    if ending := turn.ending:
        parts.append(f"**{ending}**")
    if line := turn.used:
        parts.append(f"<sub>{line}</sub>")
    return "\n\n".join(parts) + "\n"
