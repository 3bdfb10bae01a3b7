"""Asking ty and ruff. Four answers: clean, errors, partial, and unknown with its reason."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path

from punie_semantic.checking import Findings, all_unknown
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import PositionError, SemanticError, SourceError, ToolUnavailable
from punie_semantic.overlay import GONE
from punie_semantic.paths import inside
from punie_semantic.places import PYTHON_FILES, python_file, versions
from punie_semantic.pytest_run import copied
from punie_semantic.results import (
    DiagnosticsResult,
    RuffResult,
    State,
    TypeCheckError,
    TypeCheckResult,
    Violation,
)
from punie_semantic.sources import Source
from punie_semantic.ty_command import check_copy
from punie_semantic.verify import by_ty
from punie_semantic.wire.positions import TextLines
from punie_semantic.workspace import Workspace

FOLDER_SECONDS = 60.0
BATCH = 64


async def diagnostics(
    workspace: Workspace, path: str, start_line: int = 1, end_line: int = 1_000_000_000
) -> DiagnosticsResult:
    """What ty and ruff find in a file, or in some lines of it. Each problem's `id` can be passed on.

    Example: `diagnostics("src/app.py", 10, 20).problems[0].message`
    """
    file = python_file(workspace, path)
    _refuse_lines(workspace, file, path, start_line, end_line)
    findings = await workspace.checker.both(file)
    chosen = [d for d in findings.problems if d.line + 1 <= end_line and d.range["end"]["line"] + 1 >= start_line]
    workspace.remember(chosen)
    problems = [d.problem() for d in chosen]
    return DiagnosticsResult(
        state=_state([findings], "", bool(problems)),
        reason=all_unknown([findings]),
        versions=versions(workspace),
        problems=problems,
    )


def _refuse_lines(workspace: Workspace, file: Path, path: str, start_line: int, end_line: int) -> None:
    """Raises PositionError for lines that the file does not have: no problem in them would mean nothing."""
    with contextlib.suppress(SourceError):  # a file that cannot be read is unknown
        count = len(TextLines(workspace.overlay.text(file)))
        if not 1 <= start_line <= min(end_line, count):
            raise PositionError(
                f"{path} has {count} lines; lines {start_line} to {end_line} are not in it. Lines count from 1."
            )


async def typecheck(workspace: Workspace, path: str = ".") -> TypeCheckResult:
    """Check types with ty, in a file or in every Python file of a folder.

    Example: `[e.line for e in typecheck("src").errors if e.severity == "error"]`
    """
    files = _python_files(workspace, path)
    results = await _types(workspace, files)
    found = [d for r in results.values() for d in r.problems]
    cut = _cut(workspace, len(results), len(files))
    state = _state(results.values(), cut, bool(found))
    return TypeCheckResult(
        state=state,
        reason="; ".join(filter(None, (all_unknown(results.values()), cut))),
        versions=versions(workspace),
        success=state == "clean",
        error_count=sum(d.severity == "error" for d in found),
        warning_count=sum(d.severity == "warning" for d in found),
        errors=[_type_error(d) for d in found],
        files_checked=len(results),
        missing=len(files) - len(results),
    )


async def _types(workspace: Workspace, files: list[Path]) -> dict[Path, Findings]:
    """ty's server is asked; when none can be started, the command is."""
    checker, state = workspace.checker, workspace.overlay.state
    results = await by_ty(checker, files, state, time.monotonic() + FOLDER_SECONDS)
    unknown = _sources(workspace, [path for path, findings in results.items() if findings.unknown])
    if checker.ty.alive or not unknown:
        return results
    try:
        async with copied(workspace.root, workspace.interpreter, workspace.overlay, state) as copy:
            found = await check_copy(copy, unknown)
    except ToolUnavailable as error:
        also = f"{all_unknown(results[path] for path in unknown)}; {error}"
        return results | {path: Findings((), (also,)) for path in unknown}
    return results | {path: Findings(diagnostics) for path, diagnostics in found.items()}


def _sources(workspace: Workspace, paths: list[Path]) -> dict[Path, Source]:
    """Those of the files that can be read."""
    sources = {}
    for path in paths:
        with contextlib.suppress(SemanticError):
            sources[path] = workspace.overlay.base(path)
    return sources


async def ruff_check(workspace: Workspace, path: str = ".") -> RuffResult:
    """Lint with ruff, a file or every Python file of a folder, with the project's configuration.

    Example: `for v in ruff_check("src").violations: print(v.file, v.line, v.code, v.fixable)`
    """
    files = _python_files(workspace, path)
    if len(files) > 1:
        await workspace.checker.prefetch_ruff(files)
    results = await _one_by_one(workspace.checker.by_ruff, files, time.monotonic() + FOLDER_SECONDS)
    found = [d for r in results for d in r.problems]
    cut = _cut(workspace, len(results), len(files))
    state = _state(results, cut, bool(found))
    return RuffResult(
        state=state,
        reason="; ".join(filter(None, (all_unknown(results), cut))),
        versions=versions(workspace),
        success=state == "clean",
        violation_count=len(found),
        fixable_count=sum(_is_safe(d) for d in found),
        violations=[_violation(d) for d in found],
        files_checked=len(results),
        missing=len(files) - len(results),
    )


async def _one_by_one(
    ask: Callable[[Path], Awaitable[Findings]], files: Sequence[Path], deadline: float
) -> list[Findings]:
    results: list[Findings] = []
    for start in range(0, len(files), BATCH):
        if time.monotonic() > deadline:
            break
        results += await asyncio.gather(*(ask(file) for file in files[start : start + BATCH]))
    return results


def _python_files(workspace: Workspace, path: str) -> list[Path]:
    target = inside(workspace.root, path)
    state = workspace.overlay.state
    new = {p for p, text in state.items() if text is not GONE and p.suffix in PYTHON_FILES} | {
        p for p in workspace.overlay.buffers if p.suffix in PYTHON_FILES
    }
    if target not in new and (target.is_dir() or any(p.is_relative_to(target) for p in new)):
        files = new.union(p for p in workspace.files.paths if state.get(p) is not GONE)
        return sorted(p for p in files if p.is_relative_to(target))
    return [python_file(workspace, path)]


def _cut(workspace: Workspace, checked: int, wanted: int) -> str:
    if checked < wanted:
        return f"only {checked} of {wanted} files were checked within {FOLDER_SECONDS:g} s; ask for a smaller folder"
    if wanted != 1 and not workspace.files.complete:
        return "the workspace has more files than are looked at; ask for a smaller folder or single files"
    return ""


def _state(results: Iterable[Findings], cut: str, found: bool) -> State:
    if any(r.unknown for r in results):
        return "unknown"
    if cut:
        return "partial"
    return "errors" if found else "clean"


def _type_error(diagnostic: Diagnostic) -> TypeCheckError:
    return TypeCheckError.model_validate(diagnostic.problem().model_dump(include=set(TypeCheckError.model_fields)))


def _violation(diagnostic: Diagnostic) -> Violation:
    shared = diagnostic.problem().model_dump(include=set(Violation.model_fields))
    applicability = diagnostic.fix.applicability if diagnostic.fix else "none"
    return Violation.model_validate({**shared, "applicability": applicability})


def _is_safe(diagnostic: Diagnostic) -> bool:
    return diagnostic.fix is not None and diagnostic.fix.applicability == "safe"
