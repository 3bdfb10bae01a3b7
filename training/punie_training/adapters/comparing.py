"""Two adapters side by side: what was measured of both, regressions first. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LESS_IS_BETTER = ("loss", "seconds", "valid_loss", "best_valid")
# What tells of the evaluation, not of the adapter.
_NO_MERIT = frozenset({"cases", "low", "high", "gain", "diverged", "outcome"})


@dataclass(frozen=True)
class MetricChange:
    """One metric of both.

    Attributes:
        name: the metric.
        before: of the first adapter.
        after: of the second.
        better: whether the second is better; None when they are equal, or when it says nothing of merit.
    """

    name: str
    before: float
    after: float
    better: bool | None

    @property
    def change(self) -> float:
        """How much more the second has."""
        return self.after - self.before


def compare_metrics(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[MetricChange]:
    """The numbers that both have: what got worse first, the largest change first."""
    names = [name for name in before if _is_number(before[name]) and _is_number(after.get(name))]
    changes = [_change(name, float(before[name]), float(after[name])) for name in names if name not in _NO_MERIT]
    order = {False: 0, True: 1, None: 2}
    return sorted(changes, key=lambda c: (order[c.better], -abs(c.change), c.name))


def only_in(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The metrics that only one of them has, so that they cannot be compared."""
    return sorted(name for name in {*before, *after} - _NO_MERIT if (name in before) != (name in after))


def _change(name: str, before: float, after: float) -> MetricChange:
    if before == after or name.startswith("base_"):
        return MetricChange(name, before, after, None)
    less = name.endswith(_LESS_IS_BETTER)
    return MetricChange(name, before, after, (after < before) == less)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
