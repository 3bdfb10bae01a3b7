"""What compared values say about the fault: off by one, the wrong sign, another order, a missing item, …"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

_NUMBER = re.compile(r"Decimal\('(-?[\d.]+)'\)|Fraction\((-?\d+), 1\)")
_SCALED, _EXACT = 1.5, 1e-9
Value = Any


def facts_of(
    wholes: tuple[Value, Value] | None,
    pairs: Sequence[tuple[Value, Value]],
    raised: str,
    message: str,
    expected_error: str,
    statement: ast.stmt | None,
) -> Iterator[str]:
    """Words for what went wrong.

    off_by_one, sign, scaled, number: numbers that differ; negated: a condition is the wrong way round; order: the same
    items in another order; shorter, longer: items are missing or too many; case, space, text: strings; none: None came;
    not_raised, wrong_error, error and its class (Late for a test that hung): exceptions; method: one that was not
    called; member: another member of an enum.
    """
    for actual, expected in pairs:
        yield from _facts(actual, expected)
    if wholes:
        yield from _facts_of_items(*wholes)
    if raised == "AssertionError" and not wholes and isinstance(statement, ast.Assert):
        yield "negated"
    if expected_error:
        yield "not_raised" if raised == "Failed" else "wrong_error"
    elif raised not in ("AssertionError", "Failed"):
        yield "error"
        yield raised
    if "bound method" in message or "built-in method" in message or "function " in message:
        yield "method"


def number(value: Value) -> float | None:
    """A value as a number; None for others, and for True and False."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, dict) and (match := _NUMBER.fullmatch(str(value.get("repr", "")))):
        try:
            return float(Decimal(match[1] or match[2]))
        except InvalidOperation:
            return None
    return None


def items(value: Value) -> list[Value] | None:
    """The items of a container; None for other values."""
    if not isinstance(value, dict):
        return None
    found = value.get("items")
    return list(found) if isinstance(found, list) else None


def _facts(actual: Value, expected: Value) -> Iterator[str]:
    one, other = number(actual), number(expected)
    if one is not None and other is not None:
        yield from _facts_of_numbers(one, other)
    if isinstance(actual, str) and isinstance(expected, str):
        yield from _facts_of_texts(actual, expected)
    if isinstance(actual, bool) and isinstance(expected, bool):
        yield "negated"
    if actual is None and expected is not None:
        yield "none"
    if isinstance(expected, dict) and "_name_" in expected.get("fields", {}):
        yield "member"


def _facts_of_numbers(actual: float, expected: float) -> Iterator[str]:
    yield "number"
    if abs(actual - expected) == 1:
        yield "off_by_one"
    if actual == -expected:
        yield "sign"
    small, large = sorted((abs(actual), abs(expected)))
    if small and large / small > _SCALED and abs(large / small - round(large / small)) < _EXACT:
        yield "scaled"


def _facts_of_texts(actual: str, expected: str) -> Iterator[str]:
    yield "text"
    if actual.casefold() == expected.casefold():
        yield "case"
    if "".join(actual.split()) == "".join(expected.split()):
        yield "space"
    if abs(len(actual) - len(expected)) == 1 and (actual in expected or expected in actual):
        yield "off_by_one"
    numbers = [list(map(int, re.findall(r"\d{1,15}", text))) for text in (actual, expected)]
    for one, other in zip(numbers[0][-len(numbers[1]) :], numbers[1], strict=False):
        yield from ("off_by_one", "number") if abs(one - other) == 1 else ()
    if sorted(actual) == sorted(expected):
        yield "order"


def _facts_of_items(actual: Value, expected: Value) -> Iterator[str]:
    one, other = items(actual), items(expected)
    if one is None or other is None:
        return
    if len(one) != len(other):
        yield "shorter" if len(one) < len(other) else "longer"
        if abs(len(one) - len(other)) == 1:
            yield "off_by_one"
    elif one != other and sorted(map(repr, one)) == sorted(map(repr, other)):
        yield "order"
