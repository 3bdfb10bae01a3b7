"""Two executed programs came to the same: times and folders do not count, and `compare` says what does."""

from __future__ import annotations

from typing import Any

import pytest

from punie_training.evals.same_results import same, same_value
from punie_training.execution import Call, Outcome


def _outcome(value: Any = None, *, output: str = "", calls: tuple[Call, ...] = (), diff: str = "") -> Outcome:
    return Outcome(value, output, calls, "", diff, 1.0, 0.5)


@pytest.mark.parametrize(
    ("wanted", "got", "equal"),
    [
        ([1, 2], [1, 2], True),
        ([1, 2], [2, 1], False),
        ({"a": 1, "duration": 0.1}, {"a": 1, "duration": 9.9}, True),
        ("19 passed in 0.31s", "19 passed in 2.40s", True),
        ("19 passed", "18 passed", False),
        ("see /tmp/pytest-1/x", "see /tmp/pytest-2/y", True),
        (1, True, False),
        (None, None, True),
    ],
)
def test_values(wanted: Any, got: Any, equal: bool) -> None:
    assert same_value(wanted, got) is equal


def test_what_was_printed_counts_where_there_is_no_value() -> None:
    assert same(_outcome("3"), _outcome(output="3\n"), "value")
    assert not same(_outcome("3"), _outcome(output="4\n"), "value")


def test_calls() -> None:
    types, lint = Call("typecheck", (), {}, {"errors": []}), Call("ruff_check", (), {}, {"violations": [1]})
    wanted = _outcome("types", calls=(types,))

    assert same(wanted, _outcome("words", calls=(lint, types)), "calls")
    assert not same(wanted, _outcome("types", calls=(lint,)), "calls")


def test_a_call_that_the_reference_makes_twice_must_come_twice() -> None:
    call = Call("typecheck", (), {}, {"errors": []})

    assert not same(_outcome(calls=(call, call)), _outcome(calls=(call,)), "calls")


@pytest.mark.parametrize(
    ("got", "equal"),
    [
        ((18, 1), True),
        ({"failed": 1, "passed": 18}, True),
        ("18 passed, 1 failed", True),
        ("18 passed", False),
        ([18, 1, 0], False),
        (18.0, False),
    ],
)
def test_numbers_in_any_form(got: Any, equal: bool) -> None:
    assert same(_outcome([18, 1]), _outcome(got), "numbers") is equal


@pytest.mark.parametrize("how", ["value", "calls", "numbers"])
def test_other_edits_are_another_result(how: Any) -> None:
    assert not same(_outcome(1, diff="+a"), _outcome(1, diff="+b"), how)
