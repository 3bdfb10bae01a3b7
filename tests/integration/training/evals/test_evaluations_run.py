"""Whole evaluations of scripted answers: seeds, temperatures, progress, and models that are lost in the middle."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from punie_agent.models.small_prompt import fenced
from punie_training import places
from punie_training.evals import Answer, EvalOptions, evaluate, load_result, load_suite
from punie_training.evals.evaluating import EvaluationCut, Progress
from punie_training.evals.scripted import ScriptedAnswerer
from punie_training.evals.suite import Case, Suite
from punie_training.exceptions import EvaluationError

LINT = Case(id="lint", category="single_tool", query="Lint it", programs=("ruff_check()",))
TYPES = Case(id="types", category="single_tool", query="Check types", programs=("typecheck()",))
HELLO = Case(id="hello", category="direct", query="Hello", tool="answer")
SUITE = Suite(name="three", cases=(LINT, TYPES, HELLO))


class Moody:
    """Answers well with even seeds only, and remembers what it was asked."""

    name = "moody"

    def __init__(self) -> None:
        self.asked: list[tuple[str, float, int]] = []
        self.open = 0
        self.most_open = 0

    async def answer(self, query: str, *, temperature: float, seed: int) -> Answer:
        self.asked.append((query, temperature, seed))
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        await asyncio.sleep(0.02)
        self.open -= 1
        return Answer(fenced("ruff_check()") if seed % 2 == 0 else "words", 0.1, 0.5, 10)


class Mortal(Moody):
    """Answers twice."""

    async def answer(self, query: str, *, temperature: float, seed: int) -> Answer:
        if len(self.asked) == 2:
            raise EvaluationError("The server of mortal died twice.")
        return await super().answer(query, temperature=temperature, seed=seed)


async def test_scripted_references_are_all_right() -> None:
    suite = load_suite("core-20").model_copy(update={"cases": (*load_suite("core-20").cases[:2], HELLO)})
    answers = {case.query: fenced(case.programs[0]) if case.programs else "Good day!" for case in suite.cases}
    seen: list[Progress] = []

    result = await evaluate(ScriptedAnswerer("script", answers), suite, on_progress=seen.append)

    assert result.summary == {"valid": 1, "tool": 1, "args": 1, "execution": 1, "exact": 2 / 3, "credit": 1}
    assert result.complete
    assert [case.id for case in result.cases] == [case.id for case in suite.cases]
    assert seen[-1] == Progress(3, 3, 3)
    assert result.versions["pydantic-evals"]


async def test_seeds_and_temperatures() -> None:
    moody = Moody()

    result = await evaluate(moody, SUITE, EvalOptions(seeds=3, temperatures=(0.0, 0.7)))

    assert len(moody.asked) == 3 * (1 + 3)
    assert {(t, s) for _, t, s in moody.asked} == {(0.0, 0), (0.7, 0), (0.7, 1), (0.7, 2)}
    lint = [case for case in result.cases if case.id == "lint"]
    assert [(case.temperature, case.seed, case.tool) for case in lint] == [
        (0.0, 0, True),
        (0.7, 0, True),
        (0.7, 1, False),
        (0.7, 2, True),
    ]
    assert result.by_temperature["0"]["count"] == 3
    assert result.interval("tool").method == "bootstrap over cases, 95 %"
    assert result.latency["tokens_per_second"] == 20.0


async def test_no_more_queries_are_open_than_allowed() -> None:
    moody = Moody()

    await evaluate(moody, SUITE, EvalOptions(seeds=4, temperatures=(0.7,), at_once=2))

    assert moody.most_open == 2


async def test_a_lost_model_ends_it_and_leaves_what_was_answered(tmp_path: Path) -> None:
    options = EvalOptions(at_once=1, partial=tmp_path / "part.json")

    with pytest.raises(EvaluationCut, match=r"mortal died twice\. 2 of 3 answers are in .*part\.json") as caught:
        await evaluate(Mortal(), SUITE, options)

    kept = load_result(tmp_path / "part.json")
    assert not kept.complete
    assert [case.id for case in kept.cases] == ["lint", "types"]
    assert caught.value.result == kept


async def test_what_was_answered_is_kept_when_the_user_stops_it(tmp_path: Path) -> None:
    options = EvalOptions(seeds=8, temperatures=(0.7,), at_once=1)
    task = asyncio.ensure_future(evaluate(Moody(), SUITE, options, lambda done: task.cancel()))

    with pytest.raises(asyncio.CancelledError):
        await task

    (kept,) = (places.cache() / "evaluations").glob("*.partial.json")
    assert 1 <= len(load_result(kept).cases) < 24


async def test_a_megabyte_of_answer_counts_as_wrong_and_is_not_kept_whole() -> None:
    result = await evaluate(ScriptedAnswerer("long", {"*": "la " * 400_000}), SUITE)

    assert result.summary["valid"] == 0.0
    assert result.cases[0].why == "said more than 32000 characters"
    assert len(result.cases[0].answer) < 5_000


@pytest.mark.parametrize(
    "options", [{"seeds": 0}, {"at_once": 0}, {"temperatures": ()}, {"temperatures": (-1.0,)}, {"limit": 0}]
)
async def test_options_that_measure_nothing(options: dict[str, object]) -> None:
    with pytest.raises(EvaluationError):
        await evaluate(Moody(), SUITE, EvalOptions(**options))  # type: ignore
