"""The verbs `acp` and `setup`. Light: what they need is imported when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def acp(
    setup_first: Annotated[bool, typer.Option("--setup", help="Choose a model in the terminal instead.")] = False,
    listen: Annotated[Path | None, typer.Option("--listen", hidden=True, help="Serve clients on this socket.")] = None,
    project: Annotated[Path | None, typer.Option("--project", hidden=True, help="Serve no folder outside.")] = None,
    log_level: Annotated[str | None, typer.Option("--log-level", help="How much to log, to stderr too.")] = None,
) -> None:
    """Serve the Agent Client Protocol on stdio, for JetBrains, Zed, Toad and others. See docs/acp.md."""
    if setup_first:
        setup()
    from punie_ls.cli.acp import serve_listening, serve_stdio

    raise typer.Exit(serve_stdio(log_level) if listen is None else serve_listening(listen, project, log_level))


def setup() -> None:
    """Choose the model that answers, and write it into your settings. Exit code: 0 done, 1 nothing chosen, 2 error."""
    from punie_ls.cli.setup import choose

    raise typer.Exit(choose())
