"""One evaluation: every case asked at every seed and temperature, answers executed and scored while others are asked.

Runs on pydantic-evals. Knows nothing of how models are started.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from punie_training import places
from punie_training.evals.answering import Answer, Answerer
from punie_training.evals.executing import Executions, open_executions
from punie_training.evals.results import CaseResult, EvalResult
from punie_training.evals.scoring import UNREADABLE, Score, score
from punie_training.evals.suite import Case, Suite
from punie_training.exceptions import EvaluationError, MissingExtra

try:
    from pydantic_evals import Case as EvalCase
    from pydantic_evals import Dataset
    from pydantic_evals.evaluators import EvaluationReason, Evaluator, EvaluatorContext
except ImportError as error:
    raise MissingExtra("pydantic-evals") from error

logger = logging.getLogger(__name__)

# What is kept of an answer; a broken model may say a megabyte.
MOST_KEPT = 4_000
MOST_READ = 32_000

_PACKAGES = ("punie-ls", "pydantic-evals", "pydantic-monty", "ty", "ruff", "mlx-lm", "mlx")


@dataclass(frozen=True)
class EvalOptions:
    """How to evaluate.

    Attributes:
        seeds: how many answers at each temperature above 0.
        temperatures: of sampling.
        at_once: how many queries are open at a time.
        limit: at most so many cases, taken evenly.
        partial: where to save what there is when the model is lost; None is a file in the cache.
        settings: what else is worth keeping in the results, such as the prompt.
    """

    seeds: int = 1
    temperatures: tuple[float, ...] = (0.0,)
    at_once: int = 4
    limit: int | None = None
    partial: Path | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.seeds < 1 or self.at_once < 1:
            raise EvaluationError("An evaluation needs at least one seed and one query at a time.")
        if not self.temperatures or any(not 0 <= t <= 5 for t in self.temperatures):
            raise EvaluationError("Temperatures are between 0 and 5; pass at least one.")

    @property
    def runs(self) -> list[tuple[int, float]]:
        """Seed and temperature of each answer to a case; at temperature 0 all seeds would say the same."""
        return [(s, t) for t in dict.fromkeys(self.temperatures) for s in range(1 if t == 0 else self.seeds)]


@dataclass(frozen=True)
class Progress:
    """How far an evaluation is: answers so far, of how many, and how many of them called the right tool."""

    done: int
    total: int
    right: int


OnProgress = Callable[[Progress], object]


class EvaluationCut(EvaluationError):
    """The model was lost in the middle.

    Attributes:
        result: what had been answered until then.
    """

    def __init__(self, message: str, result: EvalResult) -> None:
        super().__init__(message)
        self.result = result


def _ignore(progress: Progress) -> None:
    """Nobody wants to know."""


async def evaluate(
    answerer: Answerer,
    suite: Suite,
    options: EvalOptions | None = None,
    on_progress: OnProgress = _ignore,
    *,
    executions: Executions | None = None,
) -> EvalResult:
    """Ask a model every query of a suite, and score what it says.

    Args:
        answerer: the model.
        suite: what it is asked.
        options: seeds, temperatures, limits.
        on_progress: called after each answer.
        executions: those of another evaluation on the same workspace, so that equal programs run once for both.

    Raises:
        EvaluationCut: the model could not be asked any more; what there was is saved.
        EvaluationError: the workspace cannot be opened.
    """
    options = options or EvalOptions()
    suite = suite.first(options.limit)
    began, started = time.monotonic(), time.time()
    async with AsyncExitStack() as stack:
        if executions is None:
            executions = await stack.enter_async_context(open_executions(suite.workspace))
        run = _Run(answerer, executions, options, on_progress, len(suite.cases) * len(options.runs))
        try:
            await run.all(suite)
        except BaseException:  # what was answered is kept, also when the user stops it
            if run.scored:
                _save_partial(_result(answerer, suite, options, run, began, started), options)
            raise
    result = _result(answerer, suite, options, run, began, started)
    if run.lost:
        saved = _save_partial(result, options)
        raise EvaluationCut(f"{run.lost} {len(result.cases)} of {run.total} answers are in {saved}.", result)
    return result


@dataclass(frozen=True)
class _Asked:
    """One question of an evaluation; `number` orders the results."""

    number: int
    case: Case
    seed: int
    temperature: float


class _Run:
    """The state of one evaluation."""

    def __init__(
        self,
        answerer: Answerer,
        executions: Executions,
        options: EvalOptions,
        on_progress: OnProgress,
        total: int,
    ) -> None:
        self.executions = executions
        self.total = total
        self.lost = ""
        self.scored: dict[int, CaseResult] = {}
        self._answerer = answerer
        self._options = options
        self._on_progress = on_progress
        self._free = asyncio.Semaphore(options.at_once)

    async def all(self, suite: Suite) -> None:
        """Ask and score everything. Programs are executed while other queries wait for the model."""
        asked = [(case, *run) for run in self._options.runs for case in suite.cases]
        cases = [
            EvalCase(name=f"{case.id} (seed {seed}, temperature {temperature:g})",
                     inputs=_Asked(number, case, seed, temperature))
            for number, (case, seed, temperature) in enumerate(asked)
        ]  # fmt: skip
        dataset = Dataset[_Asked, Answer, None](name=suite.name, cases=cases, evaluators=[_Scored(self)])
        report = await dataset.evaluate(
            self._ask, name=self._answerer.name, max_concurrency=3 * self._options.at_once, progress=False
        )
        if self.lost:
            return
        for failed in report.failures:
            raise EvaluationError(f"{failed.name}: {failed.error_message}")
        for case in report.cases:
            for failure in case.evaluator_failures:
                raise EvaluationError(f"{case.name} could not be scored: {failure.error_message}")

    async def _ask(self, asked: _Asked) -> Answer:
        async with self._free:
            if self.lost:
                raise EvaluationError(self.lost)
            try:
                return await self._answerer.answer(asked.case.query, temperature=asked.temperature, seed=asked.seed)
            except EvaluationError as error:
                self.lost = self.lost or str(error)
                raise

    async def judge(self, asked: _Asked, answer: Answer) -> CaseResult:
        """Score an answer, and keep it."""
        case = asked.case
        if len(answer.text) <= MOST_READ:
            found = await score(case, answer.text, self.executions, cut=answer.cut)
        else:
            found = _too_long()
        result = CaseResult(
            id=case.id, category=case.category, query=case.query, expected=case.expected,
            reference=case.programs[0] if case.programs else case.answer, seed=asked.seed,
            temperature=asked.temperature, called=found.called, answer=_cut(answer.text), valid=found.valid,
            tool=found.tool, args=found.args, execution=found.execution, exact=found.exact, credit=found.credit,
            why=found.why, first_token_seconds=answer.first_token_seconds, seconds=answer.seconds,
            tokens=answer.tokens, tool_seconds=found.tool_seconds, own_seconds=found.own_seconds,
        )  # fmt: skip
        self.scored[asked.number] = result
        self._on_progress(Progress(len(self.scored), self.total, sum(r.tool for r in self.scored.values())))
        return result


@dataclass(repr=False)
class _Scored(Evaluator[_Asked, Answer, None]):
    """Our scores as pydantic-evals has them."""

    run: _Run

    async def evaluate(self, ctx: EvaluatorContext[_Asked, Answer, None]) -> dict[str, Any]:
        found = await self.run.judge(ctx.inputs, ctx.output)
        return {
            "valid": found.valid,
            "tool": EvaluationReason(found.tool, found.why or None),
            "args": found.args,
            "execution": found.execution,
            "exact": found.exact,
            "credit": found.credit,
            "called": found.called,
        }


def _result(
    answerer: Answerer, suite: Suite, options: EvalOptions, run: _Run, began: float, started: float
) -> EvalResult:
    return EvalResult(
        model=answerer.name,
        suite=suite.name,
        suite_hash=suite.hash,
        complete=len(run.scored) == run.total,
        settings=_settings(options),
        versions=_versions(),
        started=started,
        seconds=time.monotonic() - began,
        cases=tuple(run.scored[key] for key in sorted(run.scored)),
    )


def _too_long() -> Score:
    why = f"said more than {MOST_READ} characters"
    return Score(False, False, False, False, False, UNREADABLE, why)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_KEPT else f"{text[:MOST_KEPT]}… ({len(text) - MOST_KEPT} more characters)"


def _settings(options: EvalOptions) -> dict[str, Any]:
    return {"seeds": options.seeds, "temperatures": list(options.temperatures), **options.settings}


def _versions() -> dict[str, str]:
    return {name: found for name in _PACKAGES if (found := _version(name))}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _save_partial(result: EvalResult, options: EvalOptions) -> Path:
    """Keep what there is of an evaluation that ended early."""
    path = options.partial or places.cache() / "evaluations" / f"{time.strftime('%Y%m%d-%H%M%S')}.partial.json"
    try:
        result.save(path)
    except EvaluationError as error:
        logger.warning("%s", error)
    return path
