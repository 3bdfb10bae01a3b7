"""Which tests can the edits affect, and what do they say before and after?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from punie_semantic.environment import Interpreter
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.overlay import GONE, Overlay, State
from punie_semantic.paths import relative
from punie_semantic.project_files import ProjectFiles
from punie_semantic.pytest_results import Run
from punie_semantic.pytest_run import DEADLINE_SECONDS, Selection, copied, run_tests
from punie_semantic.results import TestComparison
from punie_semantic.settings import Settings

TEST_FILES = ("test_*.py", "*_test.py", "tests.py")
_OUTSIDE_IMPORTS = (".toml", ".cfg", ".ini")
SLOWER, SLACK_SECONDS = 3.0, 3.0
KnownRuns = dict[tuple[frozenset[tuple[Path, object]], tuple[str, ...]], Run]


def affected_tests(files: ProjectFiles, overlay: Overlay, since: State) -> tuple[list[str], str]:
    """Test files that import what changed, directly or through others; or why they cannot be known."""
    changes = overlay.changes(since)
    if not changes:
        return [], "there are no edits"
    if not files.complete:
        return [], "the workspace is too large to know which tests depend on the edits"
    changed: Mapping[Path, None] = {p: None for c in changes for p in (c.before, c.after) if p is not None}
    if any(path.suffix in _OUTSIDE_IMPORTS for path in changed):
        return ["."], ""
    unsaved = {p: b.text for p, b in overlay.buffers.items()} | dict(overlay.state)
    texts = {path: None if text is GONE else text for path, text in unsaved.items()}
    reached = {*files.dependents(changed, texts), *(path for path in changed if overlay.exists(path))}
    known = {*files.paths, *(path for path, text in texts.items() if text is not None)} - {
        path for path, text in texts.items() if text is None
    }
    folders = {path.parent for path in (*reached, *changed) if path.name == "conftest.py"}
    tests = {path for path in reached if _is_test(path)}
    tests |= {path for path in known if _is_test(path) and folders & set(path.parents)}
    return sorted(relative(overlay.root, path) for path in tests), ""


def _is_test(path: Path) -> bool:
    return any(fnmatch(path.name, pattern) for pattern in TEST_FILES)


async def compare_tests(
    files: ProjectFiles,
    overlay: Overlay,
    interpreter: Interpreter,
    since: State,
    settings: Settings,
    timeout: float = DEADLINE_SECONDS,
    known: KnownRuns | None = None,
) -> TestComparison:
    """Run the affected tests before and after. What failed before and fails still is not introduced.

    Nor is a failure in a file that could not even be collected before. `known` has earlier runs, and gets the one
    before the edits, for whoever compares several edits of one state; the run after may then take a few times as long
    as that, and no longer.
    """
    tests, reason = affected_tests(files, overlay, since)
    if reason or not tests:
        return _nothing(reason or "no test file depends on the edits", clean=not reason)
    there = _there(overlay, since, tests)
    key = (frozenset(since.items()), tuple(there))
    try:
        run = _Runner(overlay, interpreter, settings)
        before = known[key] if known and key in known else await run(since, there, timeout)
        if known is not None:
            known[key] = before
            timeout = min(timeout, SLACK_SECONDS + SLOWER * before.duration)
        after = await run(overlay.state, tests, timeout)
    except ToolUnavailable as error:
        return _nothing(str(error), clean=False)
    names = {change.old_file: change.file for change in overlay.changes(since) if change.old_file}
    old = {_renamed(event["nodeid"], names) for event in before.bad}
    uncollected = {_renamed(event["nodeid"], names) for event in before.bad if event["t"] == "collect_error"}
    unsure = "" if before.ended else f"before the edits, {before.why}"
    bad = {event["nodeid"] for event in after.bad}
    fresh = set() if unsure else {test for test in bad - old if test.partition("::")[0] not in uncollected}
    why = "; ".join(filter(None, (after.why, unsure)))
    return TestComparison(
        state="errors" if fresh else "unknown" if why else "clean",
        reason=why,
        introduced=[after.failure(event) for event in after.bad if event["nodeid"] in fresh],
        fixed=sorted((old & after.passed) | (uncollected - bad)),
        unchanged=len(bad - fresh),
        passed=len(after.passed),
    )


@dataclass(frozen=True)
class _Runner:
    overlay: Overlay
    interpreter: Interpreter
    settings: Settings

    async def __call__(self, state: State, tests: list[str], timeout: float) -> Run:
        root = self.overlay.root
        if not tests:
            return Run([{"t": "finish", "exit": 0}], root, root, 0.0, "", "")
        async with copied(root, self.interpreter, self.overlay, state) as copy:
            return await run_tests(copy, Selection(tuple(tests)), self.settings, timeout=timeout)


def _renamed(test: str, names: Mapping[str, str]) -> str:
    """A test's id in a file that has another name now."""
    file, mark, rest = test.partition("::")
    return names.get(file, file) + mark + rest


def _there(overlay: Overlay, state: State, tests: list[str]) -> list[str]:
    """The test files by their names in a state, as far as they exist in it."""
    names = {change.file: change.old_file for change in overlay.changes(state) if change.old_file}
    earlier = [names.get(name, name) for name in tests]
    return [name for name in earlier if name == "." or overlay.exists(overlay.root / name, state)]


def _nothing(reason: str, *, clean: bool) -> TestComparison:
    return TestComparison(
        state="clean" if clean else "unknown", reason=reason, introduced=[], fixed=[], unchanged=0, passed=0
    )
