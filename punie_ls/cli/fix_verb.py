"""`punie-ls fix`: the verb's options. Imports what it needs when it runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from punie_ls.cli.options import WorkspaceOption

SELECTING = "Which problems and files"
REPORTING = "What is reported"
LIMITS = "Limits"

Format = Literal["text", "json", "sarif", "github", "gitlab"]


def fix(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or folders; the workspace by default. `-` reads a list of files from stdin."),
    ] = None,
    workspace: WorkspaceOption = Path(),
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the fixes, file by file; without it they are only shown.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="For CI: write nothing, and list what there is and what can be fixed.")
    ] = False,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", help="Only these codes, e.g. F401; F for all of ruff's F.", rich_help_panel=SELECTING),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="Not these codes.", rich_help_panel=SELECTING)
    ] = None,
    unsafe_fixes: Annotated[
        bool,
        typer.Option(
            "--unsafe-fixes", help="Also fixes that may change what the program does.", rich_help_panel=SELECTING
        ),
    ] = False,
    suppress: Annotated[
        bool,
        typer.Option(
            "--suppress", help="Also comments that hide a problem, where nothing else holds.", rich_help_panel=SELECTING
        ),
    ] = False,
    tests: Annotated[
        bool,
        typer.Option(
            "--tests", help="Drop a fix that makes an affected test fail; runs the tests.", rich_help_panel=SELECTING
        ),
    ] = False,
    confidence: Annotated[
        float,
        typer.Option(
            "--confidence", min=0, max=1, help="How sure a fix must be to be made.", rich_help_panel=SELECTING
        ),
    ] = 0.7,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only files that differ from git's HEAD.", rich_help_panel=SELECTING)
    ] = False,
    changed_lines: Annotated[
        bool, typer.Option("--changed-lines", help="Only lines that do.", rich_help_panel=SELECTING)
    ] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", help="Another commit or branch than HEAD, e.g. main.", rich_help_panel=SELECTING),
    ] = None,
    generated: Annotated[
        bool,
        typer.Option("--generated", help="Also files that say they are generated.", rich_help_panel=SELECTING),
    ] = False,
    max_size: Annotated[
        int, typer.Option("--max-size", min=0, help="Leave larger files alone (bytes).", rich_help_panel=LIMITS)
    ] = 1 << 20,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=0, help="Stop after so long.", rich_help_panel=LIMITS)
    ] = None,
    most: Annotated[
        int | None, typer.Option("--most", min=0, help="Stop after so many fixes.", rich_help_panel=LIMITS)
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="How it is reported; see docs/fix.md.", rich_help_panel=REPORTING)
    ] = "text",
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.", rich_help_panel=REPORTING)] = False,
    output: Annotated[
        Path | None, typer.Option("--output", help="Report into this file.", rich_help_panel=REPORTING)
    ] = None,
    diff: Annotated[
        bool,
        typer.Option("--diff", help="Show diffs with --apply, too.", rich_help_panel=REPORTING),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No summary and no progress.", rich_help_panel=REPORTING)
    ] = False,
    no_progress: Annotated[
        bool, typer.Option("--no-progress", help="No progress bar.", rich_help_panel=REPORTING)
    ] = False,
    no_record: Annotated[
        bool, typer.Option("--no-record", help="Keep no record of what was tried.", rich_help_panel=REPORTING)
    ] = False,
) -> None:
    """Fix what ty and ruff report; each fix is re-checked. Exit code: 0 nothing left, 1 some left, 2 not known."""
    from punie_ls.cli.fix import FixCommand, fix_paths

    if apply and check:
        raise typer.BadParameter("--check writes nothing; leave one of --apply and --check out.")
    command = FixCommand(
        paths=paths or [],
        workspace=workspace,
        apply=apply,
        check=check,
        select=_codes(select),
        ignore=_codes(ignore),
        unsafe_fixes=unsafe_fixes,
        suppress=suppress,
        tests=tests,
        confidence=confidence,
        changed=changed or changed_lines or since is not None,
        changed_lines=changed_lines,
        since=since or "HEAD",
        generated=generated,
        max_size=max_size,
        seconds=seconds,
        most=most,
        form="json" if json else form,
        output=output,
        diff=diff,
        quiet=quiet,
        progress=not no_progress,
        record=not no_record,
    )
    raise typer.Exit(asyncio.run(fix_paths(command)))


def _codes(options: list[str] | None) -> frozenset[str]:
    """Codes, given one by one or with commas between them."""
    return frozenset(code.strip() for option in options or [] for code in option.split(",") if code.strip())
