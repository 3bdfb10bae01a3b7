"""Comparisons are made case by case: what was gained and lost, how sure that is, regressions first."""

from __future__ import annotations

import pytest

from punie_training.evals.comparing import compare
from punie_training.exceptions import EvaluationError
from tests.unit.training.evals.results import answered, evaluation


def test_gained_and_lost() -> None:
    before = evaluation(answered("a"), answered("b", right=False), answered("c", right=False), answered("d"))
    after = evaluation(answered("a"), answered("b"), answered("c"), answered("d", right=False), model="two")

    found = compare(before, after)

    tool = found.deltas["tool"]
    assert (tool.before, tool.after, tool.change, tool.gained, tool.lost) == (0.5, 0.75, 0.25, 2, 1)
    assert tool.change in tool.interval
    assert tool.chance == 1.0
    assert [change.after.id for change in found.regressions] == ["d"]
    assert [change.after.id for change in found.improvements] == ["b", "c"]
    assert found.regressions[0].before.answer


def test_a_clear_gain_is_no_chance() -> None:
    before = evaluation(*(answered(f"{i}", right=False) for i in range(20)))
    after = evaluation(*(answered(f"{i}") for i in range(20)))

    tool = compare(before, after).deltas["tool"]

    assert tool.chance < 0.001
    assert (tool.interval.low, tool.interval.high) == (1.0, 1.0)


def test_the_worst_regression_comes_first() -> None:
    before = evaluation(answered("a"), answered("b"))
    after = evaluation(answered("a", right=False, credit=0.4), answered("b", right=False, credit=0.0))

    assert [change.after.id for change in compare(before, after).regressions] == ["b", "a"]


def test_only_common_questions_are_compared() -> None:
    before = evaluation(answered("a", seed=0), answered("a", seed=1))
    after = evaluation(answered("a", seed=1, right=False), answered("a", seed=2))

    found = compare(before, after)

    assert found.paired == 1
    assert found.deltas["tool"].change == -1.0


def test_by_category() -> None:
    before = evaluation(answered("a", category="text"), answered("b", category="lsp"))
    after = evaluation(answered("a", category="text", right=False), answered("b", category="lsp"))

    found = compare(before, after).by_category

    assert {name: deltas["tool"].change for name, deltas in found.items()} == {"lsp": 0.0, "text": -1.0}


def test_other_suites_are_refused() -> None:
    with pytest.raises(EvaluationError, match="different questions"):
        compare(evaluation(answered("a")), evaluation(answered("a"), suite_hash="other"))


def test_nothing_in_common() -> None:
    with pytest.raises(EvaluationError, match="no answer in common"):
        compare(evaluation(answered("a")), evaluation(answered("a", temperature=0.7)))
