"""A progress bar on stderr, where somebody sees it: on a terminal, and not in CI."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from punie_agent.fix_runs import FixRun
from punie_ls.cli.output import bar_is_wanted

OnFile = Callable[[FixRun, str], None]


@contextmanager
def progress_bar(*, enabled: bool) -> Generator[tuple[OnFile, OnFile]]:
    """Gives what to call before each file, and before each problem; both do nothing without a bar."""
    if not (enabled and bar_is_wanted(os.environ, terminal=sys.stderr.isatty())):
        yield _nothing, _nothing
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[doing]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("Checking", total=None, doing="")

        def on_file(run: FixRun, file: str) -> None:
            fixing = run.phase == "fixing"
            progress.update(
                task,
                description=f"Fixed {run.fixed.count}" if fixing else "Checking",
                total=run.problems if fixing else run.files,
                completed=run.handled if fixing else run.done,
                doing=file,
            )

        def on_problem(run: FixRun, doing: str) -> None:
            progress.update(task, doing=doing)

        yield on_file, on_problem


def _nothing(run: FixRun, words: str) -> None:
    """Nobody looks."""
