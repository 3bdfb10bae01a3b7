"""The language of phrases, and how words fit them.

`find|show [me] [all] (references to|usages of) {symbol}`: words, alternatives with `|`, `[...]` may be left out,
`(a b|c)` is a choice of several words, `{kind}` is a slot. A phrase must fit all words of a prompt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from punie_agent.planner.recipe import Slots
from punie_agent.planner.words import Word

MIN_TYPO_LENGTH = 4

# They say nothing about what is meant, so a phrase is not more specific for having them.
FILLERS = frozenset({"the", "a", "an", "me", "of", "all", "to", "for", "in", "on", "there", "any", "my"})
_PIECE = re.compile(r"[\[\]()]|\{\w+\}|\||[^\s\[\](){}|]+")

# For each slot kind: the ways in which words from an index on can be one, as (next index, slots, specificity).
SlotReader = Callable[[Sequence[Word], int], Iterator[tuple[int, Slots, int]]]


@dataclass(frozen=True)
class Fit:
    """How a phrase fits: the slots, and what of it was said in words.

    Attributes:
        slots: by name.
        literal: how many words were the phrase's own; more is more specific.
        special: how narrow the slots are.
        typos: how many words were one letter off.
    """

    slots: Slots
    literal: int = 0
    special: int = 0
    typos: int = 0


@dataclass(frozen=True)
class _Words:
    choices: frozenset[str]


@dataclass(frozen=True)
class _Slot:
    kind: str


@dataclass(frozen=True)
class _Choice:
    ways: tuple[_Phrase, ...]


_Piece = _Words | _Slot | _Choice
_Phrase = tuple[_Piece, ...]


def fits(phrase: str, words: Sequence[Word], readers: dict[str, SlotReader], *, typos: int = 0) -> Iterator[Fit]:
    """All ways in which a phrase fits all of the words, with at most so many words one letter off."""
    first = first_words(phrase)
    if first and words[0].key not in first and not (typos and is_typo(words[0].key, first)):
        return
    for at, fit in _fit(parsed(phrase), words, 0, Fit({}), readers, typos):
        if at == len(words):
            yield fit


def _fit(
    pieces: _Phrase, words: Sequence[Word], at: int, fit: Fit, readers: dict[str, SlotReader], typos: int
) -> Iterator[tuple[int, Fit]]:
    if not pieces:
        yield at, fit
        return
    first, rest = pieces[0], pieces[1:]
    for after, longer in _fit_one(first, words, at, fit, readers, typos):
        yield from _fit(rest, words, after, longer, readers, typos)


def _fit_one(
    piece: _Piece, words: Sequence[Word], at: int, fit: Fit, readers: dict[str, SlotReader], typos: int
) -> Iterator[tuple[int, Fit]]:
    match piece:
        case _Choice(ways):
            for way in ways:
                yield from _fit(way, words, at, fit, readers, typos)
        case _Words(choices):
            if at < len(words) and words[at].key in choices:
                yield at + 1, replace(fit, literal=fit.literal + (words[at].key not in FILLERS))
            elif at < len(words) and fit.typos < typos and is_typo(words[at].key, choices):
                yield at + 1, replace(fit, literal=fit.literal + 1, typos=fit.typos + 1)
        case _Slot(kind):
            for after, slots, special in readers[kind](words, at):
                yield after, replace(fit, slots={**fit.slots, **slots}, special=fit.special + special)


def is_typo(key: str, choices: frozenset[str]) -> bool:
    """Whether a word is one letter off one of the choices: wrong, missing, too many, or two swapped."""
    if not key.isalpha():
        return False
    if len(key) < MIN_TYPO_LENGTH:
        return len(key) == MIN_TYPO_LENGTH - 1 and any(sorted(key) == sorted(c) and _one_off(key, c) for c in choices)
    return any(len(c) >= MIN_TYPO_LENGTH and abs(len(c) - len(key)) <= 1 and _one_off(key, c) for c in choices)


def _one_off(a: str, b: str) -> bool:
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[start:], b[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


@cache
def first_words(phrase: str) -> frozenset[str]:
    """The words that it can begin with; empty when it can begin with anything."""
    found = _first_words(parsed(phrase))
    return found if found is not None else frozenset()


def _first_words(pieces: _Phrase) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    for piece in pieces:
        match piece:
            case _Words(choices):
                return found | choices
            case _Slot():
                return None
            case _Choice(ways):
                for way in ways:
                    firsts = _first_words(way) if way else frozenset()
                    if firsts is None:
                        return None
                    found |= firsts
                if () not in ways:
                    return found
    return None


@cache
def parsed(phrase: str) -> _Phrase:
    """A phrase as pieces. Raises ValueError when its brackets do not match."""
    pieces = _PIECE.findall(phrase)
    ways, at = _choices(pieces, 0, "")
    if at != len(pieces):
        raise ValueError(f"a bracket is not closed in {phrase!r}")
    return ways[0] if len(ways) == 1 else (_Choice(tuple(ways)),)


def _choices(pieces: list[str], at: int, closing: str) -> tuple[list[_Phrase], int]:
    """The ways up to a closing bracket. `|` between plain words is a choice of these words only, outside brackets."""
    ways: list[_Phrase] = []
    way: list[_Piece] = []
    while at < len(pieces) and pieces[at] != closing:
        piece = pieces[at]
        if piece in "[(":
            inner, at = _choices(pieces, at + 1, "]" if piece == "[" else ")")
            if at >= len(pieces):
                raise ValueError("a bracket is not closed")
            way.append(_Choice(tuple([*inner, ()] if piece == "[" else inner)))
        elif piece == "|":
            if closing:
                ways.append(tuple(way))
                way = []
            else:
                at += 1
                last = way.pop()
                assert isinstance(last, _Words)
                way.append(_Words(last.choices | {pieces[at]}))
        elif piece.startswith("{"):
            way.append(_Slot(piece[1:-1]))
        else:
            way.append(_Words(frozenset({piece})))
        at += 1
    return [*ways, tuple(way)], at
