"""Tests that cannot be mended, or not be run: one sentence each, nothing edited, nothing left running."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from punie_semantic.exceptions import ExecutionNotAllowed, PathError
from punie_semantic.fixing.failing_test import find_test_fixes
from punie_semantic.fixing.outcome import FixOptions
from punie_semantic.tools.test_fixes import find_test_fixes as tool
from tests.integration.semantic.fixing.failing import opened, searched

APP = "def f(n):\n    return n + 1\n"
WRONG = "from app import f\n\n\ndef test_it():\n    assert f(2) == 4\n"


@pytest.fixture(autouse=True)
def plain_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plug-ins of our own environment would only cost time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def written(*lines: str) -> str:
    """A test with some lines in it."""
    body = "\n".join(f"    {line}" for line in lines)
    return f"import os, socket, time\nimport pytest\nfrom app import f\n\n\ndef test_it():\n{body}\n"


@pytest.mark.parametrize(
    ("tests", "state", "reason"),
    [
        (written("assert f(2) == 3"), "clean", "test_app.py::test_it passes already"),
        (
            written(
                "n = int(open('n').read()) if os.path.exists('n') else 0",
                "open('n', 'w').write(str(n + 1))",
                "assert f(n) != 2",
            ),
            "unknown",
            "test_app.py::test_it fails only sometimes: it passed in one of two runs without any edit",
        ),
        (written("os.abort()"), "unknown", "Python ended by SIGABRT while test_app.py::test_it ran"),
        (written("os._exit(3)"), "unknown", "Python ended with exit status 3 while test_app.py::test_it ran"),
        (written("pytest.skip('later')"), "unknown", "test_app.py::test_it does not run: pytest says skipped"),
        ("def test_it(:\n", "unknown", "test_app.py cannot be collected: SyntaxError: invalid syntax"),
        (
            "import no_such_module\n\n\ndef test_it():\n    pass\n",
            "unknown",
            "test_app.py cannot be collected: ModuleNotFoundError: No module named 'no_such_module'",
        ),
        ("def test_other():\n    pass\n", "unknown", "pytest finds no test test_app.py::test_it"),
        (
            "def test_it():\n    assert 1 == 2\n",
            "clean",
            "the test executes none of the project's own lines that can be edited",
        ),
    ],
)
async def test_what_is_no_case_for_a_search_is_told(tmp_path: Path, tests: str, state: str, reason: str) -> None:
    async with opened(tmp_path / "p", APP, tests) as workspace:
        search = await searched(workspace)

    assert (search.state, search.reason, search.found) == (state, reason, [])


async def test_a_test_that_sleeps_for_ever_is_told_in_time(tmp_path: Path) -> None:
    stubborn = ("while True:", "    try:", "        time.sleep(100)", "    except BaseException:", "        f(2)")
    tests = written(*stubborn)
    async with opened(tmp_path / "p", APP, tests) as workspace:
        search = await searched(workspace, seconds=6)

    assert (search.state, search.found) == ("unknown", [])
    assert search.reason.startswith("test_app.py::test_it does not end within ")


async def test_no_network_is_no_fix(tmp_path: Path) -> None:
    tests = written("socket.create_connection(('192.0.2.1', 9), timeout=0.2)", "assert f(2) == 3")
    async with opened(tmp_path / "p", APP, tests) as workspace:
        search = await searched(workspace)

    assert search.found == []
    assert search.reason


async def test_a_fixture_that_fails_in_the_source_is_mended(tmp_path: Path) -> None:
    tests = (
        "import pytest\nfrom app import f\n\n\n@pytest.fixture\ndef three():\n    assert f(2) == 1\n    return 3\n\n\n"
        "def test_it(three):\n    assert three == 3\n"
    )
    async with opened(tmp_path / "p", APP, tests) as workspace:
        search = await searched(workspace)

    assert search.found[0].text == "def f(n):\n    return n - 1\n"


async def test_a_conftest_that_fails_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path / "p", APP, WRONG, conftest="raise RuntimeError('no shop')\n") as workspace:
        search = await searched(workspace)

    assert (search.state, search.found) == ("unknown", [])
    assert search.reason == "pytest ended while it collected the tests"


async def test_a_source_that_does_not_parse_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path / "p", "def f(n:\n    return n\n", WRONG) as workspace:
        search = await searched(workspace)

    assert (search.state, search.found) == ("unknown", [])
    assert search.reason.startswith("test_app.py cannot be collected: SyntaxError: ")


async def test_a_project_without_pytest_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path / "p", APP, WRONG) as workspace:
        plain = type(workspace.interpreter)(Path("/usr"), "test")
        workspace.interpreter = plain
        search = await searched(workspace)

    assert (search.state, search.found) == ("unknown", [])
    assert "No module named pytest" in search.reason


async def test_an_untrusted_project_runs_nothing(tmp_path: Path) -> None:
    tests = "import pathlib\npathlib.Path('/tmp/ran').touch()\n" + WRONG
    async with opened(tmp_path / "p", APP, tests, trusted=False) as workspace:
        with pytest.raises(ExecutionNotAllowed, match="not trusted"):
            await find_test_fixes(workspace, ["test_app.py::test_it"])


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        (["../other.py::test_it"], "outside the workspace"),
        (["gone.py::test_it"], "does not exist"),
        (["--collect-only"], "looks like an option"),
        ([], "No test was named"),
    ],
)
async def test_ids_that_are_no_test(tmp_path: Path, tests: list[str], message: str) -> None:
    async with opened(tmp_path / "p", APP, WRONG) as workspace:
        with pytest.raises(PathError, match=message):
            await tool(workspace, tests)


async def test_the_time_is_up(tmp_path: Path) -> None:
    app = "import time\n\n\ndef f(n):\n    time.sleep(0.4)\n    return n + n + n + n + n\n"
    async with opened(tmp_path / "p", app, WRONG.replace("== 4", "== 'x'")) as workspace:
        search = await searched(workspace, seconds=3)

    assert (search.state, search.found) == ("partial", [])
    assert search.reason.startswith("the time was up after ")


async def test_links_out_of_the_copy_are_never_written_through(tmp_path: Path) -> None:
    shared = tmp_path / "shared.py"
    shared.write_text("def g(n):\n    return n - 1\n")
    app = "from linked import g\n\n\ndef f(n):\n    return g(n)\n"
    async with opened(tmp_path / "p", app, WRONG.replace("== 4", "== 3")) as workspace:
        (workspace.root / "linked.py").symlink_to(shared)
        await workspace.begin()
        search = await searched(workspace)

    assert shared.read_text() == "def g(n):\n    return n - 1\n"
    assert {found.file for found in search.found} <= {"app.py"}


async def test_cancelling_leaves_nothing_running(tmp_path: Path) -> None:
    app = "import time\n\n\ndef f(n):\n    time.sleep(0.3)\n    return n + 1\n"
    async with opened(tmp_path / "p", app, WRONG.replace("== 4", "== 'x'")) as workspace:
        task = asyncio.ensure_future(find_test_fixes(workspace, ["test_app.py::test_it"], FixOptions(seconds=60)))
        await _until(lambda: bool(_servers()))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert workspace.overlay.state == {}
    await _until(lambda: not _servers())


async def _until(holds: Callable[[], bool]) -> None:
    for _ in range(1200):
        if holds():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it never came true")


def _servers() -> list[int]:
    """Processes below this one that serve tests."""
    found = []
    for process in psutil.Process(os.getpid()).children(recursive=True):
        try:
            if "punie_server" in process.cmdline():
                found.append(process.pid)
        except psutil.Error:
            continue
    return found
