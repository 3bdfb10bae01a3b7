"""`punie-ls adapters ...`: the verbs; each imports what it needs when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from punie_ls.cli.options import JsonOption
from punie_ls.cli.training.models_made import run

adapters_app = typer.Typer(
    help="Trained adapters: where they come from, which one serves, what came of it.", no_args_is_help=True
)

NameArgument = Annotated[str, typer.Argument(help="The adapter's name; `adapters list` shows all.")]


@adapters_app.command("list")
def adapters_list(json: JsonOption = False) -> None:
    """List the adapters, the last one first."""

    def act() -> int:
        from punie_ls.cli.training.adapter_tables import show_list

        return show_list(as_json=json)

    run(act)


@adapters_app.command("show")
def adapters_show(name: NameArgument, json: JsonOption = False) -> None:
    """Show one adapter: its lineage, what was measured, and whether its files are whole. Exit status 1 when not."""

    def act() -> int:
        from punie_ls.cli.training.adapter_tables import show_one

        return show_one(name, as_json=json)

    run(act)


@adapters_app.command("promote")
def adapters_promote(
    name: NameArgument,
    share: Annotated[
        int | None,
        typer.Option("--share", help="Only this part of new sessions, in percent, as a trial; 0 ends the trial."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Let an adapter serve: it is what `--model adapter` asks from then on."""

    def act() -> int:
        from punie_ls.cli.training.adapter_changes import promote

        return promote(name, share, as_json=json)

    run(act)


@adapters_app.command("rollback")
def adapters_rollback(json: JsonOption = False) -> None:
    """Take the last change back: a trial ends, else the adapter that served before serves again, or none."""

    def act() -> int:
        from punie_ls.cli.training.adapter_changes import rollback

        return rollback(as_json=json)

    run(act)


@adapters_app.command("remove")
def adapters_remove(name: NameArgument, json: JsonOption = False) -> None:
    """Delete an adapter with its files; never the one that serves."""

    def act() -> int:
        from punie_ls.cli.training.adapter_changes import remove

        return remove(name, as_json=json)

    run(act)


@adapters_app.command("compare")
def adapters_compare(
    before: Annotated[str, typer.Argument(help="An adapter.")],
    after: Annotated[str, typer.Argument(help="Another one.")],
    json: JsonOption = False,
) -> None:
    """Compare what was measured of two adapters, regressions first, and what came of their sessions."""

    def act() -> int:
        from punie_ls.cli.training.adapter_tables import show_comparison

        return show_comparison(before, after, as_json=json)

    run(act)
