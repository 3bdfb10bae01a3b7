"""Text that others wrote, made safe for a terminal: nothing in it can move the cursor, colour, hide or turn words."""

from __future__ import annotations

import re

# Controls but for line feed and tab, what turns the reading direction, what cannot be seen, halves of pairs, tags.
# The joiners and variation selectors that emoji are made of stay.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def clean(text: str) -> str:
    r"""The text with escapes, such as `\x1b`, for all that a terminal would not show as itself."""
    return _UNSAFE.sub(_escaped, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """The text in one line."""
    return clean(" ".join(text.split()))


class CleanStream:
    """The same for a text in pieces: a line end may come in two of them."""

    def __init__(self) -> None:
        self._held = ""

    def add(self, piece: str) -> str:
        """What can be shown by now."""
        text = self._held + piece
        self._held = "\r" if text.endswith("\r") else ""
        return clean(text.removesuffix("\r") if self._held else text)

    def finish(self) -> str:
        """The rest."""
        held, self._held = self._held, ""
        return clean(held)


def _escaped(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
