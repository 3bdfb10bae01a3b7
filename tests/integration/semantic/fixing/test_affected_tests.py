"""A fix that would make a test fail: dropped when the tests are asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from punie_semantic.exceptions import ExecutionNotAllowed
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.row import Generator
from punie_semantic.fixing.outcome import FixOptions, FixSearch, Tested
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


async def searched(workspace: Workspace, tests: Tested, likely: float = 0.9) -> FixSearch:
    """With two fixes, of which the likelier one breaks a test."""

    async def generate(place: Place) -> list[Candidate]:
        name = edit("widht", "width")
        both = (name, edit("return 1", "return 2"))
        return [
            Candidate("Change too much", both, "fix", "test", likely, ""),
            Candidate("Change the name", (name,), "fix", "test", 0.5, ""),
        ]

    return await found(workspace, tests, generate)


async def found(
    workspace: Workspace, tests: Tested, generate: Callable[[Place], Awaitable[list[Candidate]]]
) -> FixSearch:
    findings = await workspace.checker.both(workspace.overlay.resolve("app.py"))
    problem = next(p for p in findings.problems if p.code == "unresolved-reference")
    return await find_fixes(workspace, problem, FixOptions(tests=tests), [Generator("test", "For tests", generate)])


async def test_the_tests_decide_when_they_are_asked(tmp_path: Path) -> None:
    async with opened(tmp_path, APP, TEST) as workspace:
        before = snapshot(workspace.root)
        unasked = await searched(workspace, "none")
        asked = await searched(workspace, "all")
        assert snapshot(workspace.root) == before
        assert workspace.overlay.changes() == []

    assert [fix.candidate.title for fix in unasked.found] == ["Change too much", "Change the name"]
    (fix,) = asked.found
    assert fix.candidate.title == "Change the name"
    assert "1 affected test passes" in fix.why
    (rejected,) = asked.rejected
    assert (rejected.candidate.title, rejected.why) == ("Change too much", "breaks test_app.py::test_one")


async def test_only_guesses_are_tested(tmp_path: Path) -> None:
    async with opened(tmp_path, APP, TEST) as workspace:
        likely = await searched(workspace, "guesses", likely=0.9)
        guesses = await searched(workspace, "guesses", likely=0.6)

    assert [fix.candidate.title for fix in likely.found] == ["Change too much", "Change the name"]
    assert all(fix.report.tests is None for fix in likely.found)
    assert [fix.candidate.title for fix in guesses.found] == ["Change the name"]
    assert [rejected.why for rejected in guesses.rejected] == ["breaks test_app.py::test_one"]


async def test_the_guess_after_which_fewer_tests_fail_comes_first(tmp_path: Path) -> None:
    test = "from app import area\n\n\ndef test_area():\n    assert area(2, 3) == 6\n"

    async def generate(_: Place) -> list[Candidate]:
        return [
            Candidate("Change it to height", (edit("widht", "height"),), "fix", "test", 0.7, ""),
            Candidate("Change it to width", (edit("widht", "width"),), "fix", "test", 0.5, ""),
        ]

    async with opened(tmp_path, APP, test) as workspace:
        search = await found(workspace, "guesses", generate)

    first, second = search.found
    assert first.candidate.title == "Change it to width"
    assert first.report.tests is not None
    assert first.report.tests.fixed == ["test_app.py::test_area"]
    assert second.report.tests is not None
    assert second.report.tests.unchanged == 1


async def test_what_could_not_be_collected_is_not_broken_by_the_fix(tmp_path: Path) -> None:
    """Before the fix its file fails as a whole; that one of its tests fails afterwards is not the fix's fault."""
    app = APP + "AREA = area(1, 2)\n"
    test = (
        "from app import AREA, one\n\n\ndef test_two():\n    assert one() == 2\n\n\ndef test_area():\n    assert AREA\n"
    )

    async def generate(_: Place) -> list[Candidate]:
        return [Candidate("Change the name", (edit("widht", "width"),), "fix", "test", 0.5, "")]

    async with opened(tmp_path, app, test) as workspace:
        search = await found(workspace, "all", generate)

    (fix,) = search.found
    assert fix.report.tests is not None
    assert (fix.report.tests.fixed, fix.report.tests.unchanged) == (["test_app.py"], 1)


async def test_a_guess_after_which_the_tests_do_not_end_is_dropped(tmp_path: Path) -> None:
    async def generate(_: Place) -> list[Candidate]:
        name = edit("widht", "width")
        forever = edit("return 1", "while True:\n        pass")
        return [
            Candidate("Change too much", (name, forever), "fix", "test", 0.7, ""),
            Candidate("Change the name", (name,), "fix", "test", 0.5, ""),
        ]

    async with opened(tmp_path, APP, TEST) as workspace:
        search = await found(workspace, "guesses", generate)

    assert [fix.candidate.title for fix in search.found] == ["Change the name"]
    assert "could not be checked" in next(r.why for r in search.rejected if r.candidate.title == "Change too much")


async def test_tests_that_cannot_run_leave_it_unknown(tmp_path: Path) -> None:
    """Unknown is not clean: without an answer nothing is found, and that is said."""
    async with opened(tmp_path, APP, "import os\nfrom app import one\n\nos._exit(3)\n") as workspace:
        search = await searched(workspace, "all")

    assert search.found == []
    assert search.state == "unknown"
    assert search.reason


async def test_nobody_runs_tests_without_being_allowed(tmp_path: Path) -> None:
    async with opened(tmp_path, APP, TEST, trusted=False) as workspace:
        with pytest.raises(ExecutionNotAllowed):
            await tool(workspace, "app.py", 2, tests=True)
        assert (await tool(workspace, "app.py", 2)).fixes
