"""How often a text spells its names: one that is written once and looks like a frequent one is the slip."""

from __future__ import annotations

import re
from collections import Counter

_NAME = re.compile(r"[^\W\d]\w*")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]")


class Vocabulary:
    """The names and words of one text, its comments and strings included."""

    def __init__(self, text: str) -> None:
        self.names = Counter(_NAME.findall(text))

    def slip(self, wrong: str, right: str) -> float:
        """From 0 to 1: how likely the first of two names is the misspelt one; 0.5 when the text does not tell."""
        return slip_of(self.names[wrong], self.names[right])

    def tells(self, one: str, other: str) -> bool:
        """Whether one of two names is written more than once."""
        return max(self.names[one], self.names[other]) > 1


def slip_of(wrong: int, right: int) -> float:
    """How likely the first of two names is the misspelt one, from how often each is written."""
    return (right + 0.5) / (wrong + right + 1)


def differing(one: str, other: str) -> tuple[list[str], list[str]]:
    """The words of each of two names that the other one lacks."""
    own, others = words_of(one), words_of(other)
    return [word for word in own if word not in others], [word for word in others if word not in own]


def words_of(name: str) -> list[str]:
    """The words of a name: `parseHTTPHeader` and `parse_http_header` have three."""
    return [word.lower() for word in _WORD.findall(name)]
