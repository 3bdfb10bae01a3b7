"""`punie-ls fix`: every problem of some paths, one after the other, each fix re-checked before the next."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_agent.fix_all import FixAllOptions, FixRun, files_to_fix, fix_all, place_in_base
from punie_agent.fixing import FixOutcome
from punie_agent.session import open_session
from punie_ls.cli.output import print_diff, print_error, print_text
from punie_semantic.exceptions import SemanticError
from punie_semantic.overlay import FileChange
from punie_semantic.transactions import commit
from punie_semantic.workspace import Workspace


@dataclass(frozen=True)
class FixOptions:
    """The command's arguments."""

    paths: list[Path]
    workspace: Path
    apply: bool
    json: bool
    select: frozenset[str]
    unsafe_fixes: bool


async def fix_paths(options: FixOptions) -> int:
    """Fix and report. Gives the exit status: 0 nothing left, 1 problems left, 2 error."""
    try:
        async with Workspace.open(options.workspace) as workspace, open_session(workspace) as session:
            files = files_to_fix(workspace, [path.absolute() for path in options.paths])
            run = FixRun()
            await fix_all(session, files, FixAllOptions(options.select, options.unsafe_fixes), run)
            changes = workspace.overlay.changes()
            if options.apply and changes:
                await asyncio.to_thread(commit, workspace.root, changes, title="punie-ls fix")
            if not options.apply:
                run.left = [place_in_base(outcome, workspace) for outcome in run.left]
    except (SemanticError, OSError) as error:
        print_error(str(error))
        return 2
    _report(run, changes, options)
    if run.unknown:
        return 2
    return 1 if run.left else 0


def _report(run: FixRun, changes: list[FileChange], options: FixOptions) -> None:
    if options.json:
        sys.stdout.write(json.dumps(_as_json(run, changes, options), indent=2, ensure_ascii=False) + "\n")
        return
    for change in changes:
        print_diff(change.diff)
    for outcome in run.left:
        request = outcome.request
        print_text(f"{request.file}:{request.line}:{request.column}: {request.code} left: {outcome.sentence}\n")
    for reason in run.unknown:
        print_error(f"unknown: {reason}")
    if not run.files:
        print_text("No Python files here; nothing was checked.\n")
        return
    written = "written" if options.apply else "not written; use --apply"
    note = f" in {len(changes)} file(s), {written}" if changes else ""
    print_text(f"{len(run.fixed)} fixed{note}; {len(run.left)} left.\n")


def _as_json(run: FixRun, changes: list[FileChange], options: FixOptions) -> dict[str, Any]:
    return {
        "applied": options.apply and bool(changes),
        "fixed": [_outcome(o) for o in run.fixed],
        "left": [_outcome(o) for o in run.left],
        "unknown": run.unknown,
        "files": [{"file": c.file, "diff": c.diff} for c in changes],
    }


def _outcome(outcome: FixOutcome) -> dict[str, Any]:
    request = outcome.request
    place = {"file": request.file, "line": request.line, "column": request.column}
    return {**place, "tool": request.tool, "code": request.code, "message": outcome.sentence}
