"""Confidence intervals of shares and of paired differences. Knows numbers alone."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

Z_95 = 1.959964
RESAMPLES = 2_000


@dataclass(frozen=True)
class Interval:
    """A 95 % confidence interval, and the method it was made by."""

    low: float
    high: float
    method: str

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def wilson(successes: int, total: int) -> Interval:
    """Wilson's score interval of a share; all of 0 to 1 for no observations.

    Raises:
        ValueError: more successes than observations.
    """
    if not 0 <= successes <= total:
        raise ValueError(f"{successes} successes of {total}")
    if total == 0:
        return Interval(0.0, 1.0, "Wilson, 95 %")
    share, square = successes / total, Z_95 * Z_95
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = Z_95 * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return Interval(max(0.0, middle - half), min(1.0, middle + half), "Wilson, 95 %")


def bootstrap(groups: Sequence[Sequence[float]], *, seed: int = 0) -> Interval:
    """The percentile interval of the mean when whole groups are drawn with replacement.

    A group is what one case gave, at several seeds and temperatures: its values depend on each other.
    """
    groups = [group for group in groups if group]
    if not groups:
        return Interval(0.0, 1.0, "bootstrap over cases, 95 %")
    rng = random.Random(seed)  # noqa: S311 - statistics
    sums = [(sum(group), len(group)) for group in groups]
    means = []
    for _ in range(RESAMPLES):
        drawn = rng.choices(sums, k=len(sums))
        means.append(sum(total for total, _ in drawn) / sum(count for _, count in drawn))
    means.sort()
    return Interval(means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1], "bootstrap over cases, 95 %")


def mcnemar(gained: int, lost: int) -> float:
    """The two-sided exact probability of such an imbalance between gained and lost cases if nothing had changed."""
    total = gained + lost
    if total == 0:
        return 1.0
    tail = sum(math.comb(total, k) for k in range(min(gained, lost) + 1)) / 2**total
    return min(1.0, 2 * tail)
