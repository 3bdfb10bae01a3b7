"""`tune train` and `tune inference` from what the user named to the best settings in a file. Prints nothing."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from punie_training.exceptions import RunError
from punie_training.mlx.base_models import fingerprint
from punie_training.mlx.config import LoraConfig, load_config
from punie_training.runs.bases import find_base
from punie_training.tuning.best import Best, best_of, write_model_options, write_train_config
from punie_training.tuning.inference_trials import InferenceStudy, inference_objective
from punie_training.tuning.picture import write_picture
from punie_training.tuning.space import Parameter, space_of
from punie_training.tuning.studies import Goal, Sampler, StudySpec, folder_of, open_study, spec_of
from punie_training.tuning.training_trials import TrainStudy, data_hash, keep_best, training_objective
from punie_training.tuning.trials import Budget, Objective, OnStudy, run_trials

if TYPE_CHECKING:
    from optuna import Study

    from punie_training.evals.suite import Suite

METRICS = ("execution", "tool", "args", "exact", "valid")
BEST_TRAIN, BEST_INFERENCE, PICTURE, DATA = "best.yaml", "best.toml", "study.html", "data"


@dataclass(frozen=True)
class TuneOptions:
    """What both kinds of study have in common.

    Args:
        name: of the study; one of that name goes on.
        parameters: as `--param` takes them; the usual ones when empty.
        goal: what is looked for.
        metric: which accuracy counts.
        trials: in all, earlier runs counted.
        seconds: of this run.
        sampler: tpe, grid or random.
        storage: a database's URL; "" is a file of the study's own.
        suite: a suite's name or file; "" is the validation split of the dataset.
        limit: at most so many of its cases.
        seed: of the sampler and of training.
    """

    name: str
    parameters: tuple[str, ...] = ()
    goal: Goal = "accuracy"
    metric: str = "execution"
    trials: int = 20
    seconds: float = math.inf
    sampler: Sampler = "tpe"
    storage: str = ""
    suite: str = ""
    limit: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.trials < 1 or self.seconds <= 0:
            raise RunError("A study needs at least one trial, and more than no time.")
        if self.metric not in METRICS:
            raise RunError(f"There is no accuracy {self.metric!r}: there are {', '.join(METRICS)}.")

    @property
    def budget(self) -> Budget:
        """When the study ends."""
        return Budget(self.trials, self.seconds)


@dataclass(frozen=True)
class Tuned:
    """What a study came to: its best trial, the file that uses it, and its picture. None while no trial is complete."""

    best: Best | None
    file: Path | None
    picture: Path


async def tune_train(
    options: TuneOptions,
    dataset: Path,
    *,
    base: str = "",
    config: Path | None = None,
    on_event: OnStudy = lambda _: None,
) -> Tuned:
    """Look for settings of training.

    Args:
        options: of the study.
        dataset: a dataset's folder.
        base: the base model; "" chooses as `train` does.
        config: settings that are not tuned; those that suit the base and the data when there is none.
        on_event: hears how trials go.

    Raises:
        TrainingError: something that was named cannot be used; says what. Nothing is lost of what was found.
    """
    model = find_base(base).folder
    space = space_of("train", options.parameters)
    folder = folder_of(options.name)
    suite = None if options.goal == "loss" else await asyncio.to_thread(_suite, options, dataset)
    data = await asyncio.to_thread(_rendered, dataset, model, folder / DATA)
    settings = _settings(config, model, data)
    hashes = {"base": fingerprint(model)[:16], "data": data_hash(data), "suite": suite.hash if suite else ""}
    metric = options.metric if suite else ""
    spec = spec_of(options.name, "train", options.goal, metric, space, **hashes)
    study = open_study(spec, storage=options.storage, sampler=options.sampler, seed=options.seed)
    about = TrainStudy(model, data, settings, options.goal, folder, suite, options.metric, options.seed)
    try:
        async with training_objective(about, space) as objective:
            await _run(study, spec, space, objective, options, on_event)
    finally:
        best = best_of(study)
        adapter = best.notes.get("adapter") if best else None
        keep_best(folder, Path(adapter) if adapter else None)
        file = write_train_config(study, settings, folder / BEST_TRAIN) if best else None
        picture = write_picture(study, folder / PICTURE)
    return Tuned(best, file, picture)


async def tune_inference(
    options: TuneOptions,
    model: str,
    *,
    adapter: Path | None = None,
    draft: Path | None = None,
    dataset: Path | None = None,
    seeds: int = 1,
    on_event: OnStudy = lambda _: None,
) -> Tuned:
    """Look for the sampling of a model.

    Args:
        options: of the study; its goal is `accuracy` or `seconds`.
        model: a folder, or the name of a model that is here.
        adapter: an adapter's folder.
        draft: the folder of a small model that proposes tokens.
        dataset: where the queries come from when no suite is named.
        seeds: answers to each query at temperatures above 0.
        on_event: hears how trials go.

    Raises:
        TrainingError: something that was named cannot be used; says what. Nothing is lost of what was found.
    """
    if options.goal == "loss":
        raise RunError("Sampling changes no loss: take --objective accuracy or seconds.")
    folder = find_base(model).folder
    space = space_of("inference", options.parameters)
    suite = await asyncio.to_thread(_suite, options, dataset)
    base = "+".join(fingerprint(each)[:16] for each in (folder, draft) if each) + (f"+{adapter}" if adapter else "")
    spec = spec_of(options.name, "inference", options.goal, options.metric, space, base=base, suite=suite.hash)
    study = open_study(spec, storage=options.storage, sampler=options.sampler, seed=options.seed)
    about = InferenceStudy(folder, suite, options.goal, options.metric, adapter, draft, seeds)
    out = folder_of(options.name)
    out.mkdir(parents=True, exist_ok=True)
    try:
        async with inference_objective(about, space) as objective:
            await _run(study, spec, space, objective, options, on_event)
    finally:
        best = best_of(study)
        named = {"model": str(folder), "adapter": str(adapter or ""), "draft": str(draft or "")}
        file = write_model_options(study, out / BEST_INFERENCE, **named) if best else None
        picture = write_picture(study, out / PICTURE)
    return Tuned(best, file, picture)


async def _run(
    study: Study,
    spec: StudySpec,
    space: tuple[Parameter, ...],
    objective: Objective,
    options: TuneOptions,
    on_event: OnStudy,
) -> None:
    on_grid = options.sampler == "grid"
    await run_trials(study, spec, space, objective, options.budget, on_grid=on_grid, on_event=on_event)


def _suite(options: TuneOptions, dataset: Path | None) -> Suite:
    """What is asked; of a dataset its validation split, because the test split is to judge what comes of this."""
    from punie_training.evals.suite import load_suite, suite_of

    if options.suite:
        return load_suite(options.suite).first(options.limit)
    if dataset is None:
        raise RunError("Name what the model is asked: --suite NAME, or --dataset FOLDER for its validation split.")
    return suite_of(dataset, "valid").first(options.limit)


def _rendered(dataset: Path, model: Path, out: Path) -> Path:
    from punie_training.chats import render

    return render(dataset, model, out)


def _settings(file: Path | None, model: Path, data: Path) -> LoraConfig:
    from punie_training.mlx.defaults import defaults_for

    return load_config(file) if file else defaults_for(model, data).config
