"""The rule by which a candidate is promoted or refused. Pure: it sees scores of the same cases before and after.

Promoted is only what is better beyond the noise and worse nowhere; every condition is told with its figures.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

RESAMPLES = 4000
# Below so many cases a category's fall may be one case's.
SMALL_CATEGORY = 8

Outcome = Literal["promote", "refuse"]


class Rule(BaseModel):
    """The conditions of a promotion; shares are between 0 and 1.

    Attributes:
        min_cases: fewer cases cannot tell anything.
        min_gain: by so much the mean of tool accuracy and execution accuracy must rise at least.
        confidence: of the paired bootstrap interval of that gain, whose lower end must be above 0.
        max_valid_drop: by so much the share of valid answers may fall at most.
        max_category_drop: by so much a category may fall at most; one case in categories of fewer than 8.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_cases: int = Field(10, ge=1)
    min_gain: float = Field(0.03, ge=0, le=1)
    confidence: float = Field(0.95, gt=0.5, lt=1)
    max_valid_drop: float = Field(0.02, ge=0, le=1)
    max_category_drop: float = Field(0.1, ge=0, le=1)


@dataclass(frozen=True)
class Scored:
    """The scores of one case, each between 0 and 1; means where it was asked several times."""

    id: str
    category: str
    valid: float
    tool: float
    execution: float

    @property
    def goal(self) -> float:
        """What the rule wants to rise: choosing the right tool, and a right result."""
        return (self.tool + self.execution) / 2


@dataclass(frozen=True)
class Condition:
    """One condition, whether it holds, and a sentence with its figures."""

    name: str
    holds: bool
    text: str


@dataclass(frozen=True)
class Verdict:
    """What is done with a candidate.

    Attributes:
        outcome: `promote` only when every condition holds.
        conditions: all of them, in the order in which they are told.
        cases: how many were compared, in pairs.
        gain: the mean rise of tool and execution accuracy; `low` and `high` are its interval.
        better: cases whose tool is right only after, `worse` only before.
        p_value: of the exact McNemar test on these; for reading, no condition.
    """

    outcome: Outcome
    conditions: tuple[Condition, ...]
    cases: int
    gain: float
    low: float
    high: float
    better: int
    worse: int
    p_value: float

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentences that decided: of the conditions that do not hold, or of all when all do."""
        failed = tuple(condition.text for condition in self.conditions if not condition.holds)
        return failed or tuple(condition.text for condition in self.conditions)


def judge(before: Sequence[Scored], after: Sequence[Scored], rule: Rule | None = None, *, seed: int = 0) -> Verdict:
    """Decide on a candidate. Cases are paired by their ids; what only one side has does not count.

    Args:
        before: the scores of what is served now, or of the base.
        after: the candidate's.
        rule: the conditions.
        seed: of the bootstrap, so that the same scores have the same verdict.
    """
    rule = rule or Rule()
    old = {case.id: case for case in before}
    pairs = [(old[case.id], case) for case in after if case.id in old]
    gains = [b.goal - a.goal for a, b in pairs]
    gain = _mean(gains)
    low, high = _interval(gains, rule.confidence, seed)
    better = sum(b.tool >= 0.5 > a.tool for a, b in pairs)
    worse = sum(a.tool >= 0.5 > b.tool for a, b in pairs)
    conditions = (
        _enough(len(pairs), max(len(before), len(after)), rule),
        _gains(gain, low, high, rule),
        _no_fall("tool accuracy", [(a.tool, b.tool) for a, b in pairs], 0.0),
        _no_fall("execution accuracy", [(a.execution, b.execution) for a, b in pairs], 0.0),
        _no_fall("the share of valid answers", [(a.valid, b.valid) for a, b in pairs], rule.max_valid_drop),
        _categories(pairs, rule),
    )
    outcome: Outcome = "promote" if all(condition.holds for condition in conditions) else "refuse"
    return Verdict(outcome, conditions, len(pairs), gain, low, high, better, worse, mcnemar(better, worse))


def refused(reason: str) -> Verdict:
    """The verdict on a candidate that cannot be compared at all, such as one that diverged."""
    return Verdict("refuse", (Condition("candidate", holds=False, text=reason),), 0, 0.0, 0.0, 0.0, 0, 0, 1.0)


def mcnemar(better: int, worse: int) -> float:
    """The two-sided p-value of the exact McNemar test: how likely such a difference is when nothing has changed."""
    total = better + worse
    if not total:
        return 1.0
    tail = sum(comb(total, k) for k in range(min(better, worse) + 1)) / 2**total
    return min(1.0, 2 * tail)


def _enough(paired: int, most: int, rule: Rule) -> Condition:
    lost = f" ({most - paired} have no counterpart)" if most > paired else ""
    text = f"{paired} cases were compared{lost}; at least {rule.min_cases} are needed."
    return Condition("cases", holds=paired >= rule.min_cases, text=text)


def _gains(gain: float, low: float, high: float, rule: Rule) -> Condition:
    text = (
        f"Tool and execution accuracy together changed by {_points(gain)}, {rule.confidence:.0%} interval "
        f"{_points(low)} to {_points(high)}; at least {_points(rule.min_gain)} and an interval above 0 are needed."
    )
    return Condition("gain", holds=gain >= rule.min_gain and low > 0, text=text)


def _no_fall(what: str, pairs: Sequence[tuple[float, float]], allowed: float) -> Condition:
    before, after = _mean([a for a, _ in pairs]), _mean([b for _, b in pairs])
    text = f"{what[0].upper()}{what[1:]}: {before:.1%} before, {after:.1%} after."
    if allowed:
        text = f"{text[:-1]}; it may fall by {_points(allowed, sign=False)}."
    return Condition(what, holds=after >= before - allowed - 1e-9, text=text)


def _categories(pairs: Sequence[tuple[Scored, Scored]], rule: Rule) -> Condition:
    groups: dict[str, list[tuple[Scored, Scored]]] = {}
    for pair in pairs:
        groups.setdefault(pair[1].category, []).append(pair)
    means = {
        name: (_mean([a.goal for a, _ in group]), _mean([b.goal for _, b in group]))
        for name, group in sorted(groups.items())
    }
    fallen = {name: (a, b) for name, (a, b) in means.items() if a > b + 1e-9}
    too_far = {name: (a, b) for name, (a, b) in fallen.items() if a - b > _allowed(len(groups[name]), rule) + 1e-9}
    told = ", ".join(f"{name} from {a:.1%} to {b:.1%}" for name, (a, b) in (too_far or fallen).items())
    if too_far:
        text = f"Tool and execution accuracy together fell too far in categories: {told}."
        return Condition("categories", holds=False, text=text)
    text = f"In no category did the two together fall by more than {_points(rule.max_category_drop, sign=False)}"
    if any(len(groups[name]) < SMALL_CATEGORY for name in fallen):
        text += f" (or one case of fewer than {SMALL_CATEGORY})"
    return Condition("categories", holds=True, text=f"{text}; they fell in {told}." if fallen else f"{text}.")


def _allowed(count: int, rule: Rule) -> float:
    """By how much a category of so many cases may fall."""
    return max(rule.max_category_drop, 1 / count if count < SMALL_CATEGORY else 0.0)


def _interval(gains: Sequence[float], confidence: float, seed: int) -> tuple[float, float]:
    """The percentile interval of the mean, by resampling cases with replacement."""
    if not gains:
        return 0.0, 0.0
    draw = random.Random(seed)  # noqa: S311 - statistics, no secret
    means = sorted(_mean(draw.choices(gains, k=len(gains))) for _ in range(RESAMPLES))
    cut = int((1 - confidence) / 2 * RESAMPLES)
    return means[cut], means[-1 - cut]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _points(share: float, *, sign: bool = True) -> str:
    return f"{100 * share:+.1f} points" if sign else f"{100 * share:.1f} points"
