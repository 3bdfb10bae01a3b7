"""The process that stays: each request runs in a fork, whatever the code does, and all of it ends with its block."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.fixing.mutations.server import Collected, Outcome, Swap, TestServer, serving
from punie_semantic.fixing.mutations.trying import in_copy, placed
from punie_semantic.pytest_run import copied
from tests.integration.semantic.fixing.failing import TESTS, opened

APP = (
    "import os, subprocess, time\n\nLIMIT = 3\n\n\ndef f(n):\n    return n + 1\n\n\n"
    "def g(n):\n    return LIMIT\n\n\ng(0)\n"
)
CHECKS = "from app import f, g\n\n\ndef test_f():\n    assert f(2) == 4\n\n\ndef test_g():\n    assert g(2) == 3\n"
F = f"{TESTS}::test_f"
G = f"{TESTS}::test_g"


@pytest.fixture(autouse=True)
def plain_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plug-ins of our own environment would only cost time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@asynccontextmanager
async def served(folder: Path) -> AsyncGenerator[tuple[TestServer, Collected]]:
    async with (
        opened(folder / "p", APP, CHECKS) as workspace,
        copied(workspace.root, workspace.interpreter, workspace.overlay, {}) as copy,
        serving(copy, [TESTS], workspace.settings, 100) as server,
    ):
        yield server, await server.collect(60)


async def changed(server: TestServer, old: str, new: str, *, fresh: bool = False, seconds: float = 20) -> Outcome:
    """Both tests with a change of app.py."""
    place = server.copy.folder / "app.py"
    with placed(place, APP.replace(old, new).encode()) as before:
        line = 1 + APP[: APP.index(old)].count("\n") - 1
        swap = None if fresh else Swap(place, before, line)
        return await server.run([F, G], seconds, swap=swap, targets=[TESTS] if fresh else ())


async def test_what_is_collected_and_what_importing_it_called(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, collected):
        assert collected.tests == (F, G)
        assert collected.errors == ()
        assert ("app.py", 10) in collected.called
        assert ("app.py", 6) not in collected.called


async def test_code_is_changed_in_one_fork_only(tmp_path: Path) -> None:
    async with served(tmp_path) as (server, _):
        mended = await changed(server, "n + 1", "n + 2")
        again = await server.run([F, G], 20)

    assert (mended.ended, mended.tests) == ("done", {F: "passed", G: "passed"})
    assert again.tests == {F: "failed", G: "passed"}
    assert again.bad == {F}


async def test_a_fresh_fork_imports_the_changed_module(tmp_path: Path) -> None:
    async with served(tmp_path) as (server, _):
        outcome = await changed(server, "LIMIT = 3", "LIMIT = 4", fresh=True)

    assert outcome.tests == {F: "failed", G: "failed"}


async def test_code_that_is_no_function_s_cannot_be_swapped(tmp_path: Path) -> None:
    async with served(tmp_path) as (server, _):
        assert (await changed(server, "LIMIT = 3", "LIMIT = 4")).ended == "unswappable"


@pytest.mark.parametrize(
    ("code", "ended"),
    [
        ("[os.getpid() for _ in iter(int, 1)]", "late"),
        ("time.sleep(100)", "late"),
        ("os.abort()", "died"),
        ("os._exit(0)", "died"),
        ("os.kill(os.getpid(), 9)", "died"),
    ],
)
async def test_code_that_does_not_come_back_costs_one_fork(tmp_path: Path, code: str, ended: str) -> None:
    async with served(tmp_path) as (server, _):
        lost = await changed(server, "n + 1", code, seconds=2 if ended == "late" else 20)
        after = await changed(server, "n + 1", "n + 2")

    assert (lost.ended, lost.tests) == (ended, {})
    assert after.passes([F, G])


async def test_memory_is_limited(tmp_path: Path) -> None:
    async with served(tmp_path) as (server, _):
        outcome = await changed(server, "n + 1", "len(bytearray(1 << 36)) and 4")

    assert (outcome.ended, outcome.tests[F]) == ("done", "failed")


async def test_what_a_fork_starts_ends_with_it(tmp_path: Path) -> None:
    async with served(tmp_path) as (server, _):
        outcome = await changed(server, "n + 1", "subprocess.Popen(['sleep', '4711']) and 4")

        assert outcome.passes([F, G])
        await _gone("4711")


async def test_what_the_tests_do_is_observed(tmp_path: Path) -> None:
    async with served(tmp_path) as (server, _):
        outcome = await server.run([F, G], 20, observe=True)

    assert outcome.observed["lines"][F]["app.py"] == [7]
    assert outcome.observed["lines"][G]["app.py"] == [11]
    failure = outcome.observed["failures"][F]
    assert (failure["type"], failure["compared"]) == ("AssertionError", [{"op": "==", "left": 3, "right": 4}])
    assert ["app.py", 6, {"n": "int"}] in outcome.observed["scopes"]


async def test_a_test_that_hangs_is_made_to_fail_so_that_it_can_be_observed(tmp_path: Path) -> None:
    async with served(tmp_path) as (server, _):
        place = server.copy.folder / "app.py"
        with placed(place, APP.replace("    return n + 1", "    while True:\n        n += 1").encode()):
            outcome = await server.run([F], 4, targets=[TESTS], observe=True)

    assert (outcome.ended, outcome.tests) == ("done", {F: "failed"})
    assert outcome.observed["failures"][F]["type"] == "Late"
    assert outcome.observed["failures"][F]["frames"][-1][0] == "app.py"


async def test_contents_are_taken_back_and_links_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as (server, _):
        place = server.copy.folder / "app.py"
        with pytest.raises(RuntimeError), placed(place, b"x"):
            raise RuntimeError
        assert place.read_text() == APP
        place.unlink()
        place.symlink_to(server.copy.root / "app.py")
        with pytest.raises(ToolUnavailable, match="is a link in the copy"):
            in_copy(server.copy, server.copy.root / "app.py")


_KILLED = """
import asyncio, sys
from punie_semantic.fixing.failing_test import find_test_fixes
from punie_semantic.workspace import Workspace

async def main():
    async with Workspace.open(sys.argv[1], trusted=True, interpreter=sys.prefix) as workspace:
        await find_test_fixes(workspace, ["test_app.py::test_f"])

asyncio.run(main())
"""


async def test_a_killed_punie_leaves_nothing_running(tmp_path: Path) -> None:
    app = APP.replace("n + 1", "subprocess.run(['sleep', '4712'])")
    async with opened(tmp_path / "p", app, CHECKS) as workspace:
        root = workspace.root
    process = await asyncio.create_subprocess_exec(sys.executable, "-P", "-c", _KILLED, str(root))
    await _there("4712")
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()

    await _gone("4712")


async def _there(word: str) -> None:
    for _ in range(1200):
        if _running(word):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{word} was never started")


async def _gone(word: str) -> None:
    for _ in range(1200):
        if not _running(word):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{word} still runs")


def _running(word: str) -> bool:
    for process in psutil.process_iter():
        try:
            if process.cmdline()[:2] == ["sleep", word]:
                return True
        except psutil.Error:
            continue
    return False
