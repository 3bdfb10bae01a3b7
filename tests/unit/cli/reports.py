"""Reports of runs that are written out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from punie_agent.fix_files import Skipped
from punie_agent.fix_runs import Fix, FixRun, ProblemOutcome
from punie_ls.cli.fix_reports import Report
from punie_semantic.results import Problem


def outcome(message: str = "`os` imported but unused", fix: Fix | None = None, **fields: Any) -> ProblemOutcome:
    """A problem that is left; F401 in the first line by default."""
    plain = {
        "id": "x",
        "tool": "ruff",
        "file": "app.py",
        "line": 1,
        "column": 8,
        "end_line": 1,
        "end_column": 10,
        "code": "F401",
        "severity": "warning",
        "fixable": True,
    }
    source = fields.pop("source", "import os")
    problem = Problem.model_validate({**plain, "message": message, **fields})
    return ProblemOutcome(problem, f"Can be fixed: {fix.title}." if fix else "There is no fix for F401.", fix, source)


def edit(line: int, start: int, end_line: int, end: int, text: str) -> dict[str, Any]:
    """An LSP edit."""
    span = {"start": {"line": line, "character": start}, "end": {"line": end_line, "character": end}}
    return {"range": span, "newText": text}


def report(*outcomes: ProblemOutcome, unknown: tuple[str, ...] = (), skipped: tuple[Skipped, ...] = ()) -> Report:
    """A finished check."""
    run = FixRun(files=1, done=1, unknown=list(unknown), skipped=list(skipped))
    run.left.add(outcomes)
    return Report(run, [], Path("/p"), applied=False, apart=True)
