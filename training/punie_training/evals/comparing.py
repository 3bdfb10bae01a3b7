"""Compares evaluations of one suite, case by case: what changed, how sure that is, and what got worse.

Knows results alone; whether a change is good enough is for others to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from punie_training.evals.intervals import Interval, bootstrap, mcnemar
from punie_training.evals.results import METRICS, CaseResult, EvalResult
from punie_training.exceptions import EvaluationError

MEASURES = (*METRICS, "credit")


@dataclass(frozen=True)
class Delta:
    """How one measure changed, over the same questions.

    Attributes:
        metric: which.
        before: its share, from 0 to 1.
        after: the same of the other.
        interval: of the difference, by a bootstrap over cases.
        gained: questions that got right.
        lost: questions that got wrong.
        chance: McNemar's exact probability of such an imbalance if nothing had changed; 1 for `credit`.
    """

    metric: str
    before: float
    after: float
    interval: Interval
    gained: int
    lost: int
    chance: float

    @property
    def change(self) -> float:
        """The difference, from -1 to 1."""
        return self.after - self.before


@dataclass(frozen=True)
class Change:
    """A question that was answered better or worse."""

    before: CaseResult
    after: CaseResult

    @property
    def change(self) -> float:
        """The difference of credit, from -1 to 1."""
        return self.after.credit - self.before.credit


@dataclass(frozen=True)
class Comparison:
    """Two evaluations of one suite.

    Attributes:
        before: the first model.
        after: the second.
        paired: how many questions both answered.
        deltas: by measure.
        by_category: by category and measure.
        regressions: what got worse, the worst first.
        improvements: what got better, the best first.
    """

    before: str
    after: str
    paired: int
    deltas: dict[str, Delta]
    by_category: dict[str, dict[str, Delta]]
    regressions: tuple[Change, ...]
    improvements: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "before": self.before,
            "after": self.after,
            "paired": self.paired,
            "deltas": {name: _plain(delta) for name, delta in self.deltas.items()},
            "by_category": {c: {n: _plain(d) for n, d in deltas.items()} for c, deltas in self.by_category.items()},
            "regressions": [_pair(change) for change in self.regressions],
            "improvements": [_pair(change) for change in self.improvements],
        }


def compare(before: EvalResult, after: EvalResult) -> Comparison:
    """Compare two evaluations on the questions that both answered: same case, same seed, same temperature.

    Raises:
        EvaluationError: they are of different suites, or have no question in common.
    """
    if before.suite_hash != after.suite_hash:
        raise EvaluationError(
            f"{before.model} was evaluated on {before.suite} ({before.suite_hash}) and {after.model} on "
            f"{after.suite} ({after.suite_hash}): these are different questions. Evaluate both on one suite."
        )
    known = {case.key: case for case in before.cases}
    pairs = [Change(known[case.key], case) for case in after.cases if case.key in known]
    if not pairs:
        raise EvaluationError(
            f"{before.model} and {after.model} have no answer in common. Use the same seeds and temperatures for both."
        )
    by_category: dict[str, list[Change]] = defaultdict(list)
    for pair in pairs:
        by_category[pair.after.category].append(pair)
    return Comparison(
        before=before.model,
        after=after.model,
        paired=len(pairs),
        deltas=_deltas(pairs),
        by_category={name: _deltas(group) for name, group in sorted(by_category.items())},
        regressions=tuple(sorted((p for p in pairs if p.change < 0), key=lambda p: (p.change, p.after.key))),
        improvements=tuple(sorted((p for p in pairs if p.change > 0), key=lambda p: (-p.change, p.after.key))),
    )


def _deltas(pairs: Sequence[Change]) -> dict[str, Delta]:
    return {metric: _delta(pairs, metric) for metric in MEASURES}


def _delta(pairs: Sequence[Change], metric: str) -> Delta:
    values = [(float(getattr(p.before, metric)), float(getattr(p.after, metric))) for p in pairs]
    gained = sum(b < a for b, a in values)
    lost = sum(b > a for b, a in values)
    return Delta(
        metric=metric,
        before=sum(b for b, _ in values) / len(values),
        after=sum(a for _, a in values) / len(values),
        interval=_interval(pairs, metric),
        gained=gained,
        lost=lost,
        chance=mcnemar(gained, lost) if metric in METRICS else 1.0,
    )


def _interval(pairs: Sequence[Change], metric: str) -> Interval:
    """The percentile interval of the mean difference; a case is drawn with all its seeds and temperatures."""
    groups: dict[str, list[float]] = defaultdict(list)
    for pair in pairs:
        groups[pair.after.id].append(float(getattr(pair.after, metric)) - float(getattr(pair.before, metric)))
    return bootstrap(list(groups.values()))


def _plain(delta: Delta) -> dict[str, Any]:
    return {**asdict(delta), "change": delta.change}


def _pair(change: Change) -> dict[str, Any]:
    kept = ("called", "answer", "credit", "why")
    return {
        "id": change.after.id,
        "category": change.after.category,
        "query": change.after.query,
        "expected": change.after.expected,
        "reference": change.after.reference,
        "seed": change.after.seed,
        "temperature": change.after.temperature,
        "before": {name: getattr(change.before, name) for name in kept},
        "after": {name: getattr(change.after, name) for name in kept},
    }
