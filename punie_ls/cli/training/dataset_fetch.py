"""`punie-ls dataset download` and `from-traces`: examples from elsewhere. Imports training when it runs."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from punie_ls.cli.options import JsonOption, WorkspaceOption
from punie_ls.cli.training.dataset_mine import progress_bar

OutArgument = Annotated[Path, typer.Argument(help="The new folder. Nothing is overwritten.")]


def dataset_download(
    name: Annotated[str, typer.Argument(help="A Hugging Face dataset, or a local folder or file.")],
    out: OutArgument,
    split: Annotated[list[str] | None, typer.Option(help="Of the source; all by default. May be repeated.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Rows of each split, at most.")] = None,
    columns: Annotated[
        list[str] | None, typer.Option(help="query=COLUMN, and again answer=COLUMN; found out by default.")
    ] = None,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Go on when nobody says the licence.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Fetch a dataset of others row by row, as chats of ours; its licence is written down."""
    from punie_ls.cli.training import dataset_reports as reports

    def accept(sentence: str) -> bool:
        if accept_licence:
            return True
        if json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        return typer.confirm(f"{sentence} Do you have the right to use it, and go on?", err=True)

    def act() -> int:
        from punie_training.curating.downloading import DownloadOptions, download
        from punie_training.curating.schemas import parse_columns

        options = DownloadOptions(name, out, tuple(split or ()), limit, parse_columns(columns or []))
        with progress_bar(enabled=not json) as on_progress:
            done = download(options, accept, lambda of, rows: on_progress(f"Rows of {of}", rows, 0))
        if json:
            figures = {"licence": done.licence, "rows": done.rows, "dropped": done.dropped}
            reports.print_json({**asdict(done.written), **figures})
            return 0
        from punie_ls.cli.output import console

        console().print(f"Licence: {done.licence}. {reports.count(done.rows, 'row')} read.")
        reports.print_counts("Left out:", done.dropped)
        reports.print_written(done.written)
        return 0

    reports.run(act)


def dataset_from_traces(
    out: OutArgument,
    workspace: WorkspaceOption = Path(),
    all_projects: Annotated[bool, typer.Option("--all-projects", help="Of all projects.")] = False,
    seed: Annotated[int, typer.Option(help="Another one gives another division.")] = 0,
    json: JsonOption = False,
) -> None:
    """Make examples of sessions and fixes that you accepted and did not take back; none with a secret."""
    from punie_ls.cli.training import dataset_reports as reports

    def act() -> int:
        from punie_ls.cli.output import print_error
        from punie_training.traces.collecting import collect

        done = asyncio.run(collect(out, workspace, all_projects=all_projects, seed=seed, on_notice=print_error))
        if json:
            reports.print_json({**asdict(done.written), "looked_at": done.looked_at, "dropped": done.dropped})
            return 0
        reports.print_counts(f"{reports.count(done.looked_at, 'turn or fix')} looked at. Left out:", done.dropped)
        reports.print_written(done.written)
        return 0

    reports.run(act)
