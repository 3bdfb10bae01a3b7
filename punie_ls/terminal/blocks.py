"""Markdown that is still being written: which blocks of it are finished. Knows nothing of how they look."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

# A block that is longer is shown in parts.
MOST_OPEN = 6_000

_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})[^\n]*")
_ITEM = re.compile(r"\n(?=(?:[-*+]|\d{1,9}[.)]) )")


def parser() -> MarkdownIt:
    """The Markdown of answers: tables and strikethrough, and HTML as the text that it is."""
    return MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])


class MarkdownStream:
    """Markdown in pieces; gives back what is finished, whole blocks of it."""

    def __init__(self) -> None:
        self._parser = parser()
        self._open = ""

    @property
    def tail(self) -> str:
        """The last block as far as it has come."""
        return self._open

    def add(self, piece: str) -> str:
        """Take a piece; gives the blocks that are finished by now, which may be none."""
        self._open += piece
        if "\n" not in piece and len(self._open) <= MOST_OPEN:
            return ""
        lines = self._open.splitlines(keepends=True)
        tokens = self._parser.parse(self._open)
        starts = [token.map[0] for token in tokens if token.level == 0 and token.map and token.nesting >= 0]
        last = starts[-1] if starts else 0
        done, self._open = "".join(lines[:last]), "".join(lines[last:])
        while len(self._open) > MOST_OPEN:
            done += self._cut()
        return done

    def finish(self) -> str:
        """The rest."""
        rest, self._open = self._open, ""
        return rest

    def _cut(self) -> str:
        """The beginning of a block that is too long; the rest goes on as a block of the same kind."""
        text, fence = self._open, _FENCE.match(self._open)
        if fence is not None:
            end = text.rfind("\n", fence.end() + 1, MOST_OPEN) + 1
            if end:
                self._open = f"{fence[0]}\n{text[end:]}"
                return f"{text[:end]}{fence[1]}\n"
        items = [match.end() for match in _ITEM.finditer(text, 0, MOST_OPEN)]
        end = (items[-1] if items else 0) or text.rfind("\n", 1, MOST_OPEN) + 1 or text.rfind(" ", 1, MOST_OPEN) + 1
        end = end or MOST_OPEN
        self._open = text[end:]
        return text[:end]
