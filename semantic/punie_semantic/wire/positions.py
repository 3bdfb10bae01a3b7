"""Text positions: LSP lines and characters in utf-8, utf-16 and utf-32, and incremental edits.

The one border where offsets are converted. Lines end at `\n`, `\r\n` or `\r` as LSP says, and nowhere
else: `str.splitlines` would also break at form feeds and corrupt the mirror of an open document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]

# The order in which ty and ruff choose among what a client offers.
ENCODING_PREFERENCE: tuple[Encoding, ...] = ("utf-8", "utf-32", "utf-16")

_LINE_END = re.compile(r"\r\n|\n|\r")


def negotiate(offered: Iterable[str] | None) -> Encoding:
    """The encoding for all parties; LSP's default is utf-16."""
    names = set(offered or ())
    return next((e for e in ENCODING_PREFERENCE if e in names), "utf-16")


def units(text: str, encoding: Encoding) -> int:
    """Length of `text` in the encoding's code units."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def characters(text: str, count: int, encoding: Encoding) -> int:
    """How many code points of `text` fit into `count` code units; beyond the end gives the whole length."""
    if encoding == "utf-32" or text.isascii():
        return min(count, len(text))
    left = count
    for index, char in enumerate(text):
        left -= units(char, encoding)
        if left < 0:
            return index
    return len(text)


class TextLines:
    """A text with the offsets of its lines, for many position look-ups in a row."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(m.end() for m in _LINE_END.finditer(text))]

    def __len__(self) -> int:
        return len(self._starts)

    def start(self, line: int) -> int:
        """Offset of the line's first character; a line beyond the end gives the end of the text."""
        return self._starts[line] if line < len(self._starts) else len(self.text)

    def line(self, line: int) -> str:
        """The line without its line end."""
        raw = self.text[self.start(line) : self.start(line + 1)]
        return raw.rstrip("\r\n") if raw.endswith(("\n", "\r")) else raw

    def offset(self, position: Mapping[str, int], encoding: Encoding) -> int:
        """Code point offset of an LSP position, clamped to its line as LSP asks."""
        line = position["line"]
        if line >= len(self._starts):
            return len(self.text)
        return self._starts[line] + characters(self.line(line), position["character"], encoding)

    def position(self, offset: int, encoding: Encoding) -> dict[str, int]:
        """LSP position of a code point offset."""
        line = self._line_at(offset)
        return {"line": line, "character": units(self.text[self._starts[line] : offset], encoding)}

    def _line_at(self, offset: int) -> int:
        low, high = 0, len(self._starts)
        while high - low > 1:
            middle = (low + high) // 2
            if self._starts[middle] <= offset:
                low = middle
            else:
                high = middle
        return low


def apply_change(text: str, change: Mapping[str, Any], encoding: Encoding) -> str:
    """One `TextDocumentContentChangeEvent` applied to `text`."""
    span = change.get("range")
    if span is None:
        return change["text"]
    lines = TextLines(text)
    start, end = lines.offset(span["start"], encoding), lines.offset(span["end"], encoding)
    return text[:start] + change["text"] + text[max(start, end) :]


def apply_edits(text: str, edits: Iterable[Mapping[str, Any]], encoding: Encoding) -> str:
    """All `TextEdit`s of one document, which refer to the same original text.

    Raises ValueError when two edits overlap: applying them would corrupt the text.
    """
    lines = TextLines(text)
    spans = [
        (
            lines.offset(e["range"]["start"], encoding),
            lines.offset(e["range"]["end"], encoding),
            index,
            e["newText"],
        )
        for index, e in enumerate(edits)
    ]
    spans.sort(key=lambda span: (span[0], span[1], span[2]))
    parts: list[str] = []
    at = 0
    for start, end, _, new in spans:
        if start < at:
            raise ValueError(f"overlapping edits at character {start}")
        parts += (text[at:start], new)
        at = end
    return "".join([*parts, text[at:]])


def translate_range(
    span: Mapping[str, Mapping[str, int]], lines: TextLines, source: Encoding, target: Encoding
) -> dict[str, dict[str, int]]:
    """The same range in another encoding."""
    return {
        end: lines.position(lines.offset(span[end], source), target) if source != target else dict(span[end])
        for end in ("start", "end")
    }
