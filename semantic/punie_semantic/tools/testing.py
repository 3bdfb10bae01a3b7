"""Running the project's tests. They run in a copy of the project with this turn's edits in it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec

from punie_semantic.affected_tests import affected_tests
from punie_semantic.bubblewrap import confinement
from punie_semantic.exceptions import ExecutionNotAllowed, PathError
from punie_semantic.overlay import GONE
from punie_semantic.paths import inside
from punie_semantic.permissions import Permissions, Request
from punie_semantic.places import versions
from punie_semantic.pytest_results import Run
from punie_semantic.pytest_run import DEADLINE_SECONDS, Selection, copied, run_tests
from punie_semantic.questions import detail_of_tests
from punie_semantic.regular_files import read_regular
from punie_semantic.results import TestList, TestResult
from punie_semantic.workspace import Workspace

MAX_REMEMBERED = 10_000


async def pytest_run(
    workspace: Workspace,
    path: str = ".",
    keyword: str = "",
    ids: list[str] | None = None,
    markers: str = "",
    last_failed: bool = False,
    affected: bool = False,
    timeout: int = int(DEADLINE_SECONDS),
) -> TestResult:
    """Run tests with the project's own Python; this turn's edits are seen.

    `ids` are test ids to run instead of `path`; `keyword` and `markers` are pytest's -k and -m; `last_failed` runs
    those that failed before, `affected` those that this turn's edits can affect. `timeout` is in seconds.

    Example: `result = pytest_run("tests/test_app.py"); result.failures[0].message`
    """
    targets, reason = await _targets(workspace, path, ids, last_failed=last_failed, affected=affected)
    if reason:
        return Run([], workspace.root, workspace.root, 0.0, reason, "").result()
    selection = Selection(targets, keyword, markers)
    await permit_tests(workspace, "pytest_run", selection.arguments())
    run = await _run(workspace, selection, timeout, collect=False)
    _remember(workspace, run)
    return run.result().model_copy(update={"versions": versions(workspace)})


async def pytest_collect(
    workspace: Workspace, path: str = ".", keyword: str = "", markers: str = "", limit: int = 1000
) -> TestList:
    """List the tests in a file or folder, without running them. `keyword` and `markers` are pytest's -k and -m.

    Example: `[t.test_id for t in pytest_collect("tests").tests]`
    """
    _check_target(workspace, path)
    selection = Selection((path,), keyword, markers)
    await permit_tests(workspace, "pytest_collect", ["--collect-only", *selection.arguments()])
    run = await _run(workspace, selection, DEADLINE_SECONDS, collect=True)
    return run.collection(max(limit, 1)).model_copy(update={"versions": versions(workspace)})


async def permit_tests(workspace: Workspace, tool: str, arguments: Sequence[str]) -> None:
    """Ask whether the project's code may be run. Raises ExecutionNotAllowed.

    Args:
        workspace: the project.
        tool: who asks.
        arguments: pytest's, as far as they are known.
    """
    if not await may_run_tests(workspace, workspace.permissions, tool, arguments):
        raise ExecutionNotAllowed(
            "The tests were not run: that executes the project's code, this workspace is not trusted, and nobody "
            "allowed it. Ask the user to allow it, or check with typecheck and ruff_check."
        )


async def may_run_tests(
    workspace: Workspace, permissions: Permissions, tool: str, arguments: Sequence[str] = ()
) -> bool:
    """Whether the project's code may be run, as these permissions answer; see `permit_tests`."""
    notes = await confinement(workspace.settings, network=workspace.settings.test_network)
    request = Request(
        kind="tests",
        title="Run tests",
        detail=detail_of_tests(arguments, notes, workspace.overlay.changes()),
        folder=".",
        tool=tool,
        trusted=workspace.trusted,
    )
    return await permissions.ask(request)


async def _run(workspace: Workspace, selection: Selection, timeout: float, *, collect: bool) -> Run:
    state = workspace.overlay.state
    async with copied(workspace.root, workspace.interpreter, workspace.overlay, state) as copy:
        return await run_tests(copy, selection, workspace.settings, timeout=max(timeout, 1), collect=collect)


async def _targets(
    workspace: Workspace, path: str, ids: list[str] | None, *, last_failed: bool, affected: bool
) -> tuple[tuple[str, ...], str]:
    """What pytest is given, or why there is nothing to run."""
    if last_failed:
        failed = workspace.last_failed or await asyncio.to_thread(_cached_failures, workspace.root)
        targets = tuple(name for name in failed if _exists(workspace, name))
        return targets, "" if targets else "no failed test is known; run the tests first"
    if affected:
        files, reason = await asyncio.to_thread(affected_tests, workspace.files, workspace.overlay, {})
        return tuple(files), reason or ("" if files else "no test file depends on this turn's edits")
    for target in ids or [path]:
        _check_target(workspace, target)
    return tuple(ids or [path]), ""


def _check_target(workspace: Workspace, target: str) -> None:
    Selection((target,)).arguments()
    if not _exists(workspace, target):
        raise PathError(f"{target} does not exist in the workspace. Pass a test file, a folder or a node id.")


def _exists(workspace: Workspace, target: str) -> bool:
    path = inside(workspace.root, target.partition("::")[0])
    state = workspace.overlay.state
    new = (p for p, text in state.items() if text is not GONE)
    return workspace.overlay.exists(path) or path.is_dir() or any(p.is_relative_to(path) for p in new)


def _remember(workspace: Workspace, run: Run) -> None:
    failed = {event["nodeid"] for event in run.bad}
    kept = [name for name in workspace.last_failed if name not in run.passed and name not in failed]
    workspace.last_failed = tuple([*kept, *sorted(failed)][:MAX_REMEMBERED])


def _cached_failures(root: Path) -> tuple[str, ...]:
    """What pytest itself remembers in the project, when somebody ran it there."""
    try:
        data = msgspec.json.decode(read_regular(root / ".pytest_cache" / "v" / "cache" / "lastfailed"))
    except (OSError, msgspec.DecodeError):
        return ()
    return tuple(sorted(name for name in data if isinstance(name, str))) if isinstance(data, dict) else ()
