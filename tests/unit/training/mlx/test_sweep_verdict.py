"""The verdict names the width from which on the signal is lost."""

from __future__ import annotations

import pytest

from punie_training.mlx.sweep import Row, Sweep


def sweep(*scores: float, base: float | None = None) -> Sweep:
    """As it is, 8, 6, 5 and 4 bits."""
    widths = zip((None, 8, 6, 5, 4), scores, strict=True)
    return Sweep(tuple(Row(bits, 100, {"tool": score}, None, None) for bits, score in widths), base)


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (sweep(0.8, 0.8, 0.8, 0.79, 0.4), "The signal is lost at 4 bits: 40% instead of 80%. Take 5 bits or more."),
        (sweep(0.8, 0.8, 0.3, 0.4, 0.2), "The signal is lost at 6 bits: 30% instead of 80%. Take 8 bits or more."),
        (sweep(0.8, 0.1, 0.1, 0.1, 0.1), "The signal is lost at 8 bits: 10% instead of 80%. Do not quantize it."),
        (sweep(0.8, 0.8, 0.8, 0.8, 0.76), "No width loses what was learned: 4 bits keep 76% of 80%."),
        (sweep(0.8, 0.8, 0.6, 0.8, 0.8), "Uneven: 6 bits lose more than narrower widths. Evaluate with more queries."),
        (sweep(0, 0, 0, 0, 0), "The model itself chooses the right tool in 0%: there is no signal that could be lost."),
        (sweep(0.8, 0.8, 0.8, 0.7, 0.55, base=0.4),
         "The signal is lost at 4 bits: 55% instead of 80%. Take 5 bits or more."),
        (sweep(0.3, 0.3, 0.3, 0.3, 0.3, base=0.4),
         "The model itself chooses the right tool in 30% (its base: 40%): there is no signal that could be lost."),
    ],
)  # fmt: skip
def test_verdicts(done: Sweep, expected: str) -> None:
    assert done.verdict == expected


def test_with_a_base_half_of_what_was_gained_must_be_kept() -> None:
    done = sweep(0.8, 0.75, 0.65, 0.61, 0.59, base=0.4)

    assert [done.is_lost(row) for row in done.rows[1:]] == [False, False, False, True]
