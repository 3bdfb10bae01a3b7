"""`punie-ls dataset build`: templates, executed on a project, become a dataset. The verb and what it prints."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from punie_ls.cli.options import JsonOption
from punie_ls.cli.output import bar_is_wanted

if TYPE_CHECKING:
    from punie_training.building import BuildOptions, BuildReport, Progress

LINE_SECONDS = 10.0


def dataset_build(
    out: Annotated[
        Path | None, typer.Argument(help="The new folder. Nothing is overwritten. By default one in the user's data.")
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", help="The project to ask about; a sample project by default.")
    ] = None,
    tools: Annotated[str, typer.Option("--tools", help="Only these tools, as in typecheck,hover.")] = "",
    per_template: Annotated[int, typer.Option("--per-template", help="How many things to ask about.")] = 4,
    direct_share: Annotated[float, typer.Option("--direct-share", help="The share of answers in words.")] = 0.3,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same dataset.")] = 0,
    trust: Annotated[bool, typer.Option("--trust", help="The project's tests may run.")] = False,
    json: JsonOption = False,
) -> None:
    """Build a dataset from templates, with programs that were executed. Exit code: 0 built, 1 interrupted, 2 error."""
    from punie_training.building import BuildOptions

    chosen = tuple(name.strip() for name in tools.split(",") if name.strip())
    options = BuildOptions(
        out=out or _new_folder(workspace),
        workspace=workspace,
        tools=chosen,
        per_template=per_template,
        seed=seed,
        direct_share=direct_share,
        trusted=trust,
    )
    raise typer.Exit(run_build(options, as_json=json))


def _new_folder(workspace: Path | None) -> Path:
    from punie_training import places

    name = workspace.resolve().name if workspace else "sample"
    return places.datasets() / f"{name or 'project'}-{time.strftime('%Y%m%d-%H%M%S')}"


def run_build(options: BuildOptions, *, as_json: bool) -> int:
    """Build, and print the report as tables or as one JSON object. Gives the exit status."""
    from punie_ls.cli.output import print_error
    from punie_semantic.exceptions import SemanticError
    from punie_training.building import build
    from punie_training.exceptions import TrainingError

    try:
        with _progress(quiet=as_json) as on_progress:
            report = asyncio.run(build(options, on_progress))
    except (TrainingError, SemanticError) as error:
        print_error(str(error))
        return 2
    except KeyboardInterrupt:
        print_error("Interrupted. Nothing was written; programs that were tried are remembered for the next build.")
        return 1
    _print_json(report) if as_json else _print_tables(report)
    return 0


@contextmanager
def _progress(*, quiet: bool) -> Generator[Callable[[Progress], None]]:
    """A bar on a terminal; else a line now and then on stderr."""
    if not quiet and bar_is_wanted(os.environ, terminal=sys.stderr.isatty()):
        with _bar() as on_progress:
            yield on_progress
        return
    yield (lambda progress: None) if quiet else _lines()


@contextmanager
def _bar() -> Generator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("Trying programs"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[doing]}", markup=False),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("", total=None, doing="")

        def on_progress(progress: Progress) -> None:
            bar.update(task, completed=progress.done, total=progress.total or None, doing=progress.doing)

        yield on_progress


def _lines() -> Callable[[Progress], None]:
    from punie_ls.cli.output import console

    out = console(stderr=True)
    last = time.monotonic() - LINE_SECONDS

    def on_progress(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            where = f"{progress.done} of {progress.total} programs: " if progress.total else ""
            out.print(f"{where}{progress.doing}")

    return on_progress


def _print_json(report: BuildReport) -> None:
    from punie_ls.cli.output import print_text

    shown: dict[str, Any] = {
        "out": str(report.out),
        "examples": report.total,
        "counts": report.counts,
        "tools": report.per_tool,
        "programs": {"tried": report.tried, "kept": report.kept, "reused": report.reused},
        "dropped": [
            {"template": name, "reason": reason, "count": number}
            for (name, reason), number in sorted(report.dropped.items())
        ],
        "notes": list(report.notes),
        "seconds": round(report.seconds, 2),
    }
    print_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")


def _print_tables(report: BuildReport) -> None:
    from rich.table import Table

    from punie_ls.cli.output import console

    splits = list(next(iter(report.counts.values())))
    table = Table(title="Examples", title_justify="left")
    table.add_column("category")
    for split in [*splits, "total"]:
        table.add_column(split, justify="right")
    for category, counts in report.counts.items():
        table.add_row(category, *(str(counts[split]) for split in splits), str(sum(counts.values())))
    sums = [sum(counts[split] for counts in report.counts.values()) for split in splits]
    table.add_section()
    table.add_row("total", *map(str, sums), str(sum(sums)))
    out = console()
    out.print(table)
    if report.dropped:
        out.print(_dropped(report))
    tools = ", ".join(f"{name} {number}" for name, number in report.per_tool.items())
    out.print(f"Tools: {tools}.")
    known = f", {report.reused} of them known already" if report.reused else ""
    out.print(f"{report.kept} of {report.tried} programs hold{known} ({report.seconds:.0f} s).")
    for note in report.notes:
        out.print(note)
    out.print(f"Written to {report.out}.")


def _dropped(report: BuildReport) -> Any:  # noqa: ANN401 - rich loads when it is needed
    from rich.table import Table

    table = Table(title="Left out", title_justify="left")
    table.add_column("why")
    table.add_column("number", justify="right")
    table.add_column("templates")
    for reason, number in report.reasons.items():
        names = sorted({name for (name, why) in report.dropped if why == reason and name})
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        table.add_row(reason, str(number), ", ".join(names[:3]) + more)
    return table
