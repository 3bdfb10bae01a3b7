"""Secrets out of a text that is shown while it is written: no half of a secret is shown before the other half came."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from punie_agent.redaction import Redactor

# Nothing longer is a secret.
MOST_HELD = 16 << 10
# What a secret's name may stand before its value.
CONTEXT = 1 << 10

_SPACE = re.compile(r"\s(?=\S*\Z)")
_KEY_EDGE = re.compile(r"-----(?:(BEGIN) |END [A-Z0-9 ]{1,60}-----)")
_WIDE = re.compile(r"[^\x00-\x7f](?=[\x00-\x7f]*\Z)")
_NAMED = re.compile(r"[:=]")
_NAME_BEFORE = 8


class StreamRedactor(Redactor):
    """A redactor that knows how far a growing text is settled."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        super().__init__(environ)
        self._phrases = [value for value in self._values if re.search(r"\s", value)]

    def settled(self, text: str, start: int = 0) -> int:
        """How much of a text can be shown: whole words, or all but the last word's ASCII where no value is named.

        Args:
            text: as far as it has come.
            start: how much of it is settled already.
        """
        space = _SPACE.search(text, start)
        end = space.end() if space else start
        wide = _WIDE.search(text, end)
        if wide and not _NAMED.search(text, max(end - _NAME_BEFORE, 0), wide.end()):
            end = wide.end()
        end = min(end, self._open_key(text), *(_begun(text, phrase) for phrase in self._phrases))
        return len(text) if len(text) - end > MOST_HELD else max(end, start)

    @staticmethod
    def _open_key(text: str) -> int:
        """Where a private key begins that has not ended."""
        edges = list(_KEY_EDGE.finditer(text))
        return edges[-1].start() if edges and edges[-1][1] else len(text)


def _begun(text: str, phrase: str) -> int:
    """Where a secret with spaces in it begins, of which only the beginning is there."""
    first = max(len(text) - len(phrase) + 1, 0)
    return next((at for at in range(first, len(text)) if phrase.startswith(text[at:])), len(text))


class StreamedText:
    """One text in pieces; gives pieces without secrets. Nothing is lost after `finish`."""

    def __init__(self, redactor: StreamRedactor) -> None:
        self._redactor = redactor
        self._text = ""
        self._settled = 0
        self._shown = ""

    def add(self, piece: str) -> str:
        """Take a piece; gives what can be shown by now, which may be nothing."""
        self._text += piece
        end = self._redactor.settled(self._text, self._settled)
        clean = self._redactor.text(self._text[:end])
        # A cut through the middle of a secret would show its first half.
        if end < len(self._text) and not self._redactor.text(self._text).startswith(clean):
            return ""
        return self._show(end, clean)

    def finish(self) -> str:
        """The rest."""
        return self._show(len(self._text), self._redactor.text(self._text))

    def _show(self, end: int, clean: str) -> str:
        if end == self._settled:
            return ""
        fresh = clean[_common(self._shown, clean) :]
        self._settled, self._shown = end, clean
        self._forget()
        return fresh

    def _forget(self) -> None:
        """Keep of what was shown only what may say that a secret follows."""
        if self._settled > 2 * CONTEXT:
            at = self._text.rfind(" ", 0, self._settled - CONTEXT) + 1 or self._settled - CONTEXT
            self._text, self._settled = self._text[at:], self._settled - at
            self._shown = self._redactor.text(self._text[: self._settled])


def _common(a: str, b: str) -> int:
    """The length of the common beginning."""
    if b.startswith(a):
        return len(a)
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
