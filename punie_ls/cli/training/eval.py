"""`punie-ls eval ...`: the verbs; each imports what it needs when it runs."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import typer

from punie_ls.cli.options import JsonOption

eval_app = typer.Typer(help="Evaluate a model by executing its programs.", invoke_without_command=True)

_EXTRA = {"yaml": "pyyaml", "pydantic_evals": "pydantic-evals"}

ReportOption = Annotated[Path | None, typer.Option("--report", help="Write an HTML report to this file.")]


@eval_app.callback()
def evaluate(
    context: typer.Context,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            help="builtin, adapter, scripted:FILE, a model's FOLDER, FOLDER+ADAPTER_FOLDER, or http://host:port/v1#NAME.",
        ),
    ] = "",
    suite: Annotated[str, typer.Option("--suite", help="core-20, core-40, held-out, or a YAML or JSON file.")] = "",
    dataset: Annotated[Path | None, typer.Option("--dataset", help="Its test split is the suite held-out.")] = None,
    seeds: Annotated[int, typer.Option("--seeds", help="Answers for each temperature above 0.")] = 1,
    temperatures: Annotated[str, typer.Option("--temperatures", help="With commas, such as 0,0.7.")] = "0",
    limit: Annotated[int | None, typer.Option("--limit", help="At most so many cases, taken evenly.")] = None,
    prompt: Annotated[
        Literal["small", "full"], typer.Option("--prompt", help="full has the stubs of all tools, for big models.")
    ] = "small",
    max_tokens: Annotated[
        int | None,
        typer.Option("--max-tokens", min=1, help="Of one answer; 96, and 512 with the full prompt, by default."),
    ] = None,
    at_once: Annotated[int, typer.Option("--at-once", help="Queries that are open at a time.")] = 4,
    save: Annotated[Path | None, typer.Option("--save", help="Write the results as JSON, for eval compare.")] = None,
    report: ReportOption = None,
    json: JsonOption = False,
) -> None:
    """Evaluate a model on a suite: right tool, right arguments, right result. Exit code: 0 done, 2 error."""
    if context.invoked_subcommand is not None:
        return
    if not model:
        raise typer.BadParameter("Name a model with --model, for example --model builtin.")
    _check_extra()
    from punie_ls.cli.training.eval_model import EvalArguments, evaluate_model

    most = max_tokens if max_tokens is not None else 512 if prompt == "full" else 96
    arguments = EvalArguments(
        model, suite, dataset, seeds, temperatures, limit, prompt, most, at_once, save, report, json
    )
    raise typer.Exit(asyncio.run(evaluate_model(arguments)))


@eval_app.command("compare")
def compare(
    files: Annotated[list[Path], typer.Argument(help="Results of eval --save; the first is what others are held to.")],
    report: ReportOption = None,
    limit: Annotated[int, typer.Option("--limit", help="How many regressions and improvements to show.")] = 10,
    json: JsonOption = False,
) -> None:
    """Compare evaluations, regressions first, with both answers. Exit code: 0 nothing got worse, 1 it did, 2 error."""
    _check_extra()
    from punie_ls.cli.training.eval_compare import compare_results

    raise typer.Exit(compare_results(files, report, limit, as_json=json))


@eval_app.command("gate")
def gate(
    model: Annotated[str, typer.Argument(help="A model's folder.")],
    dataset: Annotated[
        Path | None, typer.Option("--dataset", help="What the small LoRA trains on; the sample's is built by default.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option("--threshold", help="Tool accuracy that core-20 must reach, from 0 to 1.")
    ] = None,
    tokens_per_second: Annotated[float, typer.Option("--tokens-per-second", help="The least speed.")] = 5.0,
    first_token_seconds: Annotated[float, typer.Option("--first-token", help="The longest wait, in seconds.")] = 10.0,
    iterations: Annotated[int, typer.Option("--iters", help="Of the small LoRA.")] = 8,
    json: JsonOption = False,
) -> None:
    """Try a model cheaply before training it; stops at the first failure. Exit code: 0 passed, 1 failed, 2 error."""
    _check_extra()
    from punie_ls.cli.training.eval_gate import run_gate
    from punie_training.evals.gate import GateOptions

    options = GateOptions(dataset, threshold, tokens_per_second, first_token_seconds, iterations)
    raise typer.Exit(asyncio.run(run_gate(model, options, as_json=json)))


def _check_extra() -> None:
    """Say what is missing where the extra `train` is not installed."""
    from punie_training.exceptions import MissingExtra

    for module, package in _EXTRA.items():
        if find_spec(module) is None:
            typer.echo(f"punie-ls: {MissingExtra(package)}", err=True)
            raise typer.Exit(2)
