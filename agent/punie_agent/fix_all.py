"""Every problem of some files, one after the other, each fix re-checked before the next.

What is fixed so far stays in the session's overlay, also when the run is cancelled in the middle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from punie_agent.events import Event
from punie_agent.fixing import FixOutcome, fix
from punie_agent.requests import FixRequest
from punie_agent.session import Session
from punie_semantic.checking import all_unknown
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.paths import inside, relative
from punie_semantic.text_edits import line_edits, moved_line
from punie_semantic.workspace import Workspace


@dataclass(frozen=True)
class FixAllOptions:
    """Which problems to fix: those of the codes in `select`, or all. `unsafe_fixes` allows what ruff calls unsafe."""

    select: frozenset[str] = frozenset()
    unsafe_fixes: bool = False


@dataclass
class FixRun:
    """What a run came to, or has come to so far.

    Attributes:
        files: how many files there are.
        done: how many of them are finished.
        fixed: the problems that are gone.
        left: those that remain, at their line in the texts as the run leaves them.
        unknown: the files that could not be checked, and why.
    """

    files: int = 0
    done: int = 0
    fixed: list[FixOutcome] = field(default_factory=list)
    left: list[FixOutcome] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Observer:
    """Who watches a run: `on_file` before each file, `on_event` for each event of a fix."""

    on_file: Callable[[FixRun, str], None] = lambda run, file: None
    on_event: Callable[[Event], None] = lambda event: None


def files_to_fix(workspace: Workspace, paths: Sequence[Path]) -> list[Path]:
    """The Python files that paths stand for; all of the workspace without any. Raises PathError."""
    chosen: dict[Path, None] = {}
    for path in paths or [workspace.root]:
        target = inside(workspace.root, path)
        if target.is_dir():
            chosen.update(dict.fromkeys(f for f in workspace.files.paths if f.is_relative_to(target)))
        else:
            chosen[workspace.overlay.resolve(relative(workspace.root, target))] = None
    return list(chosen)


async def fix_all(
    session: Session,
    files: Sequence[Path],
    options: FixAllOptions,
    run: FixRun,
    observer: Observer | None = None,
) -> None:
    """Fix the problems of files, in order; `run` tells at any time how far it is. Raises SemanticError."""
    seen = observer or Observer()
    run.files = len(files)
    for file in files:
        seen.on_file(run, relative(session.workspace.root, file))
        await _fix_file(session, file, options, run, seen)
        run.done += 1


def place_in_base(outcome: FixOutcome, workspace: Workspace) -> FixOutcome:
    """A problem that is left, at its line in the file as it was before the run."""
    overlay = workspace.overlay
    path = overlay.resolve(outcome.request.file)
    back = line_edits(overlay.text(path), overlay.base(path).text)
    return _at_line(outcome, moved_line(back, outcome.request.line - 1))


def _at_line(outcome: FixOutcome, line: int | None) -> FixOutcome:
    if line is None:
        return outcome
    return replace(outcome, request=replace(outcome.request, line=line + 1))


async def _fix_file(session: Session, file: Path, options: FixAllOptions, run: FixRun, observer: Observer) -> None:
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
        outcome = await fix(session, _request(problem, unsafe_fixes=options.unsafe_fixes), observer.on_event)
        if outcome.fixed:
            run.fixed.append(outcome)
        else:
            declined[_key(problem, findings.problems)] = outcome
    for problem in findings.problems:
        outcome = declined.get(_key(problem, findings.problems))
        if outcome is not None:
            run.left.append(_at_line(outcome, problem.line))


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
