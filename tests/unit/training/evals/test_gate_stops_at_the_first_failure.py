"""The ladder stops at the first failure, and says what was spent and what was spared."""

from __future__ import annotations

from pathlib import Path

from punie_training.evals.gate import Climbed, Finding, GateOptions, Step, Trial, climb
from punie_training.exceptions import BaseModelError


async def _good(trial: Trial) -> Finding:
    return Finding(True, "fine", {"speed": 1.0})


async def _bad(trial: Trial) -> Finding:
    return Finding(False, "too slow")


async def _raises(trial: Trial) -> Finding:
    raise BaseModelError("no tokenizer")


def _ladder(*trials: object) -> tuple[Step, ...]:
    return tuple(Step(f"step{n}", "tries", trial) for n, trial in enumerate(trials, start=1))  # type: ignore


async def test_all_steps() -> None:
    seen: list[Climbed] = []

    result = await climb(Path("m"), GateOptions(), seen.append, steps=_ladder(_good, _good))

    assert result.passed
    assert [step.name for step in seen] == ["step1", "step2"]
    assert result.verdict.startswith("m is worth training: it passed all 2 steps in 0 s.")
    assert result.as_json()["steps"][0]["figures"] == {"speed": 1.0}


async def test_a_failure_spares_the_rest() -> None:
    result = await climb(Path("m"), GateOptions(), steps=_ladder(_good, _bad, _good, _good))

    assert not result.passed
    assert [step.passed for step in result.steps] == [True, False]
    assert result.left == ("step3", "step4")
    assert "fails at the step step2" in result.verdict
    assert "Not tried, and not paid for: step3, step4." in result.verdict


async def test_an_error_is_a_failure_with_its_words() -> None:
    result = await climb(Path("m"), GateOptions(), steps=_ladder(_raises, _good))

    assert result.steps[0].text == "no tokenizer"
    assert not result.passed


async def test_what_was_opened_is_closed(tmp_path: Path) -> None:
    closed: list[str] = []

    async def opens(trial: Trial) -> Finding:
        trial.stack.callback(closed.append, "server")
        return Finding(True, "open")

    await climb(Path("m"), GateOptions(), steps=_ladder(opens, _bad))

    assert closed == ["server"]
