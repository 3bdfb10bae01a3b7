"""Evaluations on disk become a verdict, and a report that begins with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.evals.results import CaseResult, EvalResult
from punie_training.exceptions import EvaluationError, RunError
from punie_training.mlx.config import LoraConfig
from punie_training.runs.deciding import decide, read_verdict, scored
from punie_training.runs.folder import RunFolder, create
from punie_training.runs.reporting import page
from punie_training.runs.state import STAGES, RunState
from punie_training.runs.work import Work
from tests.unit.training.runs.planning import a_plan


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path))
    return create(a_plan(config=LoraConfig(), incumbent="old-one"))


def case(number: int, *, right: bool, seed: int = 0, answer: str = "") -> CaseResult:
    called = "typecheck" if right else "ruff_check"
    return CaseResult(
        id=f"c{number}",
        category="single_tool",
        query=f"Check types in part {number}",
        expected="typecheck",
        reference="typecheck()",
        seed=seed,
        called=called,
        answer=answer or f"```python\n{called}()\n```",
        valid=True,
        tool=right,
        args=right,
        execution=right,
        exact=right,
        credit=1.0 if right else 0.0,
        why="" if right else "called ruff_check, not typecheck",
        seconds=0.2,
    )


def result(marks: str, *, suite: str = "s", answer: str = "") -> EvalResult:
    cases = tuple(case(number, right=mark == "1", answer=answer) for number, mark in enumerate(marks))
    return EvalResult(model="m", suite="held-out", suite_hash=suite, cases=cases)


def state_of(folder: RunFolder, **results: dict[str, object]) -> RunState:
    state = folder.state()
    for name in STAGES:
        state = state.done(name, "t", 1.5, {"summary": "", **results.get(name, {})})
    return state


async def judged(folder: RunFolder, before: EvalResult, after: EvalResult, **results: dict[str, object]) -> RunState:
    before.save(folder.evaluation("base"))
    after.save(folder.evaluation("candidate"))
    state = state_of(folder, baseline={"against": "base"}, **results)
    verdict = await decide(Work(folder, lambda event: None), state)
    return state.done("verdict", "t", 0.1, verdict)


async def test_a_better_candidate_is_promoted(folder: RunFolder) -> None:
    state = await judged(folder, result("0000100000" * 2), result("1111111101" * 2))

    verdict = read_verdict(state.result("verdict"))
    assert verdict.outcome == "promote"
    assert verdict.gain == pytest.approx(0.8)
    assert state.result("verdict")["summary"] == "better: +80.0 points on 20 cases"


async def test_it_is_compared_with_what_is_promoted_when_something_is(folder: RunFolder) -> None:
    result("1" * 20).save(folder.evaluation("incumbent"))
    result("0" * 20).save(folder.evaluation("base"))
    result("1" * 20).save(folder.evaluation("candidate"))

    verdict = await decide(Work(folder, lambda event: None), state_of(folder, baseline={"against": "incumbent"}))

    assert verdict["outcome"] == "refuse"


async def test_one_that_diverged_is_refused_with_the_reason(folder: RunFolder) -> None:
    state = state_of(folder, lora={"diverged": True, "notes": ["The loss is 13.6 at iteration 14."]})

    verdict = await decide(Work(folder, lambda event: None), state)

    assert verdict["outcome"] == "refuse"
    assert verdict["reasons"] == ["The training diverged. The loss is 13.6 at iteration 14."]


async def test_different_questions_are_not_compared(folder: RunFolder) -> None:
    with pytest.raises(RunError, match="were asked different questions"):
        await judged(folder, result("0" * 20), result("1" * 20, suite="other"))


async def test_an_evaluation_that_is_gone_is_named(folder: RunFolder) -> None:
    with pytest.raises(EvaluationError, match=r"eval-base\.json"):
        await decide(Work(folder, lambda event: None), state_of(folder))


def test_several_answers_to_a_question_count_as_their_mean() -> None:
    (found,) = scored([case(1, right=True), case(1, right=False, seed=1)])

    assert (found.tool, found.execution, found.valid) == (0.5, 0.5, 1.0)


async def test_the_report_has_regressions_first_with_both_answers(folder: RunFolder) -> None:
    state = await judged(
        folder,
        result("1000000000" * 2, answer="<script>before</script>"),
        result("0111111111" * 2, answer="after & all"),
    )

    text = page(folder, folder.plan(), state.done("registry", "t", 0.1, {"promoted": False}))

    assert "Regressions (2)" in text
    assert "Improvements (18)" in text
    assert text.index("Check types in part 0") < text.index("Improvements (18)") < text.index("Check types in part 1 ")
    assert "<script>" not in text
    assert "&lt;script&gt;before&lt;/script&gt;" in text
    assert "after &amp; all" in text


async def test_the_report_of_a_refusal_says_what_stays(folder: RunFolder) -> None:
    state = state_of(folder, lora={"diverged": True}, registry={"promoted": False})
    verdict = await decide(Work(folder, lambda event: None), state)

    text = page(folder, folder.plan(), state.done("verdict", "t", 0.1, verdict))

    assert "Refused: tiny-20260301-120000-ab12" in text
    assert "What was promoted stays: old-one." in text
    assert "No model was evaluated." in text
    assert "No losses were reported." in text
