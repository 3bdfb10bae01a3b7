"""What a failure says: which value was expected, where values differ, and which kind of fault that suggests."""

from __future__ import annotations

from typing import Any

import pytest

from punie_semantic.fixing.mutations.evidence import Evidence, Frame, evidence_of
from punie_semantic.fixing.tree import Tree


def failure(left: Any, right: Any, *, line: int = 2) -> dict[str, Any]:
    return {
        "type": "AssertionError",
        "message": "assert …",
        "frames": [["test_app.py", line, "test_it"]],
        "compared": [{"op": "==", "left": left, "right": right}],
    }


def seen(left: Any, right: Any, test: str = "def test_it():\n    assert f() == x\n") -> Evidence:
    return evidence_of(failure(left, right), Tree(test))


def listed(*items: Any) -> dict[str, Any]:
    return {"type": "list", "items": list(items)}


@pytest.mark.parametrize(
    ("actual", "expected", "facts"),
    [
        (3, 4, {"number", "off_by_one"}),
        (-3, 3, {"number", "sign"}),
        (2, 20, {"number", "scaled"}),
        (True, False, {"negated"}),
        (None, 4, {"none"}),
        ("Ada", "ADA", {"text", "case"}),
        (" Ada", "Ada", {"text", "space", "off_by_one"}),
        ("order 7", "order 8", {"text", "off_by_one", "number"}),
        (listed(1, 2, 3), listed(3, 2, 1), {"order", "number", "scaled"}),
        (listed(1, 2), listed(1, 2, 3), {"shorter", "off_by_one"}),
        (listed(1, 2, 3), listed(1), {"longer"}),
    ],
)
def test_values_suggest_a_kind_of_fault(actual: Any, expected: Any, facts: set[str]) -> None:
    assert seen(actual, expected).facts == facts


def test_a_literal_on_the_left_is_the_expected_value() -> None:
    assert seen(3, 4, "def test_it():\n    assert 3 == f()\n").pairs == ((4, 3),)


def test_the_innermost_values_that_differ_are_paired() -> None:
    left = {"type": "shop.Money", "repr": "Money(1)", "fields": {"amount": 1, "currency": "GBP"}}
    right = {"type": "shop.Money", "repr": "Money(2)", "fields": {"amount": 2, "currency": "GBP"}}

    assert seen(listed("a", left), listed("a", right)).pairs == ((1, 2),)


def test_decimals_are_numbers() -> None:
    left = {"type": "decimal.Decimal", "repr": "Decimal('8.00')"}
    right = {"type": "decimal.Decimal", "repr": "Decimal('0.80')"}

    assert seen(left, right).facts == {"number", "scaled"}


def test_an_approximate_value_is_its_number() -> None:
    right = {"type": "ApproxScalar", "repr": "4.0 ± 1e-6", "fields": {"expected": 4.0, "abs": None}}

    assert seen(3.0, right).pairs == ((3.0, 4.0),)


def test_unittest_s_message_has_the_values() -> None:
    told = {"type": "AssertionError", "message": "3 != 4", "frames": [], "compared": []}

    assert evidence_of(told, None).pairs == ((3, 4),)


def test_an_exception_that_was_not_raised() -> None:
    message = "DID NOT RAISE <class 'shop.cart.EmptyCart'>"
    found = evidence_of({"type": "Failed", "message": message, "frames": [], "compared": []}, None)

    assert (found.expected_error, found.facts) == ("EmptyCart", {"not_raised"})


def test_an_exception_of_another_class() -> None:
    test = "def test_it():\n    with pytest.raises(ValueError):\n        f()\n"
    told = {"type": "KeyError", "message": "'x'", "frames": [["test_app.py", 3, "test_it"], ["app.py", 8, "f"]]}
    found = evidence_of(told, Tree(test))

    assert (found.expected_error, found.facts) == ("ValueError", {"wrong_error"})
    assert found.frames[-1] == Frame("app.py", 8, "f")


def test_a_bare_assertion_suggests_a_condition() -> None:
    told = {"type": "AssertionError", "message": "assert False", "frames": [["test_app.py", 2, "test_it"]]}

    assert evidence_of(told, Tree("def test_it():\n    assert f()\n")).facts == {"negated"}


def test_nonsense_is_no_evidence() -> None:
    assert evidence_of({}, None) == Evidence("", "", (), facts=frozenset({"error", ""}))
