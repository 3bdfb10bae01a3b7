"""An editor's text in the plainest form: a list of code units of one encoding. Shares no code with Punie."""

from __future__ import annotations

from typing import Any

CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-be", 2), "utf-32": ("utf-32-be", 4)}

Units = list[bytes]


class Model:
    """What the user sees."""

    def __init__(self, text: str, encoding: str) -> None:
        self._codec, self._width = CODECS[encoding]
        self._units = self._encode(text)

    @property
    def text(self) -> str:
        return b"".join(self._units).decode(self._codec)

    def change(self, change: dict[str, Any]) -> None:
        """One `TextDocumentContentChangeEvent`."""
        new = self._encode(change["text"])
        if "range" not in change:
            self._units = new
            return
        start, end = self._offset(change["range"]["start"]), self._offset(change["range"]["end"])
        self._units[start : max(start, end)] = new

    def _encode(self, text: str) -> Units:
        data = text.encode(self._codec)
        return [data[at : at + self._width] for at in range(0, len(data), self._width)]

    def _offset(self, position: dict[str, int]) -> int:
        """The unit at a position: in its line at most, and never inside a character."""
        carriage_return, line_feed = self._encode("\r\n")
        at = 0
        for _ in range(position["line"]):
            while at < len(self._units) and self._units[at] not in (carriage_return, line_feed):
                at += 1
            if at == len(self._units):
                return at
            at += 2 if self._units[at : at + 2] == [carriage_return, line_feed] else 1
        for _ in range(position["character"]):
            if at == len(self._units) or self._units[at] in (carriage_return, line_feed):
                break
            at += 1
        while self._is_inside(at):
            at -= 1
        return at

    def _is_inside(self, at: int) -> bool:
        """Whether this unit continues the character before it."""
        if at == len(self._units):
            return False
        unit = self._units[at]
        if self._codec == "utf-8":
            return 0x80 <= unit[0] < 0xC0
        return self._codec == "utf-16-be" and 0xDC <= unit[0] < 0xE0
