"""`punie-ls model pull`: a model from the hub into the user's cache."""

from __future__ import annotations

import asyncio
import json as json_module
from typing import TYPE_CHECKING, Annotated

import typer

from punie_ls.cli.options import JsonOption
from punie_ls.cli.output import console, print_error

if TYPE_CHECKING:
    from punie_training.serving.pulling import Pulled, PullPlan, PullProgress

pull_app = typer.Typer(help="Fetch a model.")

_LINE_STEP = 0.1


@pull_app.command("pull")
def pull(
    name: Annotated[str, typer.Argument(help="As the hub has it: owner/model.")],
    revision: Annotated[str, typer.Option("--revision", help="A branch, tag or commit.")] = "main",
    json: JsonOption = False,
) -> None:
    """Fetch a model from the hub, or what is missing of it. Exit status: 0 it is here, 2 it is not."""
    from punie_training.exceptions import TrainingError

    try:
        pulled = asyncio.run(fetch(name, revision, quiet=json))
    except TrainingError as error:
        print_error(str(error))
        raise typer.Exit(2) from error
    except KeyboardInterrupt as interrupt:
        print_error("interrupted; what was fetched is kept: run this again to go on.")
        raise typer.Exit(130) from interrupt
    if json:
        console().print(json_module.dumps(_plain(pulled)))
    else:
        fetched = (
            f"{_size(pulled.fetched)} fetched in {pulled.seconds:.0f} s" if pulled.fetched else "all of it was here"
        )
        console().print(f"{pulled.folder}")
        console(stderr=True).print(f"{name}: {_size(pulled.total)}, {fetched}, checked. Licence: {pulled.licence}.")


async def fetch(name: str, revision: str = "main", *, quiet: bool = False) -> Pulled:
    """Fetch a model, with its progress on stderr. Raises TrainingError; what has come is kept."""
    from punie_training.serving.pulling import PullPlan
    from punie_training.serving.pulling import pull as pull_model

    if quiet:
        return await pull_model(name, revision=revision)
    err = console(stderr=True)
    if not err.is_terminal:
        return await pull_model(name, revision=revision, on_event=_Lines())
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(name, total=None)

        def show(event: PullPlan | PullProgress) -> None:
            if isinstance(event, PullPlan):
                err.print(_plan(event))
                progress.update(task, total=event.missing or 1)
            else:
                text = "checking" if event.checking else name
                progress.update(task, completed=event.fetched, description=text)

        return await pull_model(name, revision=revision, on_event=show)


class _Lines:
    """Progress where nobody sees a bar: a line for each tenth."""

    def __init__(self) -> None:
        self._next = _LINE_STEP

    def __call__(self, event: PullPlan | PullProgress) -> None:
        """Print what is worth a line."""
        from punie_training.serving.pulling import PullPlan

        err = console(stderr=True)
        if isinstance(event, PullPlan):
            err.print(_plan(event))
        elif event.checking:
            err.print("checking the hashes")
        elif event.missing and event.fetched / event.missing >= self._next:
            err.print(f"{_size(event.fetched)} of {_size(event.missing)}")
            self._next = event.fetched / event.missing + _LINE_STEP


def _plan(plan: PullPlan) -> str:
    missing = "all here" if not plan.missing else f"{_size(plan.missing)} to fetch"
    return f"{_size(plan.total)}, {missing}. Licence: {plan.licence}. Commit: {plan.commit[:12]}."


def _plain(pulled: Pulled) -> dict[str, object]:
    return {
        "name": pulled.name,
        "folder": str(pulled.folder),
        "commit": pulled.commit,
        "licence": pulled.licence,
        "bytes": pulled.total,
        "fetched": pulled.fetched,
        "seconds": round(pulled.seconds, 3),
    }


def _size(number: int) -> str:
    return f"{number / 1e9:.2f} GB" if number >= 10**8 else f"{number / 1e6:.1f} MB"
