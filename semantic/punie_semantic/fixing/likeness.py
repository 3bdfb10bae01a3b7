"""How alike two names are: misspellings, other cases, plurals. Knows no workspace."""

from __future__ import annotations

from collections.abc import Iterable

_LEAST = 0.6


def alike(wrong: str, names: Iterable[str], most: int = 5) -> list[tuple[str, float]]:
    """The names that are like a wrong one, the most alike first, each with a likeness from 0 to 1."""
    scored = [(name, likeness(wrong, name)) for name in dict.fromkeys(names) if name != wrong]
    near = [(name, value) for name, value in scored if value >= _LEAST]
    return sorted(near, key=lambda pair: (-pair[1], len(pair[0]), pair[0]))[:most]


def likeness(one: str, other: str) -> float:
    """From 0 to 1; 0.97 for names that differ only in case or underscores."""
    if one == other:
        return 1.0
    plain, plain_other = one.replace("_", "").lower(), other.replace("_", "").lower()
    if plain == plain_other:
        return 0.97 if plain else 0.0
    longest = max(len(one), len(other))
    if abs(len(one) - len(other)) > 3 or longest < 2:
        return _contained(plain, plain_other)
    distance = edits_between(one, other)
    # One slip in a name of two or three letters says little, in a name of ten it says all.
    value = 1 - distance / (longest + 1) if distance == 1 else 1 - 1.2 * distance / longest
    if one[:1] == other[:1] and value < 1:
        value += 0.04
    return max(min(value, 0.96), _contained(plain, plain_other))


def _contained(one: str, other: str) -> float:
    short, long = sorted((one, other), key=len)
    if len(short) >= 4 and long.startswith(short):
        return 0.62 + 0.2 * len(short) / len(long)
    if len(short) >= 4 and long.endswith(short):
        return 0.6 + 0.2 * len(short) / len(long)
    return 0.0


def edits_between(one: str, other: str) -> int:
    """Letters to insert, drop, replace or swap with the next one to get from one name to another."""
    above: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, wanted in enumerate(other, 1):
            value = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != wanted))
            swapped = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted
            line.append(min(value, above[column - 2] + 1) if swapped else value)
        above, last = last, line
    return last[-1]
