"""Headings of Markdown and reStructuredText, each with the paragraph that follows. Code blocks and tables are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from punie_training.mining.facts import Section

LEAST_TEXT = 60
MOST_TEXT = 900
MOST_TITLE = 80

_ATX = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*")
_UNDERLINE = re.compile(r"([=\-~^\"'`#*+.])\1{2,}\s*")
_FENCE = re.compile(r"\s*(```|~~~)")
_NO_PROSE = re.compile(r"\s*(?:[|>]|[-*+]\s|\d+[.)]\s|\.\.(?:\s|$)|:\w+:|<|!\[|\[!|={3,}|-{3,})")
_MARKUP = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])"), r"\1"),
    (re.compile(r":[\w:+.-]+:`~?([^`<]+?)\s*(?:<[^`>]*>)?`"), r"`\1`"),
    (re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?"), r"\1"),
    (re.compile(r"``([^`]+)``"), r"`\1`"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"\1"),
)


def sections_of(text: str, suffix: str) -> tuple[Section, ...]:
    """The sections of a document that begin with a whole paragraph of prose.

    Args:
        text: the document.
        suffix: `.md` or `.rst`.
    """
    lines = text.splitlines()
    headings = list(_markdown(lines) if suffix == ".md" else _restructured(lines))
    found = []
    over: list[_Heading] = []
    for number, heading in enumerate(headings):
        while over and over[-1].level >= heading.level:
            over.pop()
        end = headings[number + 1].line if number + 1 < len(headings) else len(lines)
        paragraph = _paragraph(lines[heading.after : end])
        title = _plain(heading.title)
        if paragraph and 0 < len(title) <= MOST_TITLE:
            above = _plain(over[-1].title) if over else ""
            found.append(Section(title=title, over=above, text=paragraph, line=heading.line + 1))
        over.append(heading)
    return tuple(found)


@dataclass(frozen=True)
class _Heading:
    """A heading; `line` counts from 0, and `after` is the first line behind it."""

    title: str
    level: int
    line: int
    after: int


def _markdown(lines: Sequence[str]) -> Iterator[_Heading]:
    inside = ""
    for number, line in enumerate(lines):
        if fence := _FENCE.match(line):
            inside = "" if inside == fence[1] else inside or fence[1]
        elif not inside and (found := _ATX.fullmatch(line)):
            yield _Heading(found[2], len(found[1]), number, number + 1)


def _restructured(lines: Sequence[str]) -> Iterator[_Heading]:
    """Levels are in the order in which the underlines first come."""
    styles: list[str] = []
    for number in range(len(lines) - 1):
        title, under = lines[number], lines[number + 1]
        style = _UNDERLINE.fullmatch(under)
        if not title.strip() or title[0].isspace() or style is None or _UNDERLINE.fullmatch(title):
            continue
        if len(under.rstrip()) < len(title.rstrip()):
            continue
        if style[1] not in styles:
            styles.append(style[1])
        yield _Heading(title.strip(), styles.index(style[1]) + 1, number, number + 2)


def _paragraph(lines: Sequence[str]) -> str:
    """The first paragraph, when it is prose of a sensible length; else empty."""
    body = list(lines)
    while body and not body[0].strip():
        body.pop(0)
    paragraph: list[str] = []
    for line in body:
        if not line.strip():
            break
        paragraph.append(line)
    if not paragraph or any(_NO_PROSE.match(line) or _FENCE.match(line) for line in paragraph):
        return ""
    if paragraph[0][0].isspace():
        return ""
    text = _plain(" ".join(line.strip() for line in paragraph))
    return text if LEAST_TEXT <= len(text) <= MOST_TEXT and text.endswith((".", "!")) else ""


def _plain(text: str) -> str:
    """Prose without links and emphasis; names stay in their backticks."""
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return " ".join(text.split())
