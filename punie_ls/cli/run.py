"""`punie-ls run`: one program by hand. The debugging door of code mode."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from punie_agent.codemode.runner import ProgramResult, open_runner
from punie_agent.codemode.tools import tool_caller
from punie_agent.exceptions import ProgramError
from punie_ls.cli.output import print_diff, print_error, print_text, print_value
from punie_semantic.exceptions import SemanticError
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from punie_semantic.transactions import commit
from punie_semantic.verify import verify
from punie_semantic.workspace import Workspace


async def run_program(file: Path | None, code: str | None, folder: Path, *, apply: bool) -> int:
    """Run a program and print what it printed, its value, and its edits as diffs. Gives the exit status."""
    if (file is None) == (code is None):
        print_error("Pass either a FILE or -c CODE.")
        return 2
    try:
        program = code if code is not None else _read(file)
        async with Workspace.open(folder, trusted=True) as workspace, open_runner(render_stubs(), TOOLS) as runner:
            done = await runner.run(program, tool_caller(workspace, lambda event: None))
            _show(done)
            return await _finish(workspace, apply=apply)
    except ProgramError as error:
        print_text(error.output)
        print_error(str(error))
        return 1
    except (SemanticError, OSError, UnicodeDecodeError) as error:
        print_error(str(error))
        return 2


def _read(file: Path | None) -> str:
    assert file is not None
    return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")


def _show(done: ProgramResult) -> None:
    print_text(done.output)
    if done.value is not None:
        print_value(done.value)


async def _finish(workspace: Workspace, *, apply: bool) -> int:
    """Show the edits; write them when asked to and when they re-check clean."""
    changes = workspace.overlay.changes()
    if not changes:
        return 0
    report = await verify(workspace.checker, workspace.files, {})
    for change in changes:
        print_diff(change.diff)
    if not apply:
        print_text(f"{len(changes)} file(s) edited in the overlay ({report.state}); nothing written. Use --apply.\n")
        return 0
    if report.state != "clean":
        why = report.reason or "; ".join(f"{p.file}:{p.line} {p.code} {p.message}" for p in report.introduced)
        print_error(f"Nothing written: the edits do not re-check clean: {why}")
        return 1
    await asyncio.to_thread(commit, workspace.root, changes)
    print_text(f"{len(changes)} file(s) written.\n")
    return 0
