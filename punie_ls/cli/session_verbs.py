"""`punie-ls sessions ...`: the verbs; each imports what it needs when it runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from punie_ls.cli.options import JsonOption, WorkspaceOption

sessions_app = typer.Typer(help="The agent's conversations, as they are kept.", no_args_is_help=True)

SessionArgument = Annotated[str, typer.Argument(help="The session's id, or the beginning of it.")]
EveryOption = Annotated[bool, typer.Option("--all", help="Of all projects.")]


@sessions_app.command("list")
def sessions_list(
    workspace: WorkspaceOption = Path(),
    every: EveryOption = False,
    search: Annotated[str, typer.Option("--search", help="Words of the title.")] = "",
    limit: Annotated[int, typer.Option("--limit", help="How many at most.")] = 20,
    offset: Annotated[int, typer.Option("--offset", help="How many to leave out first.")] = 0,
    json: JsonOption = False,
) -> None:
    """List sessions, the newest first."""
    from punie_ls.cli.sessions import list_sessions

    done = list_sessions(workspace, every=every, search=search, limit=limit, offset=offset, as_json=json)
    raise typer.Exit(asyncio.run(done))


@sessions_app.command("show")
def sessions_show(session: SessionArgument, workspace: WorkspaceOption = Path(), json: JsonOption = False) -> None:
    """Print a session as it was."""
    from punie_ls.cli.sessions import show_session

    raise typer.Exit(asyncio.run(show_session(workspace, session, as_json=json)))


@sessions_app.command("export")
def sessions_export(
    session: Annotated[str | None, typer.Argument(help="The session's id, or the beginning of it.")] = None,
    workspace: WorkspaceOption = Path(),
    form: Annotated[Literal["md", "json"], typer.Option("--format", help="Markdown, or JSON to import.")] = "md",
    write: Annotated[Path | None, typer.Option("--write", help="Into this file.")] = None,
    fixes: Annotated[
        bool, typer.Option("--fixes", help="What was found out about fixes, a JSON object on each line.")
    ] = False,
    every: EveryOption = False,
) -> None:
    """Print a session as Markdown or JSON, or what was found out about fixes; or write it into a file."""
    from punie_ls.cli.sessions import export_fixes, export_session

    if fixes:
        raise typer.Exit(asyncio.run(export_fixes(workspace, session, write, every=every)))
    if session is None:
        raise typer.BadParameter("Name a session, or pass --fixes.")
    raise typer.Exit(asyncio.run(export_session(workspace, session, form, write)))


@sessions_app.command("import")
def sessions_import(
    file: Annotated[Path, typer.Argument(help="A session that was exported as JSON.")],
    workspace: WorkspaceOption = Path(),
) -> None:
    """Take in an exported session, and print its id."""
    from punie_ls.cli.sessions import import_session

    raise typer.Exit(asyncio.run(import_session(workspace, file)))


@sessions_app.command("delete")
def sessions_delete(session: SessionArgument, workspace: WorkspaceOption = Path(), json: JsonOption = False) -> None:
    """Delete all that is kept of a session."""
    from punie_ls.cli.sessions import delete_session

    raise typer.Exit(asyncio.run(delete_session(workspace, session, as_json=json)))


@sessions_app.command("prune")
def sessions_prune(
    days: Annotated[float, typer.Option("--days", help="Nothing has happened in them for so long.")],
    workspace: WorkspaceOption = Path(),
    every: EveryOption = False,
    json: JsonOption = False,
) -> None:
    """Delete old sessions."""
    from punie_ls.cli.sessions import prune_sessions

    raise typer.Exit(asyncio.run(prune_sessions(workspace, days, every=every, as_json=json)))
