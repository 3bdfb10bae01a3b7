"""Running the project's tests with the project's Python, with the overlay in view and nothing left behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from punie_semantic.environment import Interpreter, child_environ
from punie_semantic.exceptions import PathError, ToolUnavailable
from punie_semantic.overlay import FileChange
from punie_semantic.processes import run
from punie_semantic.project_files import SKIPPED_FOLDERS
from punie_semantic.results import TestFailure, TestResult

DEADLINE_SECONDS = 600.0
TRACEBACK_CHARACTERS = 4000
_PLUGIN = Path(__file__).parent / "pytest_plugin"
_NO_TESTS = 5


async def run_pytest(
    root: Path, interpreter: Interpreter, changes: Sequence[FileChange], target: str, keyword: str
) -> TestResult:
    """Run pytest on `target` (path or node id). With edits in the overlay it runs in a copy of the project.

    The result is `unknown`, with a reason, when pytest is missing, ran into its deadline or found no test.
    """
    if target.startswith("-"):
        raise PathError(f"{target} looks like an option. Pass a test file, a folder or a node id.")
    with tempfile.TemporaryDirectory(prefix="punie-pytest-") as scratch:
        folder = root
        if changes:
            folder = Path(scratch, root.name)
            await asyncio.to_thread(_materialise, root, folder, changes)
        report = Path(scratch, "report.jsonl")
        started = time.monotonic()
        try:
            reason = await _run(folder, interpreter, Path(scratch), report, target, keyword)
        except ToolUnavailable as error:
            reason = str(error)
        return _result(_events(report), root, folder, time.monotonic() - started, reason)


def _materialise(root: Path, folder: Path, changes: Sequence[FileChange]) -> None:
    shutil.copytree(root, folder, symlinks=True, ignore=shutil.ignore_patterns(*SKIPPED_FOLDERS))
    for change in changes:
        (folder / change.file).write_bytes(change.source.encode(change.text))


async def _run(folder: Path, interpreter: Interpreter, scratch: Path, report: Path, target: str, keyword: str) -> str:
    environ = child_environ()
    copied = [str(folder), str(folder / "src")] if folder.is_relative_to(scratch) else []
    paths = [str(_PLUGIN), *copied]
    environ["PYTHONPATH"] = os.pathsep.join([*paths, *filter(None, [environ.get("PYTHONPATH")])])
    environ |= {"PUNIE_REPORT": str(report), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(interpreter.executable), "-m", "pytest", "-p", "punie_report", "-q"]
    command += ["-o", f"cache_dir={scratch / 'cache'}", *(["-k", keyword] if keyword else []), target]
    done = await run(command, cwd=folder, environ=environ, timeout=DEADLINE_SECONDS)
    if done.returncode == _NO_TESTS:
        return "pytest found no tests"
    if done.returncode in (0, 1) and report.exists():
        return ""
    words = (done.stderr.decode(errors="replace") or done.stdout.decode(errors="replace")).strip().splitlines()
    return f"pytest could not run: {words[-1] if words else f'exit status {done.returncode}'}"


def _events(report: Path) -> list[dict[str, Any]]:
    if not report.exists():
        return []
    events = []
    for line in report.read_bytes().splitlines():
        try:
            events.append(msgspec.json.decode(line))
        except msgspec.DecodeError:  # the last line of a killed run
            break
    return events


def _result(events: list[dict[str, Any]], root: Path, folder: Path, duration: float, reason: str) -> TestResult:
    counts = {"passed": 0, "failed": 0, "error": 0, "skipped": 0}
    failures = []
    for event in events:
        status = "error" if event["t"] == "collect_error" else event.get("status", "")
        if event["t"] in ("test", "collect_error"):
            known = {"xfailed": "skipped", "xpassed": "passed"}.get(status, status)
            counts[known] = counts.get(known, 0) + 1
            if known in ("failed", "error"):
                failures.append(_failure(event, root, folder))
    bad = counts["failed"] + counts["error"]
    finished = any(e["t"] == "finish" for e in events)
    if not finished and not reason:
        reason = "pytest did not finish"
    if not sum(counts.values()) and not reason:
        reason = "no test ran"
    return TestResult(
        state="errors" if bad else "unknown" if reason else "clean",
        success=not bad and not reason,
        passed=counts["passed"],
        failed=counts["failed"],
        errors=counts["error"],
        skipped=counts["skipped"],
        failures=failures,
        duration=duration,
        reason=reason,
    )


def _failure(event: dict[str, Any], root: Path, folder: Path) -> TestFailure:
    text = (event.get("longrepr") or "").replace(str(folder), str(root))
    name = event.get("path") or event["nodeid"].partition("::")[0]
    path = Path(os.path.normpath(folder / name))
    return TestFailure(
        test_id=event["nodeid"],
        file=path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path),
        line=event.get("lineno") or 1,
        message=event.get("message") or (text.strip().splitlines() or [""])[-1],
        traceback=text[-TRACEBACK_CHARACTERS:],
    )
