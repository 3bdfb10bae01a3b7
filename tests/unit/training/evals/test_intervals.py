"""Confidence intervals, against values worked out elsewhere."""

from __future__ import annotations

import pytest

from punie_training.evals.intervals import bootstrap, mcnemar, wilson


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662), (0, 0, 0.0, 1.0)],
)
def test_wilson(successes: int, total: int, low: float, high: float) -> None:
    interval = wilson(successes, total)

    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-4)
    assert interval.method == "Wilson, 95 %"


def test_more_successes_than_observations() -> None:
    with pytest.raises(ValueError, match="3 successes of 2"):
        wilson(3, 2)


def test_bootstrap_is_as_wide_as_the_cases_differ_not_their_seeds() -> None:
    alike = bootstrap([[1.0] * 10, [0.0] * 10, [1.0] * 10, [0.0] * 10])
    many = bootstrap([[float(i % 2)] for i in range(40)])

    assert alike.high - alike.low > many.high - many.low
    assert 0.5 in alike
    assert 0.5 in many


def test_bootstrap_of_what_never_differs() -> None:
    interval = bootstrap([[1.0], [1.0, 1.0]])

    assert (interval.low, interval.high) == (1.0, 1.0)
    assert bootstrap([]).low == 0.0


@pytest.mark.parametrize(("gained", "lost", "chance"), [(0, 0, 1.0), (5, 5, 1.0), (8, 0, 0.0078125), (1, 9, 0.0215)])
def test_mcnemar(gained: int, lost: int, chance: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(chance, abs=1e-4)
