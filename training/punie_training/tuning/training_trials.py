"""A trial of `tune train`: an adapter trained with a trial's settings, and what it is worth."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from punie_training.mlx.config import LoraConfig, config_of
from punie_training.mlx.job import Event, LoraJob, LoraResult, ValidPoint
from punie_training.mlx.lora import run_lora
from punie_training.tuning.space import KEYS, Parameter, Value
from punie_training.tuning.studies import Goal
from punie_training.tuning.trials import Objective, Pruned, RunningTrial

if TYPE_CHECKING:
    from punie_training.evals.executing import Executions
    from punie_training.evals.suite import Suite

# Validations that even the shortest trial has: without them none could be ended early.
VALIDATIONS = 4


@dataclass(frozen=True)
class TrainStudy:
    """What all trials of a study share.

    Args:
        base: the base model's folder.
        data: mlx-lm's folder, rendered for this base.
        config: settings that are not tuned.
        goal: what a trial is worth: its lowest loss on the validation data, or its accuracy.
        suite: what the accuracy is measured on; None for the loss.
        metric: which accuracy: valid, tool, args, execution or exact.
        folder: where adapters are kept; all but the best one are deleted.
        seed: of each training run.
    """

    base: Path
    data: Path
    config: LoraConfig
    goal: Goal
    folder: Path
    suite: Suite | None = None
    metric: str = "execution"
    seed: int = 0


@asynccontextmanager
async def training_objective(study: TrainStudy, space: tuple[Parameter, ...]) -> AsyncGenerator[Objective]:
    """The objective of a study; programs of its suite are executed once for all trials."""
    config = with_validations(study.config, space)
    async with AsyncExitStack() as stack:
        executions: Executions | None = None
        if study.suite is not None:
            from punie_training.evals.executing import open_executions

            executions = await stack.enter_async_context(open_executions(study.suite.workspace))

        async def objective(trial: RunningTrial) -> float:
            adapter = study.folder / f"trial-{trial.number:05d}"
            forget(adapter)
            settings = config_with(config, trial.values)
            result = await _train(LoraJob(study.base, study.data, adapter, settings, study.seed), trial)
            trial.note("adapter", str(adapter))
            trial.note("best_valid", result.best_valid)
            if study.suite is None or executions is None:
                return float("nan") if result.best_valid is None else result.best_valid
            return await _accuracy(study, study.suite, adapter, executions, trial)

        yield objective


def config_with(config: LoraConfig, values: dict[str, Value]) -> LoraConfig:
    """Settings with a trial's values. Raises RunError when they do not fit together."""
    changes: dict[str, Any] = dict(values)
    if isinstance(name := changes.get("keys"), str):
        changes["keys"] = KEYS[name]
    return config_of({**config.model_dump(), **changes}, "the trial's settings")


def with_validations(config: LoraConfig, space: tuple[Parameter, ...]) -> LoraConfig:
    """The same settings, validated at the same iterations in all trials, often enough for the shortest of them."""
    iters = next((parameter for parameter in space if parameter.name == "iters"), None)
    shortest = config.iters if iters is None else int(min(iters.choices or (iters.low,), key=float))
    every = max(1, min(config.steps_per_eval, shortest // VALIDATIONS))
    return config.model_copy(update={"steps_per_eval": every, "val_batches": config.val_batches or -1})


def data_hash(folder: Path) -> str:
    """Equal for equal training and validation data."""
    digest = hashlib.sha256()
    for name in ("train.jsonl", "valid.jsonl"):
        if (path := folder / name).is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def keep_best(folder: Path, best: Path | None) -> None:
    """Delete the adapters of all trials but the best one."""
    for path in folder.glob("trial-*"):
        if best is None or path.name.removesuffix(".work") != best.name:
            shutil.rmtree(path, ignore_errors=True)


def forget(adapter: Path) -> None:
    """Delete a trial's adapter and its run's own files."""
    for path in (adapter, adapter.with_name(f"{adapter.name}.work")):
        shutil.rmtree(path, ignore_errors=True)


async def _train(job: LoraJob, trial: RunningTrial) -> LoraResult:
    """Train; end it as soon as other trials were better at the same iteration."""
    behind = 0

    def hear(event: Event) -> None:
        nonlocal behind
        if isinstance(event, ValidPoint) and not behind and trial.loss(event.iteration, event.loss):
            behind = max(1, event.iteration)
            running.cancel()

    running = asyncio.ensure_future(run_lora(job, hear))
    try:
        result = await running
    except asyncio.CancelledError:
        # Cancelled by ourselves, not by whoever runs the study.
        task = asyncio.current_task()
        if behind and not (task and task.cancelling()):
            raise Pruned(f"others were better after {behind} iterations") from None
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        raise
    if result.diverged:
        raise Pruned("its loss grew instead of falling")
    return result


async def _accuracy(
    study: TrainStudy, suite: Suite, adapter: Path, executions: Executions, trial: RunningTrial
) -> float:
    from punie_training.evals.answering import open_answerer
    from punie_training.evals.evaluating import evaluate

    async with open_answerer(f"{study.base}+{adapter}") as answerer:
        found = await evaluate(answerer, suite, executions=executions)
    trial.note("summary", {name: round(value, 4) for name, value in found.summary.items()})
    return found.summary[study.metric]
