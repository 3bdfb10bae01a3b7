"""Asking ty, ruff and pytest. Three answers, not two: clean, errors, and unknown with its reason."""

from __future__ import annotations

from pathlib import Path

from punie_semantic.checking import Findings, all_unknown
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import ExecutionNotAllowed, PathError
from punie_semantic.paths import inside
from punie_semantic.pytest_run import run_pytest
from punie_semantic.results import (
    DiagnosticsResult,
    RuffResult,
    State,
    TestResult,
    TypeCheckError,
    TypeCheckResult,
    Violation,
)
from punie_semantic.workspace import Workspace


async def diagnostics(
    workspace: Workspace, path: str, start_line: int = 1, end_line: int = 1_000_000_000
) -> DiagnosticsResult:
    """What ty and ruff find in a file, or in some lines of it. Each problem's `id` can be passed on.

    Example: `diagnostics("src/app.py", 10, 20).problems[0].message`
    """
    file = workspace.overlay.resolve(path)
    findings = await workspace.checker.both(file)
    chosen = [d for d in findings.problems if d.line + 1 <= end_line and d.range["end"]["line"] + 1 >= start_line]
    workspace.remember(chosen)
    problems = [d.problem() for d in chosen]
    return DiagnosticsResult(
        state=_state([findings], bool(problems)), problems=problems, reason=all_unknown([findings])
    )


async def typecheck(workspace: Workspace, path: str = ".") -> TypeCheckResult:
    """Check types with ty, in a file or in every Python file of a folder.

    Example: `[e.line for e in typecheck("src").errors if e.severity == "error"]`
    """
    results = [await workspace.checker.by_ty(file) for file in _python_files(workspace, path)]
    found = [d for r in results for d in r.problems]
    state = _state(results, bool(found))
    return TypeCheckResult(
        state=state,
        success=state == "clean",
        error_count=sum(d.severity == "error" for d in found),
        warning_count=sum(d.severity == "warning" for d in found),
        errors=[_type_error(d) for d in found],
        reason=all_unknown(results),
    )


async def ruff_check(workspace: Workspace, path: str = ".") -> RuffResult:
    """Lint with ruff, a file or every Python file of a folder, with the project's configuration.

    Example: `for v in ruff_check("src").violations: print(v.file, v.line, v.code, v.fixable)`
    """
    results = [await workspace.checker.by_ruff(file) for file in _python_files(workspace, path)]
    found = [d for r in results for d in r.problems]
    state = _state(results, bool(found))
    return RuffResult(
        state=state,
        success=state == "clean",
        violation_count=len(found),
        fixable_count=sum(_is_safe(d) for d in found),
        violations=[_violation(d) for d in found],
        reason=all_unknown(results),
    )


async def pytest_run(workspace: Workspace, path: str = ".", keyword: str = "") -> TestResult:
    """Run tests with the project's own Python; this turn's edits are seen. `keyword` is pytest's -k.

    Example: `result = pytest_run("tests/test_app.py"); result.failures[0].message`
    """
    if not workspace.trusted:
        raise ExecutionNotAllowed(
            "Running tests executes the project's code, and this workspace is not trusted. "
            "Ask the user to trust it, or check with typecheck and ruff_check."
        )
    target = inside(workspace.root, path.partition("::")[0])
    if not target.exists():
        raise PathError(f"{path} does not exist in the workspace. Pass a test file, a folder or a node id.")
    return await run_pytest(workspace.root, workspace.interpreter, workspace.overlay.changes(), path, keyword)


def _python_files(workspace: Workspace, path: str) -> list[Path]:
    target = inside(workspace.root, path)
    if target.is_dir():
        return [file for file in workspace.files.paths if file.is_relative_to(target)]
    return [workspace.overlay.resolve(path)]


def _state(results: list[Findings], found: bool) -> State:
    if any(r.unknown for r in results):
        return "unknown"
    return "errors" if found else "clean"


def _type_error(diagnostic: Diagnostic) -> TypeCheckError:
    return TypeCheckError.model_validate(diagnostic.problem().model_dump(include=set(TypeCheckError.model_fields)))


def _violation(diagnostic: Diagnostic) -> Violation:
    shared = diagnostic.problem().model_dump(include=set(Violation.model_fields))
    applicability = diagnostic.fix.applicability if diagnostic.fix else "none"
    return Violation.model_validate({**shared, "applicability": applicability})


def _is_safe(diagnostic: Diagnostic) -> bool:
    return diagnostic.fix is not None and diagnostic.fix.applicability == "safe"
