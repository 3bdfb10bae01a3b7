"""How likely a row of tokens is in this file: what its other lines are like decides between equal repairs."""

from __future__ import annotations

import keyword
import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from punie_semantic.fixing.syntax.tokens import Token

_EDGE = "¶"
_MOST = 60_000


class Habits:
    """Counts of what follows what in a file."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._two: Counter[tuple[str, ...]] = Counter()
        self._three: Counter[tuple[str, ...]] = Counter()
        self._named: Counter[tuple[str, ...]] = Counter()
        kinds, names = _words(tokens[:_MOST])
        self._two.update(pairwise(kinds))
        self._three.update(zip(kinds, kinds[1:], kinds[2:], strict=False))
        self._named.update(zip(names, kinds[1:], strict=False))
        self._ones = Counter(kinds)
        self._firsts = Counter(names)
        self._total = len(kinds) + 1

    def likelihood(self, tokens: Sequence[Token]) -> float:
        """The logarithm of how likely the tokens are, one after another."""
        kinds, names = _words(tokens)
        total = 0.0
        for index in range(1, len(kinds)):
            b, c = kinds[index - 1], kinds[index]
            a = kinds[index - 2] if index > 1 else _EDGE
            alone = (self._ones[c] + 0.5) / (self._total + 50)
            pair = (self._two[b, c] + 2 * alone) / (self._ones[b] + 2)
            triple = (self._three[a, b, c] + 2 * pair) / (self._two[a, b] + 2)
            named = (self._named[names[index - 1], c] + 2 * pair) / (self._firsts[names[index - 1]] + 2)
            total += math.log(0.5 * triple + 0.3 * named + 0.2 * pair)
        return total


def _words(tokens: Sequence[Token]) -> tuple[list[str], list[str]]:
    kinds, names = [_EDGE], [_EDGE]
    depth = 0
    for token in tokens:
        if token.kind == "comment":
            continue
        if token.kind == "newline":
            if not depth and kinds[-1] != _EDGE:
                kinds.append(_EDGE)
                names.append(_EDGE)
            continue
        depth = max(depth + (token.text in "([{") - (token.text in ")]}"), 0) if token.kind == "op" else depth
        kind = token.text if token.kind == "op" or keyword.iskeyword(token.text) else token.kind
        kinds.append(kind)
        names.append(token.text if token.kind == "name" else kind)
    return kinds, names
