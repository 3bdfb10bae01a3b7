"""Types of expressions, asked of ty: it sees a copy of the file in which `reveal_type` is around each of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from punie_semantic.checking import Checker
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.refactor.tree import Span
from punie_semantic.wire.positions import TextLines

_REVEALED = re.compile(r"Revealed type: `(.*)`", re.DOTALL)
# Two parentheses: a tuple may come without its own.
_CALL, _END = "reveal_type((", "))"


class TyTypes:
    """ty's answers about one file in the present state of an overlay."""

    def __init__(self, checker: Checker, path: Path) -> None:
        self._checker = checker
        self._path = path

    async def of(self, spans: Sequence[Span]) -> list[str]:
        """The type of each expression; empty where ty says none. Raises ToolUnavailable."""
        if not spans:
            return []
        text = self._checker.overlay.text(self._path)
        probe, places = _probe(text, spans)
        state = {**self._checker.overlay.state, self._path: probe}
        findings = await self._checker.by_ty(self._path, state)
        if findings.unknown:
            raise ToolUnavailable("; ".join(findings.unknown))
        lines = TextLines(probe)
        shown: dict[int, str] = {}
        for found in findings.diagnostics:
            if found.code == "revealed-type" and (match := _REVEALED.search(found.message)):
                shown[lines.offset(found.range["start"], "utf-32")] = match[1]
        # The place of a tuple is that of its parenthesis.
        return [shown.get(place) or shown.get(place - 1, "") for place in places]


def _probe(text: str, spans: Sequence[Span]) -> tuple[str, list[int]]:
    """The text with calls around the spans, and where each argument is in it. Spans may contain one another."""
    inserts = [(start, 1, -end, index, _CALL) for index, (start, end) in enumerate(spans)]
    inserts += [(end, 0, -start, index, _END) for index, (start, end) in enumerate(spans)]
    parts: list[str] = []
    places = [0] * len(spans)
    at = length = 0
    for offset, opens, _, index, piece in sorted(inserts):
        parts += (text[at:offset], piece)
        length += offset - at + len(piece)
        if opens:
            places[index] = length
        at = offset
    return "".join([*parts, text[at:]]), places
