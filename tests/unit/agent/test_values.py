"""Values across the sandbox border."""

from __future__ import annotations

from typing import Any

import pytest

from punie_agent.codemode.values import MAX_DEPTH, MAX_SIZE, check_size, to_plain, to_sandbox
from punie_semantic.results import Location, LocationsResult

HERE = Location(file="a.py", line=1, column=2, end_line=1, end_column=3, text="x", external=False)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def shared(levels: int) -> list[Any]:
    """2 ** levels leaves once sharing is expanded, in `levels` objects."""
    value: list[Any] = ["x"]
    for _ in range(levels):
        value = [value, value]
    return value


def cyclic_list() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def cyclic_dict() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["self"] = [value]
    return value


def test_models_become_records_with_the_same_attributes() -> None:
    record = to_sandbox(LocationsResult(locations=[HERE], total=1))

    assert (record.total, record.locations[0].file, record.locations[0].external) == (1, "a.py", False)
    assert type(record).__name__ == "LocationsResult"


def test_records_become_objects_again() -> None:
    record = to_sandbox(LocationsResult(locations=[HERE], total=1))

    assert to_plain(record) == LocationsResult(locations=[HERE], total=1).model_dump()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, "a", None, 1.5, True), [1, "a", None, 1.5, True]),
        ({1: {"b"}}, {"1": ["b"]}),
        (b"x", "b'x'"),
        (1j, "1j"),
        (float, "<class 'float'>"),
    ],
)
def test_a_plain_value_is_what_json_can_hold(value: object, expected: object) -> None:
    assert to_plain(value) == expected


@pytest.mark.parametrize(
    "value",
    [None, 1, "x" * MAX_SIZE, nested(MAX_DEPTH), shared(12), list(range(10_000)), {"a": (1, {2}, frozenset())}],
    ids=["none", "int", "string", "deep", "shared", "list", "mixed"],
)
def test_ordinary_values_pass(value: object) -> None:
    check_size(value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x" * (MAX_SIZE + 1), "larger than 2000000 bytes; return a summary"),
        (b"x" * (MAX_SIZE + 1), "larger than"),
        (1 << (8 * MAX_SIZE + 8), "larger than"),
        (["x" * 1000] * 2001, "larger than"),
        ({"k" * (MAX_SIZE + 1): 1}, "larger than"),
        (shared(60), "larger than"),
        (nested(MAX_DEPTH + 2), "nested deeper than 100"),
        (cyclic_list(), "contains itself"),
        (cyclic_dict(), "contains itself"),
    ],
    ids=["string", "bytes", "int", "alias", "key", "billion laughs", "deep", "cyclic list", "cyclic dict"],
)
def test_bombs_are_refused(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_size(value)
