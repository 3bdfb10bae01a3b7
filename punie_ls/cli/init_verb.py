"""`punie-ls init`: the verb's options. Imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def init(
    editors: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="EDITOR",
            help="vscode, vscode-insiders, vscodium, code-server, neovim, jetbrains, zed, helix, emacs; "
            "all that are found by default.",
            show_default=False,
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 0 when all that are found are configured, else 1.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take back what was written; later edits of yours stay.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, as diffs.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    command: Annotated[
        Path | None, typer.Option("--command", help="The punie-ls that editors start; this one by default.")
    ] = None,
) -> None:
    """Configure your editors to start Punie. Exit code: 0 done, 1 nothing was written, 2 error."""
    from punie_ls.cli.init import InitCommand, check_editors, configure_editors, undo_editors

    if sum((check, undo)) > 1 or (check and (dry_run or yes)):
        raise typer.BadParameter("--check writes nothing; give it without --undo, --dry-run and --yes.")
    todo = InitCommand(editors or [], dry_run=dry_run, yes=yes, command=command)
    run = check_editors if check else undo_editors if undo else configure_editors
    raise typer.Exit(run(todo))
