"""`punie-ls ask` and `punie-ls chat`: the verbs' options. Imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from punie_ls.cli.options import WorkspaceOption

SESSION = "Which conversation"
EDITS = "What may be done"

ModelOption = Annotated[str | None, typer.Option("--model", "-m", help="Which model answers; see `punie-ls models`.")]
SessionOption = Annotated[
    str | None,
    typer.Option(
        "--session", "-s", help="Go on with this session; the beginning of its id is enough.", rich_help_panel=SESSION
    ),
]
ContinueOption = Annotated[
    bool, typer.Option("--continue", "-c", help="Go on with the project's last session.", rich_help_panel=SESSION)
]
ApplyOption = Annotated[
    bool, typer.Option("--apply", help="Write edits that re-checked clean without asking.", rich_help_panel=EDITS)
]
AllowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow", help="A rule of what may be done, such as tests or 'command: make docs'.", rich_help_panel=EDITS
    ),
]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show programs, what they print, and all thoughts.")
]


ServerOption = Annotated[
    bool, typer.Option("--server/--no-server", help="Use `punie-ls serve` when it runs; it has all loaded already.")
]


def ask(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="What you want, in words. Without any, or with `-`, it is read from standard input."),
    ] = None,
    workspace: WorkspaceOption = Path(),
    file: Annotated[Path | None, typer.Option("--file", "-f", help="The file that the words are about.")] = None,
    line: Annotated[int | None, typer.Option("--line", min=1, help="The line in it.")] = None,
    model: ModelOption = None,
    session: SessionOption = None,
    last: ContinueOption = False,
    apply: ApplyOption = False,
    allow: AllowOption = None,
    verbose: VerboseOption = False,
    server: ServerOption = True,
    json: Annotated[bool, typer.Option("--json", help="Print events, one JSON object a line.")] = False,
) -> None:
    """Ask the agent. What is piped in goes with it. Exit code: 0 done, 1 failed or not written, 2 wrong use."""
    from punie_ls.cli.ask import AskOptions
    from punie_ls.cli.ask import ask as ask_once

    options = AskOptions(
        workspace=workspace,
        which=_which(session, last=last),
        model=model,
        allow=tuple(allow or ()),
        apply=apply,
        verbose=verbose,
        as_json=json,
        server=server,
    )
    raise typer.Exit(ask_once(words or [], options, file, line))


def chat(
    workspace: WorkspaceOption = Path(),
    model: ModelOption = None,
    session: SessionOption = None,
    last: ContinueOption = False,
    apply: ApplyOption = False,
    allow: AllowOption = None,
    verbose: VerboseOption = False,
    server: ServerOption = True,
) -> None:
    """Talk with the agent; /help says what else can be typed. Exit code: 0 left, 1 it cannot start, 2 wrong use."""
    from punie_ls.cli.ask import AskOptions
    from punie_ls.cli.chat import chat as talk

    which = _which(session, last=last)
    options = AskOptions(workspace, which, model, tuple(allow or ()), apply, verbose, server=server)
    raise typer.Exit(talk(options))


def _which(session: str | None, *, last: bool) -> str:
    if session is not None and last:
        raise typer.BadParameter("Pass either --session or --continue.")
    if session is not None and not session.strip():
        raise typer.BadParameter("--session needs a session's id; `punie-ls sessions list` shows them.")
    return "last" if last else session or "new"
