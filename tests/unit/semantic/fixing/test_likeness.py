"""How alike names are."""

from __future__ import annotations

import pytest

from punie_semantic.fixing.likeness import alike, edits_between, likeness


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("name", "nmae", 1),
        ("name", "nam", 1),
        ("name", "names", 1),
        ("name", "game", 1),
        ("ab", "ba", 1),
        ("", "abc", 3),
    ],
)
def test_the_slips_between_two_names(one: str, other: str, distance: int) -> None:
    assert edits_between(one, other) == distance
    assert edits_between(other, one) == distance


def test_the_most_alike_comes_first() -> None:
    assert [name for name, _ in alike("widht", ["height", "width", "weight", "w"])] == ["width", "weight"]


def test_case_and_underscores_hardly_count() -> None:
    assert likeness("user_name", "userName") == 0.97
    assert likeness("Total", "total") == 0.97


def test_a_slip_says_more_in_a_long_name() -> None:
    assert likeness("configuration", "configuraton") > likeness("cat", "car") > 0.6


def test_strangers_are_not_alike() -> None:
    assert alike("price", ["order", "x", "customer_id"]) == []


def test_a_name_is_not_like_itself() -> None:
    assert alike("price", ["price"]) == []
