"""`punie-ls tools ...`: the verbs; each imports what it needs when it runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from punie_ls.cli.options import JsonOption, WorkspaceOption

tools_app = typer.Typer(help="The typed tools that programs call.", no_args_is_help=True)


@tools_app.command("list")
def tools_list(json: JsonOption = False) -> None:
    """List the tools."""
    from punie_ls.cli.tools import list_tools

    raise typer.Exit(list_tools(as_json=json))


@tools_app.command("show")
def tools_show(name: Annotated[str, typer.Argument(help="A tool's name.")]) -> None:
    """Show a tool's signature, what it is for, and what it returns."""
    from punie_ls.cli.tools import show_tool

    raise typer.Exit(show_tool(name))


@tools_app.command("call")
def tools_call(
    name: Annotated[str, typer.Argument(help="A tool's name.")],
    json: Annotated[str, typer.Option("--json", help="The arguments as a JSON object; - reads them from stdin.")] = "",
    workspace: WorkspaceOption = Path(),
    trust: Annotated[bool, typer.Option("--trust", help="The project's own code may be run, as tests do.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Write the edits when they re-check clean.")] = False,
) -> None:
    """Call a tool and print its result as JSON. Exit code: 0 done, 1 the tool could not, 2 bad usage."""
    from punie_ls.cli.tools import call_tool

    raise typer.Exit(asyncio.run(call_tool(name, json, workspace, trusted=trust, apply=apply)))


@tools_app.command("reference")
def tools_reference(
    write: Annotated[Path | None, typer.Option("--write", help="Write the page to this file.")] = None,
    check: Annotated[Path | None, typer.Option("--check", help="Fail when this file is not up to date.")] = None,
) -> None:
    """Print the tool reference (Markdown), which is generated from the registry."""
    from punie_semantic.reference import render_reference

    page = render_reference()
    if check is not None:
        if not check.is_file() or check.read_text(encoding="utf-8") != page:
            typer.echo(f"{check} is out of date. Run: make docs", err=True)
            raise typer.Exit(1)
        return
    if write is not None:
        write.write_text(page, encoding="utf-8")
    else:
        typer.echo(page)


@tools_app.command("stubs")
def tools_stubs() -> None:
    """Print the stubs that programs are type-checked against."""
    from punie_semantic.stubs import render_stubs

    typer.echo(render_stubs(docstrings=True))
