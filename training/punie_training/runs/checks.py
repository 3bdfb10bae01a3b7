"""The second stage: everything that can be known to be wrong before hours are spent, and the settings for the rest."""

from __future__ import annotations

import asyncio
from typing import Any

from punie_training.chats import Problem, check_chat, refusals, render
from punie_training.chats.lengths import longest_chat
from punie_training.dataset import Dataset
from punie_training.exceptions import DatasetError, RunError
from punie_training.mlx import machine
from punie_training.mlx.config import LoraConfig, config_of
from punie_training.mlx.defaults import defaults_for
from punie_training.mlx.estimates import Estimate, gib, refuse_what_cannot_run
from punie_training.mlx.speed import check_speed
from punie_training.runs.evaluating import suite_for
from punie_training.runs.machine import Result
from punie_training.runs.plan import RunPlan
from punie_training.runs.state import RunState
from punie_training.runs.work import Work

# With fewer examples a model only learns them by heart.
MIN_TRAIN = 10

# By which words the sentence about a default is known; it is not told for what the user chose.
_ABOUT = {
    "rank": "rank ",
    "learning_rate": "learning rate ",
    "batch_size": "batch size ",
    "iters": " iterations: about",
    "schedule": "schedule with",
    "patience": "stops early",
    "max_seq_length": "sequences of up to",
}


async def check(work: Work, state: RunState) -> Result:
    """Check data, model, machine; complete the plan.

    Raises:
        RunError: training would be in vain; the message says why, and what to do.
        DatasetError, BaseModelError, EvaluationError: one of these cannot be used.
    """
    return await asyncio.to_thread(_check, work)


def _check(work: Work) -> Result:
    plan = work.plan
    dataset = work.dataset()
    refuse_small(dataset, str(plan.dataset or work.folder.data))
    cases = len(suite_for(plan, work.folder).first(plan.evaluating.limit).cases)
    _refuse(check_chat(plan.base, style=plan.style))
    render(plan.dataset or work.folder.data, plan.base, work.folder.chats, style=plan.style)
    if slow := check_speed():
        work.say("checks", slow)
    config, choices = settings_for(plan, dataset, work)
    problems = check_chat(plan.base, dataset, max_seq_length=config.max_seq_length, style=plan.style)
    _refuse(problems)
    for problem in problems:
        work.say("checks", str(problem))
    needed = refuse_what_cannot_run(plan.base, config, work.folder.chats, work.folder.adapter)
    _refuse_full_disk(plan, work)
    work.folder.write_plan(plan.model_copy(update={"config": config, "choices": choices}))
    for choice in choices:
        work.say("checks", choice)
    return {**_estimates(needed), "cases": cases, "summary": _summary(config, needed, cases)}


def _refuse(problems: list[Problem]) -> None:
    if refused := refusals(problems):
        raise RunError("This cannot be trained:\n" + "\n".join(f"- {problem}" for problem in refused))


def refuse_small(dataset: Dataset, place: str) -> None:
    """Raises DatasetError for a dataset that nothing can be learned from."""
    count = len(dataset.splits.get("train", ()))
    if count < MIN_TRAIN:
        raise DatasetError(
            f"{place} has {count} training examples; at least {MIN_TRAIN} are needed, some hundred are sensible. "
            "Make more: punie-ls dataset build, or leave the dataset out."
        )


def settings_for(plan: RunPlan, dataset: Dataset, work: Work) -> tuple[LoraConfig, tuple[str, ...]]:
    """The settings of a run: the user's, else what suits model, data and machine; with a sentence for each choice."""
    defaults = defaults_for(plan.base, work.folder.chats)
    values: dict[str, Any] = {**defaults.config.model_dump(), **plan.settings}
    choices = list(defaults.reasons)
    if "iters" in plan.settings:
        values |= _paced(plan)
    if "max_seq_length" not in plan.settings:
        longest = longest_chat(plan.base, dataset, style=plan.style)
        # Batches are padded to one more than a multiple of 32.
        values["max_seq_length"] = max(64, 32 * -(-longest // 32) + 1)
        choices = [choice for choice in choices if not choice.startswith("sequences of up to")]
        choices.append(f"sequences of up to {values['max_seq_length']} tokens: the longest example has {longest}.")
    if not dataset.splits.get("valid"):
        values |= {"val_batches": 0, "patience": 0}
        choices.append("no validation, and so no early stop: the data has no examples for it.")
    said = tuple(choice for choice in choices if not any(_ABOUT.get(name, name) in choice for name in plan.settings))
    return config_of(values, "The settings"), said


def _paced(plan: RunPlan) -> dict[str, Any]:
    """How often to report, validate and save in a run whose length the user chose."""
    iters = int(plan.settings["iters"])
    interval = max(1, min(iters, max(10, iters // 10)))
    paces = {"steps_per_report": max(1, iters // 40), "steps_per_eval": interval, "steps_per_save": interval}
    return {name: value for name, value in paces.items() if name not in plan.settings}


def _refuse_full_disk(plan: RunPlan, work: Work) -> None:
    if not plan.fuse:
        return
    size = sum(file.stat().st_size for file in plan.base.glob("*.safetensors"))
    free = machine.free_disk(work.folder.path)
    if size * 2 > free:
        raise RunError(
            f"A fused model of {plan.base.name} needs up to {gib(size * 2)} and {gib(free)} are left in "
            f"{work.folder.path}. Free some, or leave --fuse out."
        )


def _estimates(needed: Estimate) -> dict[str, Any]:
    return {"memory_bytes": needed.memory_bytes, "disk_bytes": needed.disk_bytes, "trainable": needed.trainable}


def _summary(config: LoraConfig, needed: Estimate, cases: int) -> str:
    kind = "all weights" if config.fine_tune_type == "full" else f"{config.fine_tune_type} of rank {config.rank}"
    return (
        f"{kind}, {config.iters} iterations of {config.batch_size}; about "
        f"{gib(needed.memory_bytes)} of memory and {gib(needed.disk_bytes)} of disk; {cases} cases to compare on"
    )
