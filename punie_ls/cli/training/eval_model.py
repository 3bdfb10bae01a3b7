"""`punie-ls eval --model M`: runs an evaluation, with progress, and prints its tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from punie_ls.cli.output import print_error
from punie_training.evals import answering, evaluating, suite
from punie_training.evals.page import percent
from punie_training.evals.report import LATENCIES, MEANING, write_report
from punie_training.evals.results import METRICS, EvalResult
from punie_training.exceptions import EvaluationError, TrainingError

# Piped into a file, lines are not folded.
PLAIN_WIDTH = 10_000
MOST_FAILURES = 10


@dataclass(frozen=True)
class EvalArguments:
    """The arguments of `eval`."""

    model: str
    suite: str
    dataset: Path | None
    seeds: int
    temperatures: str
    limit: int | None
    prompt: Literal["small", "full"]
    max_tokens: int
    at_once: int
    save: Path | None
    report: Path | None
    json: bool


async def evaluate_model(arguments: EvalArguments) -> int:
    """Evaluate and print. Gives the exit status: 0 done, 2 error."""
    try:
        cases = _suite(arguments)
        options = _options(arguments)
        with _progress(arguments) as on_progress:
            opened = answering.open_answerer(arguments.model, prompt=arguments.prompt, max_tokens=arguments.max_tokens)
            async with opened as answerer:
                result = await evaluating.evaluate(answerer, cases, options, on_progress)
        _write(result, arguments)
    except TrainingError as error:
        print_error(str(error))
        return 2
    if arguments.json:
        sys.stdout.write(json.dumps(result.as_json(), indent=2, ensure_ascii=False) + "\n")
    else:
        print_result(result)
    return 0


def print_result(result: EvalResult) -> None:
    """The tables of an evaluation."""
    out = wide_console()
    out.print(
        Text(f"{result.model} on {result.suite}: {len(result.cases)} answers in {result.seconds:.1f} s\n", "bold")
    )
    table = Table(box=None, pad_edge=False)
    for name in ("", "", "95 %"):
        table.add_column(name, justify="right" if not name else "left")
    for metric in METRICS:
        interval = result.interval(metric)
        between = f"{percent(interval.low)} to {percent(interval.high)}"
        table.add_row(metric, Text(percent(result.summary[metric]), "bold"), between, Text(MEANING[metric], "dim"))
    out.print(table)
    out.print()
    _print_groups(out, "category", result.by_category)
    if len(result.by_temperature) > 1:
        _print_groups(out, "temperature", result.by_temperature)
    said = [f"{LATENCIES[name][0]} {value:.3g} {LATENCIES[name][1]}".strip() for name, value in result.latency.items()]
    out.print(Text("Medians: " + ", ".join(said), "dim"))
    for case in result.failures[:MOST_FAILURES]:
        out.print(Text.assemble(("  ✗ ", "red"), case.query, ("  " + case.why, "dim")))
    if len(result.failures) > MOST_FAILURES:
        out.print(Text(f"  and {len(result.failures) - MOST_FAILURES} more: see --report or --save", "dim"))


def wide_console(*, stderr: bool = False) -> Console:
    """A console whose lines are folded on a terminal only."""
    out = Console(highlight=False, markup=False, stderr=stderr)
    return out if out.is_terminal else Console(highlight=False, markup=False, stderr=stderr, width=PLAIN_WIDTH)


def _suite(arguments: EvalArguments) -> suite.Suite:
    if arguments.dataset is not None:
        if arguments.suite not in ("", suite.HELD_OUT):
            raise EvaluationError(f"--dataset is for the suite {suite.HELD_OUT}; leave it out for {arguments.suite}.")
        return suite.suite_of(arguments.dataset)
    return suite.load_suite(arguments.suite or "core-20")


def _options(arguments: EvalArguments) -> evaluating.EvalOptions:
    try:
        temperatures = tuple(float(part) for part in arguments.temperatures.split(","))
    except ValueError:
        message = f"{arguments.temperatures!r} are no temperatures. Pass numbers with commas, such as 0,0.7."
        raise EvaluationError(message) from None
    return evaluating.EvalOptions(
        seeds=arguments.seeds,
        temperatures=temperatures,
        at_once=arguments.at_once,
        limit=arguments.limit,
        partial=arguments.save,
        settings={"prompt": arguments.prompt, "max_tokens": arguments.max_tokens, "at_once": arguments.at_once},
    )


@contextmanager
def _progress(arguments: EvalArguments) -> Generator[evaluating.OnProgress]:
    """A bar on stderr, when that is a terminal."""
    out = wide_console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, disable=not out.is_terminal, transient=True) as bar:
        task = bar.add_task(f"Opening {arguments.model}", total=None)

        def show(done: evaluating.Progress) -> None:
            bar.update(task, description=f"{done.right} right", completed=done.done, total=done.total)

        yield show


def _write(result: EvalResult, arguments: EvalArguments) -> None:
    if arguments.save is not None:
        result.save(arguments.save)
    if arguments.report is not None:
        write_report(result, arguments.report)


def _print_groups(out: Console, what: str, groups: dict[str, dict[str, float]]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(what)
    for name in ("answers", *METRICS, "credit"):
        table.add_column(name, justify="right")
    for name, each in groups.items():
        table.add_row(
            name, str(int(each["count"])), *(percent(each[metric]) for metric in METRICS), f"{each['credit']:.2f}"
        )
    out.print(table)
    out.print()
