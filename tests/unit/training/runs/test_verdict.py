"""A candidate is promoted only when it is better beyond the noise and worse nowhere."""

from __future__ import annotations

import pytest

from punie_training.runs.verdict import Condition, Rule, Scored, Verdict, judge, mcnemar, refused


def scores(right: str, category: str = "single_tool", start: int = 0, valid: float = 1.0) -> list[Scored]:
    """Cases of one category: `1` for a right one, `0` for a wrong one."""
    return [Scored(f"c{start + n}", category, valid, float(mark), float(mark)) for n, mark in enumerate(right)]


def failed(verdict: Verdict) -> list[str]:
    return [condition.name for condition in verdict.conditions if not condition.holds]


def test_what_is_clearly_better_is_promoted() -> None:
    verdict = judge(scores("0000000011" * 3), scores("1111111011" * 3))

    assert verdict.outcome == "promote"
    assert verdict.cases == 30
    assert verdict.gain == pytest.approx(0.7)
    assert 0 < verdict.low < verdict.gain < verdict.high < 1
    assert (verdict.better, verdict.worse) == (21, 0)
    assert verdict.p_value < 0.001


def test_what_is_the_same_is_refused() -> None:
    verdict = judge(scores("0101" * 10), scores("0101" * 10))

    assert verdict.outcome == "refuse"
    assert failed(verdict) == ["gain"]
    assert verdict.reasons[0].startswith("Tool and execution accuracy together changed by +0.0 points")


def test_a_gain_within_the_noise_is_refused() -> None:
    before, after = scores("1" * 5 + "0" * 15), scores("0" * 3 + "1" * 2 + "1" * 5 + "0" * 10)

    verdict = judge(before, after)

    assert verdict.gain == pytest.approx(0.1)
    assert verdict.low <= 0
    assert failed(verdict) == ["gain"]


def test_a_gain_below_the_margin_is_refused_though_it_is_certain() -> None:
    before = scores("1" * 490 + "0" * 10)
    after = scores("1" * 500)

    assert judge(before, after).low > 0
    assert failed(judge(before, after)) == ["gain"]
    assert judge(before, after, Rule(min_gain=0.01)).outcome == "promote"


def test_too_few_cases_tell_nothing() -> None:
    assert failed(judge(scores("0" * 9), scores("1" * 9))) == ["cases"]


def test_nothing_to_compare_is_refused() -> None:
    assert "cases" in failed(judge([], []))
    assert "cases" in failed(judge(scores("0" * 20), scores("1" * 20, start=100)))


def test_cases_are_paired_by_their_ids_whatever_their_order() -> None:
    before, after = scores("0" * 20), scores("1" * 20)

    assert judge(before, after[::-1]).gain == judge(before, after).gain == 1.0


def test_better_tools_at_the_price_of_results_are_refused() -> None:
    before = [Scored(f"c{n}", "x", 1.0, 0.0, 0.5) for n in range(20)]
    after = [Scored(f"c{n}", "x", 1.0, 1.0, 0.4) for n in range(20)]

    verdict = judge(before, after)

    assert failed(verdict) == ["execution accuracy"]
    assert verdict.reasons == ("Execution accuracy: 50.0% before, 40.0% after.",)


def test_a_fall_of_valid_answers_is_refused() -> None:
    before = scores("0" * 40)
    after = [*scores("1" * 39), Scored("c39", "single_tool", 0.0, 1.0, 1.0)]

    assert failed(judge(before, after)) == ["the share of valid answers"]
    assert judge(before, after, Rule(max_valid_drop=0.05)).outcome == "promote"


def test_a_category_that_falls_is_refused_however_good_the_rest_is() -> None:
    before = scores("0" * 80) + scores("1" * 20, "direct", 80)
    after = scores("1" * 80) + scores("1" * 15 + "0" * 5, "direct", 80)

    verdict = judge(before, after)

    assert failed(verdict) == ["categories"]
    assert verdict.reasons == (
        "Tool and execution accuracy together fell too far in categories: direct from 100.0% to 75.0%.",
    )


def test_a_category_that_falls_a_little_is_named() -> None:
    before = scores("0" * 80) + scores("1" * 20, "direct", 80)
    after = scores("1" * 80) + scores("1" * 19 + "0", "direct", 80)

    *_, told = judge(before, after).conditions

    limit = "In no category did the two together fall by more than 10.0 points"
    assert told.holds
    assert told.text == f"{limit}; they fell in direct from 100.0% to 95.0%."
    *_, none = judge(before, scores("1" * 100)).conditions
    assert none.text == f"{limit}."


def test_one_case_of_a_small_category_may_fall() -> None:
    before = scores("0" * 40) + scores("1" * 4, "multi_step", 40)

    verdict = judge(before, scores("1" * 40) + scores("1110", "multi_step", 40))

    assert verdict.outcome == "promote"
    assert "(or one case of fewer than 8); they fell in multi_step from 100.0% to 75.0%" in verdict.conditions[-1].text
    assert failed(judge(before, scores("1" * 40) + scores("1100", "multi_step", 40))) == ["categories"]


def test_the_same_scores_have_the_same_verdict() -> None:
    before, after = scores("01" * 15), scores("011" * 10)

    assert judge(before, after, seed=3) == judge(before, after, seed=3)


@pytest.mark.parametrize(("better", "worse", "p"), [(0, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (3, 3, 1.0)])
def test_mcnemar_is_exact(better: int, worse: int, p: float) -> None:
    assert mcnemar(better, worse) == pytest.approx(p)
    assert mcnemar(worse, better) == pytest.approx(p)


def test_what_cannot_be_compared_is_refused_with_its_reason() -> None:
    verdict = refused("The training diverged.")

    assert verdict.outcome == "refuse"
    assert verdict.reasons == ("The training diverged.",)
    assert verdict.conditions == (Condition("candidate", holds=False, text="The training diverged."),)
