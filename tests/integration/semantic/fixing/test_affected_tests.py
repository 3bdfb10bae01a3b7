"""A fix that would make a test fail: dropped when the tests are asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.exceptions import ExecutionNotAllowed
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.row import Generator
from punie_semantic.fixing.outcome import FixOptions, FixSearch
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.search import find_fixes
from punie_semantic.tools.fixes import find_fixes as tool
from punie_semantic.workspace import Workspace
from tests.integration.semantic.fixing.failing import opened
from tests.integration.semantic.projects import snapshot

APP = "def area(width, height):\n    return widht * height  # 🙂\n\n\ndef one():\n    return 1\n"
TEST = "from app import one\n\n\ndef test_one():\n    assert one() == 1\n"


@pytest.fixture(autouse=True)
def plain_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plug-ins of our own environment would only cost time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def edit(old: str, new: str) -> Edit:
    at = APP.index(old)
    return Edit(at, at + len(old), new)


async def searched(workspace: Workspace, *, tests: bool) -> FixSearch:
    """With two fixes, of which the likely one breaks a test."""

    async def generate(place: Place) -> list[Candidate]:
        name = edit("widht", "width")
        both = (name, edit("return 1", "return 2"))
        return [
            Candidate("Change too much", both, "fix", "test", 0.9, ""),
            Candidate("Change the name", (name,), "fix", "test", 0.5, ""),
        ]

    findings = await workspace.checker.both(workspace.overlay.resolve("app.py"))
    problem = next(p for p in findings.problems if p.code == "unresolved-reference")
    options = FixOptions(tests=tests)
    return await find_fixes(workspace, problem, options, [Generator("test", "For tests", generate)])


async def test_the_tests_decide_when_they_are_asked(tmp_path: Path) -> None:
    async with opened(tmp_path, APP, TEST) as workspace:
        before = snapshot(workspace.root)
        unasked = await searched(workspace, tests=False)
        asked = await searched(workspace, tests=True)
        assert snapshot(workspace.root) == before
        assert workspace.overlay.changes() == []

    assert [fix.candidate.title for fix in unasked.found] == ["Change too much", "Change the name"]
    (fix,) = asked.found
    assert fix.candidate.title == "Change the name"
    assert "1 affected test passes" in fix.why
    (rejected,) = asked.rejected
    assert (rejected.candidate.title, rejected.why) == ("Change too much", "breaks test_app.py::test_one")


async def test_tests_that_cannot_run_leave_it_unknown(tmp_path: Path) -> None:
    """Unknown is not clean: without an answer nothing is found, and that is said."""
    async with opened(tmp_path, APP, "import os\nfrom app import one\n\nos._exit(3)\n") as workspace:
        search = await searched(workspace, tests=True)

    assert search.found == []
    assert search.state == "unknown"
    assert search.reason


async def test_nobody_runs_tests_without_being_allowed(tmp_path: Path) -> None:
    async with opened(tmp_path, APP, TEST, trusted=False) as workspace:
        with pytest.raises(ExecutionNotAllowed):
            await tool(workspace, "app.py", 2, tests=True)
        assert (await tool(workspace, "app.py", 2)).fixes
