"""What `punie-ls fix` reports: as text, as one JSON object, or in the forms of others."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from punie_agent.fix_runs import FixRun, ProblemOutcome

MOST_SKIPPED = 5


@dataclass(frozen=True)
class Report:
    """A run, for all forms.

    Attributes:
        run: what it came to.
        diffs: the files that changed, or would, with their diffs.
        root: the workspace.
        applied: whether they were written.
        apart: whether problems are reported at their place in the files as they are, each with a fix of its own.
    """

    run: FixRun
    diffs: Sequence[tuple[str, str]]
    root: Path
    applied: bool
    apart: bool

    @property
    def problems(self) -> list[str]:
        """What could not be told, for people."""
        left_alone = [f"{s.file} {s.reason}" for s in self.run.skipped if s.unknown]
        return [f"unknown: {reason}" for reason in (*self.run.unknown, *left_alone)]


def render(form: Literal["text", "json", "sarif", "github", "gitlab"], report: Report, *, diff: bool) -> str:
    """A report in one of the forms."""
    match form:
        case "text":
            return _text(report, diff=diff)
        case "json":
            return _json(report)
        case "sarif":
            from punie_ls.cli.sarif import sarif

            return sarif(report)
        case "github":
            from punie_ls.cli.annotations import github

            return github(report)
        case "gitlab":
            from punie_ls.cli.annotations import gitlab

            return gitlab(report)


def summary(report: Report) -> str:
    """How far it came, in a few lines."""
    run = report.run
    lines = [*_skipped(report)]
    if not run.files and not run.skipped:
        lines.append("No Python files here; nothing was checked.")
    elif report.apart:
        fixable = sum(outcome.fix is not None for outcome in run.left)
        lines.append(f"{_count(run.left.count, 'problem')}; {fixable} can be fixed.")
    else:
        written = "written" if report.applied else "not written; use --apply"
        note = f" in {len(report.diffs)} file(s), {written}" if report.diffs else ""
        lines.append(f"{run.fixed.count} fixed{note}; {run.left.count} left.")
    if run.stopped:
        lines.insert(len(lines) - 1, f"Stopped early: {run.stopped}. {run.done} of {_count(run.files, 'file')} done.")
    return "".join(f"{line}\n" for line in lines)


def _skipped(report: Report) -> list[str]:
    skipped = [s for s in report.run.skipped if not s.unknown]
    lines = [f"Left alone: {s.file} {s.reason}." for s in skipped[:MOST_SKIPPED]]
    if len(skipped) > MOST_SKIPPED:
        reasons = Counter(s.reason for s in skipped[MOST_SKIPPED:])
        lines += [f"Left alone: {_count(n, 'more file')} ({reason})." for reason, n in reasons.items()]
    return lines


def _text(report: Report, *, diff: bool) -> str:
    parts = [text for _, text in report.diffs] if diff and not report.apart else []
    parts += [_line(outcome, apart=report.apart) for outcome in report.run.left]
    if (more := report.run.left.count - len(list(report.run.left))) > 0:
        parts.append(f"... and {more} more problems\n")
    return "".join(parts)


def _line(outcome: ProblemOutcome, *, apart: bool) -> str:
    problem = outcome.problem
    place = f"{problem.file}:{problem.line}:{problem.column}: {problem.code}"
    if not apart:
        return f"{place} left: {outcome.sentence}\n"
    return f"{place} {first_line(problem.message)}. {outcome.sentence}".rstrip() + "\n"


def first_line(message: str) -> str:
    """The first line of a message, without its full stop."""
    return next(iter(message.strip().splitlines()), "").rstrip(".")


def _json(report: Report) -> str:
    run = report.run
    plain = {
        "applied": report.applied and bool(report.diffs),
        "status": run.status,
        "stopped": run.stopped,
        "counts": {"files": run.files, "problems": run.problems, "fixed": run.fixed.count, "left": run.left.count},
        "fixed": [_outcome(o) for o in run.fixed],
        "left": [_outcome(o) for o in run.left],
        "unknown": run.unknown,
        "skipped": [{"file": s.file, "reason": s.reason, "unknown": s.unknown} for s in run.skipped],
        "files": [{"file": file, "diff": diff} for file, diff in report.diffs],
    }
    return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"


def _outcome(outcome: ProblemOutcome) -> dict[str, Any]:
    problem, fix = outcome.problem, outcome.fix
    place = {name: getattr(problem, name) for name in ("file", "line", "column", "end_line", "end_column")}
    found = {**place, "tool": problem.tool, "code": problem.code, "severity": problem.severity}
    found |= {"problem": problem.message, "message": outcome.sentence}
    if fix is not None:
        found["fix"] = {"title": fix.title, "kind": fix.kind, "why": fix.why, "file": fix.file}
    return found


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
