"""`punie-ls tune ...`: studies of training settings and of sampling; each verb imports what it needs when it runs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

import typer

from punie_ls.cli.options import JsonOption

tune_app = typer.Typer(help="Look for the best settings, by many short trials.", no_args_is_help=True)

NameOption = Annotated[str, typer.Option("--name", help="Of the study; one of that name goes on.")]
ParamOption = Annotated[
    list[str] | None,
    typer.Option("--param", help="NAME, NAME=LOW:HIGH, NAME=LOW:HIGH:log, or NAME=A,B,C. Several times for several."),
]
MetricOption = Annotated[
    Literal["execution", "tool", "args", "exact", "valid"], typer.Option("--metric", help="Which accuracy.")
]
TrialsOption = Annotated[int, typer.Option("--trials", help="In all, those of earlier runs counted.")]
MinutesOption = Annotated[float, typer.Option("--minutes", help="End this run after so long; 0: no limit.")]
SamplerOption = Annotated[Literal["tpe", "grid", "random"], typer.Option("--sampler", help="How trials are chosen.")]
StorageOption = Annotated[
    str, typer.Option("--storage", help="A database's URL, which several machines can share; a file by default.")
]
SuiteOption = Annotated[str, typer.Option("--suite", help="A suite instead of the dataset's validation split.")]
LimitOption = Annotated[int | None, typer.Option("--limit", help="At most so many of its cases.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Of the choice of trials, and of training.")]


@tune_app.command("train")
def train(
    dataset: Annotated[Path, typer.Argument(help="A dataset's folder.")],
    name: NameOption,
    base: Annotated[str, typer.Option("--base", help="The base model's folder or name.")] = "",
    objective: Annotated[
        Literal["accuracy", "loss"], typer.Option("--objective", help="loss is the validation loss, and cheap.")
    ] = "accuracy",
    metric: MetricOption = "execution",
    param: ParamOption = None,
    config: Annotated[Path | None, typer.Option("--config", help="Settings that are not tuned.")] = None,
    trials: TrialsOption = 20,
    minutes: MinutesOption = 0.0,
    sampler: SamplerOption = "tpe",
    storage: StorageOption = "",
    suite: SuiteOption = "",
    limit: LimitOption = None,
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Look for settings of training. Exit status: 0 there is a best trial, 1 there is none, 2 error."""
    from punie_ls.cli.training.tune_studies import run_study
    from punie_training.tuning.running import tune_train

    def start(options, on_event):  # noqa: ANN001, ANN202 - as run_study passes them
        return tune_train(options, dataset, base=base, config=config, on_event=on_event)

    given = _given(name, param, objective, metric, trials, minutes, sampler, storage, suite, limit, seed)
    raise typer.Exit(run_study(given, start, as_json=json))


@tune_app.command("inference")
def inference(
    model: Annotated[str, typer.Argument(help="The model's folder or name.")],
    name: NameOption,
    adapter: Annotated[Path | None, typer.Option("--adapter", help="An adapter's folder.")] = None,
    draft_model: Annotated[
        Path | None, typer.Option("--draft-model", help="A small model that proposes tokens.")
    ] = None,
    objective: Annotated[
        Literal["accuracy", "seconds"], typer.Option("--objective", help="seconds: for each right answer.")
    ] = "accuracy",
    metric: MetricOption = "execution",
    param: ParamOption = None,
    dataset: Annotated[Path | None, typer.Option("--dataset", help="Its validation split is asked.")] = None,
    seeds: Annotated[int, typer.Option("--seeds", help="Answers to each query at temperatures above 0.")] = 1,
    trials: TrialsOption = 20,
    minutes: MinutesOption = 0.0,
    sampler: SamplerOption = "tpe",
    storage: StorageOption = "",
    suite: SuiteOption = "",
    limit: LimitOption = None,
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Look for the sampling of a model. Exit status: 0 there is a best trial, 1 there is none, 2 error."""
    from punie_ls.cli.training.tune_studies import run_study
    from punie_training.tuning.running import tune_inference

    def start(options, on_event):  # noqa: ANN001, ANN202 - as run_study passes them
        return tune_inference(
            options, model, adapter=adapter, draft=draft_model, dataset=dataset, seeds=seeds, on_event=on_event
        )

    given = _given(name, param, objective, metric, trials, minutes, sampler, storage, suite, limit, seed)
    raise typer.Exit(run_study(given, start, as_json=json))


@tune_app.command("list")
def list_(storage: StorageOption = "", json: JsonOption = False) -> None:
    """List the studies that there are."""
    from punie_ls.cli.training.tune_studies import list_studies

    raise typer.Exit(list_studies(storage, as_json=json))


@tune_app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="The study's name.")],
    storage: StorageOption = "",
    picture: Annotated[Path | None, typer.Option("--picture", help="Write it as an HTML page to this file.")] = None,
    json: JsonOption = False,
) -> None:
    """Show a study's trials, the best ones first, and what mattered."""
    from punie_ls.cli.training.tune_studies import show_study

    raise typer.Exit(show_study(name, storage, picture, as_json=json))


def _given(
    name: str,
    param: list[str] | None,
    goal: str,
    metric: str,
    trials: int,
    minutes: float,
    sampler: str,
    storage: str,
    suite: str,
    limit: int | None,
    seed: int,
) -> dict[str, object]:
    return {
        "name": name,
        "parameters": tuple(param or ()),
        "goal": goal,
        "metric": metric,
        "trials": trials,
        "seconds": minutes * 60 if minutes else math.inf,
        "sampler": sampler,
        "storage": storage,
        "suite": suite,
        "limit": limit,
        "seed": seed,
    }
