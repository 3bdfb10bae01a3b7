"""`punie-ls dataset mine`: the verb's options and what it prints. Imports training when it runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Generator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from punie_ls.cli.options import JsonOption

if TYPE_CHECKING:
    from punie_training.mining.mining import Mined


def dataset_mine(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE...", help="Folders, wheels, sdists, or names of installed packages.")
    ],
    out: Annotated[Path, typer.Argument(help="The new folder. Nothing is overwritten.")],
    jobs: Annotated[int, typer.Option(min=1, help="Processes that read files.")] = 2,
    limit: Annotated[int, typer.Option(min=1, help="Examples of each project, at most.")] = 200,
    most_run: Annotated[
        int | None, typer.Option("--run", min=0, help="Programs of each project that are run; all by default.")
    ] = None,
    no_run: Annotated[bool, typer.Option("--no-run", help="Run no program: what is not right stays in.")] = False,
    seed: Annotated[int, typer.Option(help="Another one takes other questions.")] = 0,
    json: JsonOption = False,
) -> None:
    """Make examples of projects: questions about their code, documents and tests. Their code is never run."""
    from punie_ls.cli.training import dataset_reports as reports

    def act() -> int:
        from punie_training.mining.mining import MineOptions, mine

        options = MineOptions(tuple(sources), out, jobs, limit, 0 if no_run else most_run, seed)
        with progress_bar(enabled=not json) as on_progress:
            mined = asyncio.run(mine(options, on_progress))
        if json:
            reports.print_json({**asdict(mined.written), "projects": [asdict(project) for project in mined.projects]})
        else:
            _print(mined)
        return 0

    reports.run(act)


def _print(mined: Mined) -> None:
    from punie_ls.cli.output import console
    from punie_ls.cli.training import dataset_reports as reports

    for project in mined.projects:
        cached = f", {project.cached:,} of them known" if project.cached else ""
        head = f"{project.name} ({project.licence} licence): {reports.count(project.files, 'file')} read{cached}"
        reports.print_counts(f"{head}. Examples:", project.examples)
        reports.print_counts("Not taken:", project.dropped)
        reports.print_counts("Files left out:", project.skipped)
    reports.print_written(mined.written)
    empty = [split for split, number in mined.written.counts.items() if not number]
    if empty:
        console().print(f"Nothing is in {' and '.join(empty)}: mine more, then divide with punie-ls dataset split.")


@contextlib.contextmanager
def progress_bar(*, enabled: bool) -> Generator[Callable[[str, int, int], None]]:
    """Gives what to call with what is done, how far it is, and how much there is; nothing is shown off a terminal."""
    from punie_ls.cli.output import bar_is_wanted

    if not (enabled and bar_is_wanted(os.environ, terminal=sys.stderr.isatty())):
        yield lambda doing, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("Mining", total=None)
        yield lambda doing, done, total: progress.update(task, description=doing, completed=done, total=total)
