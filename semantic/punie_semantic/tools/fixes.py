"""Fixes that hold: candidates of ruff, ty and Punie's generators, checked before they are shown."""

from __future__ import annotations

import asyncio
import hashlib
from importlib import import_module
from typing import Any

from punie_semantic.checking import all_unknown
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.fixing.outcome import FixOptions, FixSearch, FoundFix
from punie_semantic.places import position, versions
from punie_semantic.results import CandidateFix, FixesResult
from punie_semantic.text_edits import lsp_edits, unified_diff
from punie_semantic.tools.testing import permit_tests
from punie_semantic.workspace import Candidate, Workspace

MOST_REJECTED = 20


async def find_fixes(
    workspace: Workspace,
    path: str,
    line: int,
    column: int = 0,
    code: str = "",
    unsafe: bool = False,
    suppress: bool = False,
    tests: bool = False,
) -> FixesResult:
    """Fixes of the problem at a line that ty, ruff and all dependent files agree with, best first.

    The overlay is left as it is. Pass the problem's `column` and `code` when there are several. With `tests` a fix must
    not make an affected test fail either: they run before and after, in a copy of the project; the user is asked, or
    trusts the project.

    Example: `apply_code_action(find_fixes("src/app.py", 12).fixes[0].id)`
    """
    file, _ = position(workspace, path, line, column or 1)
    findings = await workspace.checker.both(file)
    here = [d for d in findings.problems if d.line + 1 == line and (not code or d.code == code)]
    workspace.remember(here)
    if not here:
        unknown = all_unknown([findings])
        reason = unknown or f"{code or 'Nothing'} is{' not' if code else ''} reported in line {line}."
        return FixesResult(
            fixes=[],
            rejected=[],
            unsafe=[],
            state="unknown" if unknown else "clean",
            reason=reason,
            versions=versions(workspace),
        )
    problem = min(here, key=lambda d: (_distance(d, column), d.severity != "error", d.tool != "ty"))
    if tests:
        await permit_tests(workspace, "find_fixes", ())
    # Half of this package: whoever looks for no fix need not wait for it, and no loop does.
    engine, table = await asyncio.to_thread(_load)
    generators = (*table.GENERATORS, *workspace.suggesters)
    search = await engine.find_fixes(
        workspace, problem, FixOptions(unsafe=unsafe, suppress=suppress, tests="all" if tests else "none"), generators
    )
    return FixesResult.model_validate(
        {
            "fixes": [offered(workspace, found, problem) for found in search.found],
            "rejected": [f"“{r.candidate.title}” {r.why}" for r in search.rejected[:MOST_REJECTED]],
            "unsafe": list(dict.fromkeys(c.title for c in search.held_back)),
            "state": _state(search),
            "reason": search.reason,
            "versions": versions(workspace),
        }
    )


def _load() -> tuple[Any, Any]:
    return import_module("punie_semantic.fixing.search"), import_module("punie_semantic.fixing.generators.table")


def _distance(problem: Diagnostic, column: int) -> int:
    return abs(problem.range["start"]["character"] + 1 - column) if column else 0


def _state(search: FixSearch) -> str:
    """A fix that was found holds, whatever could not be asked about others."""
    return "partial" if search.found and search.state == "unknown" else search.state


def offered(workspace: Workspace, found: FoundFix, problem: Diagnostic | None) -> CandidateFix:
    """A fix as tools return it; `apply_code_action` knows it by its id."""
    before = workspace.overlay.text(workspace.overlay.resolve(found.file))
    seed = f"{problem.id if problem else ''}|{found.candidate.title}|{found.text}".encode("utf-8", "replace")
    key = f"punie-{hashlib.blake2b(seed, digest_size=5).hexdigest()}"
    edits = tuple(lsp_edits(before, found.text))
    workspace.candidates[key] = Candidate(file=found.file, title=found.candidate.title, edits=edits, text=before)
    return CandidateFix(
        id=key,
        title=found.candidate.title,
        unsafe=found.candidate.kind == "unsafe_fix",
        file=found.file,
        score=round(found.score, 3),
        why=found.why,
        diff=unified_diff(before, found.text, found.file),
    )
