"""The verbs of `punie-ls` beside the language server itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from punie_ls.cli.acp_verb import acp, setup
from punie_ls.cli.ask_verb import ask, chat
from punie_ls.cli.fix_verb import fix
from punie_ls.cli.init_verb import init
from punie_ls.cli.options import JsonOption, WorkspaceOption
from punie_ls.cli.serve import bridge, serve
from punie_ls.cli.session_verbs import sessions_app
from punie_ls.cli.tool_verbs import tools_app
from punie_ls.cli.training.verbs import register

app = typer.Typer(
    name="punie-ls",
    help="A language server for Python with a coding agent inside. Without a command it serves LSP on stdio.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(tools_app, name="tools")
app.add_typer(sessions_app, name="sessions")
app.command()(acp)
app.command()(ask)
app.command()(chat)
app.command()(fix)
app.command()(init)
app.command()(serve)
app.command()(setup)
app.command()(bridge)
register(app)


@app.command()
def lsp(
    stdio: Annotated[bool, typer.Option("--stdio", help="Accepted; stdio is the only transport.")] = False,
    log_level: Annotated[str | None, typer.Option("--log-level", help="How much to log, to stderr too.")] = None,
    trace: Annotated[Path | None, typer.Option("--trace", help="Write every message to this file.")] = None,
) -> None:
    """Serve LSP on stdio (what `punie-ls` does without a command)."""
    from punie_ls.relay.main import main as relay_main

    # `__main__` runs this verb without typer, which takes long to import; this is for the help page, and for callers.
    options = [("--log-level", log_level), ("--trace", trace)]
    raise typer.Exit(relay_main([f"{name}={value}" for name, value in options if value is not None]))


@app.command()
def doctor(
    folder: Annotated[Path, typer.Argument(help="The project's folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what is installed, what runs, and what is wrong. Exit code: 0 all is well, 1 not so, 2 bad usage."""
    from punie_ls.cli.doctor import diagnose

    raise typer.Exit(asyncio.run(diagnose(folder, as_json=json)))


@app.command()
def run(
    file: Annotated[Path | None, typer.Argument(help="A code-mode program.")] = None,
    code: Annotated[str | None, typer.Option("-c", help="The program itself.")] = None,
    workspace: WorkspaceOption = Path(),
    apply: Annotated[bool, typer.Option("--apply", help="Write the program's edits when they re-check clean.")] = False,
) -> None:
    """Run a code-mode program by hand and print its result. Exit code: 0 done, 1 the program failed, 2 error."""
    from punie_ls.cli.run import run_program

    raise typer.Exit(asyncio.run(run_program(file, code, workspace, apply=apply)))


FileOption = Annotated[list[str] | None, typer.Option("--file", help="Only this file of it; may be repeated.")]
HunkOption = Annotated[
    list[str] | None,
    typer.Option("--hunk", help="Only this hunk, as FILE:NUMBER; may be repeated. See history --show."),
]
ClosedOption = Annotated[
    bool, typer.Option("--closed", help="Its files are not open in an editor: undo on disk what an editor applied.")
]


@app.command()
def history(
    workspace: WorkspaceOption = Path(),
    show: Annotated[str | None, typer.Option("--show", help="Print this transaction as a diff.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="How many at most.")] = 20,
    json: JsonOption = False,
) -> None:
    """List what Punie wrote, newest first. Exit code: 0 done, 2 error."""
    from punie_ls.cli.history import list_history

    raise typer.Exit(list_history(workspace, show, limit, as_json=json))


@app.command()
def undo(
    transaction: Annotated[str, typer.Argument(help="Its id, or the beginning of it; the newest by default.")] = "",
    workspace: WorkspaceOption = Path(),
    file: FileOption = None,
    hunk: HunkOption = None,
    closed: ClosedOption = False,
    json: JsonOption = False,
) -> None:
    """Take back what Punie wrote. Exit code: 0 done, 1 files changed since and nothing was written, 2 error."""
    from punie_ls.cli.history import BackOptions, take_back

    options = BackOptions(transaction, workspace, file or [], hunk or [], closed, json)
    raise typer.Exit(take_back(options, again=False))


@app.command()
def redo(
    transaction: Annotated[str, typer.Argument(help="The undone transaction; the last undo's by default.")] = "",
    workspace: WorkspaceOption = Path(),
    file: FileOption = None,
    hunk: HunkOption = None,
    closed: ClosedOption = False,
    json: JsonOption = False,
) -> None:
    """Do again what undo took back. Exit code: 0 done, 1 files changed since and nothing was written, 2 error."""
    from punie_ls.cli.history import BackOptions, take_back

    options = BackOptions(transaction, workspace, file or [], hunk or [], closed, json)
    raise typer.Exit(take_back(options, again=True))


@app.command()
def demo(
    keep: Annotated[Path | None, typer.Option("--keep", help="Work in this new folder and leave it there.")] = None,
) -> None:
    """Fix a small bookshop through the real server, as an editor would, and tell the story."""
    from punie_ls.demo.story import tell

    raise typer.Exit(asyncio.run(tell(keep)))


@app.command()
def models(workspace: WorkspaceOption = Path(), json: JsonOption = False) -> None:
    """List the models: what answers where, which is chosen. Exit code: 0 usable, 1 not now, 2 wrong setting."""
    from punie_ls.cli.models import show_models

    raise typer.Exit(asyncio.run(show_models(workspace, as_json=json)))


def main() -> int:
    """Run the command line. Gives the exit status."""
    app()
    return 0
