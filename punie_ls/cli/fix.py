"""`punie-ls fix`: every problem of some paths, one after the other, each fix re-checked before the next."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from punie_agent.fixing import FixOutcome, fix
from punie_agent.requests import FixRequest
from punie_agent.session import Session, open_session
from punie_ls.cli.output import print_diff, print_error, print_text
from punie_semantic.checking import all_unknown
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import SemanticError
from punie_semantic.overlay import FileChange
from punie_semantic.paths import inside, relative
from punie_semantic.text_edits import LineEdit, line_edits, moved_line
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


@dataclass
class FixRun:
    """What a run came to. `left` are the problems that remain, `unknown` what could not be checked."""

    files: int = 0
    fixed: list[FixOutcome] = field(default_factory=list)
    left: list[FixOutcome] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    changes: list[FileChange] = field(default_factory=list)


async def fix_paths(options: FixOptions) -> int:
    """Fix and report. Gives the exit status: 0 nothing left, 1 problems left, 2 error."""
    try:
        async with Workspace.open(options.workspace) as workspace, open_session(workspace) as session:
            files = _files(workspace, options.paths)
            run = FixRun(files=len(files))
            for file in files:
                await fix_file(session, file, options, run)
            run.changes = workspace.overlay.changes()
            if options.apply and run.changes:
                await asyncio.to_thread(commit, workspace.root, run.changes, title="punie-ls fix")
    except (SemanticError, OSError) as error:
        print_error(str(error))
        return 2
    _report(run, options)
    if run.unknown:
        return 2
    return 1 if run.left else 0


def _files(workspace: Workspace, paths: list[Path]) -> list[Path]:
    chosen: dict[Path, None] = {}
    for path in paths or [workspace.root]:
        target = inside(workspace.root, path.absolute() if paths else path)
        if target.is_dir():
            chosen.update(dict.fromkeys(f for f in workspace.files.paths if f.is_relative_to(target)))
        else:
            chosen[workspace.overlay.resolve(relative(workspace.root, target))] = None
    return list(chosen)


async def fix_file(session: Session, file: Path, options: FixOptions, run: FixRun) -> None:
    """Fix the problems of one file from top to bottom; after each fix the file is looked at again."""
    declined: dict[tuple[str, ...], FixOutcome] = {}
    while True:
        findings = await session.workspace.checker.both(file)
        if findings.unknown:
            run.unknown.append(f"{relative(session.workspace.root, file)}: {all_unknown([findings])}")
            return
        problem = _next(findings.problems, declined, options.select)
        if problem is None:
            break
        outcome = await fix(session, _request(problem, unsafe_fixes=options.unsafe_fixes))
        if outcome.fixed:
            run.fixed.append(outcome)
        else:
            declined[_key(problem, findings.problems)] = outcome
    overlay = session.workspace.overlay
    back = line_edits(overlay.text(file), overlay.base(file).text)
    for problem in findings.problems:
        outcome = declined.get(_key(problem, findings.problems))
        if outcome is not None:
            run.left.append(_placed(outcome, problem, None if options.apply else back))


def _placed(outcome: FixOutcome, problem: Diagnostic, back: list[LineEdit] | None) -> FixOutcome:
    """The outcome at the line where the problem is now; with `back`, where it is in the file on disk."""
    line = problem.line if back is None else moved_line(back, problem.line)
    if line is None:
        return outcome
    return replace(outcome, request=replace(outcome.request, line=line + 1))


def _next(
    problems: Iterable[Diagnostic], declined: Collection[tuple[str, ...]], select: frozenset[str]
) -> Diagnostic | None:
    found = list(problems)
    return next((p for p in found if (not select or p.code in select) and _key(p, found) not in declined), None)


def _key(problem: Diagnostic, problems: list[Diagnostic]) -> tuple[str, ...]:
    """What a problem is called while fixes above it move its line: its kind, and the how-manieth of it."""
    same = [p for p in problems if p.kind == problem.kind]
    return (*problem.kind, str(len(same) - same.index(problem)))


def _request(problem: Diagnostic, *, unsafe_fixes: bool) -> FixRequest:
    shown = problem.problem()
    return FixRequest(
        shown.file, shown.line, shown.column, shown.tool, shown.code, shown.message, unsafe_fixes=unsafe_fixes
    )


def _report(run: FixRun, options: FixOptions) -> None:
    if options.json:
        sys.stdout.write(json.dumps(_as_json(run, options), indent=2, ensure_ascii=False) + "\n")
        return
    for change in run.changes:
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
    note = f" in {len(run.changes)} file(s), {written}" if run.changes else ""
    print_text(f"{len(run.fixed)} fixed{note}; {len(run.left)} left.\n")


def _as_json(run: FixRun, options: FixOptions) -> dict[str, Any]:
    return {
        "applied": options.apply and bool(run.changes),
        "fixed": [_outcome(o) for o in run.fixed],
        "left": [_outcome(o) for o in run.left],
        "unknown": run.unknown,
        "files": [{"file": c.file, "diff": c.diff} for c in run.changes],
    }


def _outcome(outcome: FixOutcome) -> dict[str, Any]:
    request = outcome.request
    place = {"file": request.file, "line": request.line, "column": request.column}
    return {**place, "tool": request.tool, "code": request.code, "message": outcome.sentence}
