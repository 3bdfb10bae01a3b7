"""pytest_run: tests that misbehave, and all the ways in which a test can end."""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from punie_semantic.settings import Layer
from punie_semantic.tools.testing import pytest_collect, pytest_run
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.projects import snapshot
from tests.integration.semantic.running import nothing_marked, something_marked


@pytest.fixture
async def trusted(project: Project, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Workspace]:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    async with Workspace.open(project({}), trusted=True, interpreter=sys.prefix) as workspace:
        yield workspace


def write(workspace: Workspace, text: str, name: str = "test_it.py") -> None:
    (workspace.root / name).write_text(text)


async def test_every_way_to_end(trusted: Workspace) -> None:
    write(
        trusted,
        """import unittest
import pytest

@pytest.mark.xfail
def test_xfail():
    assert False

@pytest.mark.xfail
def test_xpass():
    pass

@pytest.mark.xfail(strict=True)
def test_strict():
    pass

@pytest.mark.skip
def test_skip():
    pass

def test_skips_itself():
    pytest.skip("later")

class TestOld(unittest.TestCase):
    def test_good(self):
        self.assertTrue(True)

    def test_bad(self):
        self.assertEqual(1, 2)

    @unittest.expectedFailure
    def test_expected(self):
        self.assertEqual(1, 2)
""",
    )

    result = await pytest_run(trusted)

    assert (result.state, result.reason) == ("errors", "")
    counts = (result.passed, result.failed, result.errors, result.skipped, result.xfailed, result.xpassed)
    assert counts == (1, 2, 0, 2, 2, 1)
    assert {f.test_id for f in result.failures} == {"test_it.py::test_strict", "test_it.py::TestOld::test_bad"}


async def test_subtests(trusted: Workspace) -> None:
    write(
        trusted,
        """import unittest

def test_many(subtests):
    for n in range(3):
        with subtests.test(n=n):
            assert n != 1

class TestOld(unittest.TestCase):
    def test_many(self):
        for n in range(3):
            with self.subTest(n=n):
                self.assertNotEqual(n, 1)

def test_good(subtests):
    with subtests.test(n=1):
        pass
""",
    )

    result = await pytest_run(trusted)

    assert (result.state, result.passed) == ("errors", 1)
    assert {f.test_id for f in result.failures} == {"test_it.py::test_many", "test_it.py::TestOld::test_many"}
    assert any(f.line == 6 and "assert 1 != 1" in f.message for f in result.failures)


async def test_ids_with_odd_characters_can_be_run_by_their_id(trusted: Workspace) -> None:
    write(
        trusted,
        "import pytest\n\n"
        "@pytest.mark.parametrize('x', ['a::b', 'c[d]', 'é 📚', 'a b', '-x', '@f', \"q'\\\"\", '$(ls)', '\\n', '*'])\n"
        "def test_it(x):\n    assert x\n",
    )
    listed = await pytest_collect(trusted)
    for test in listed.tests:
        result = await pytest_run(trusted, ids=[test.test_id])

        assert (test.test_id, result.state, result.passed) == (test.test_id, "clean", 1)
    assert (len(listed.tests), listed.total, listed.tests[0].test_id) == (10, 10, "test_it.py::test_it[a::b]")


async def test_megabytes_of_output_are_bounded(trusted: Workspace) -> None:
    write(
        trusted,
        "import os\n\ndef test_loud():\n    os.write(1, b'x' * 20_000_000)\n    print('y' * 5_000_000)\n"
        "    assert 'z' * 3_000_000 == ''\n",
    )

    result = await pytest_run(trusted)

    assert (result.state, result.failed) == ("errors", 1)
    assert len(result.model_dump_json()) < 60_000


async def test_output_past_pytest_is_bounded(trusted: Workspace) -> None:
    write(
        trusted, "import os\n\n\nfor _ in range(200):\n    os.write(2, b'x' * 100_000)\n\n\ndef test_it():\n    pass\n"
    )
    (trusted.root / "pytest.ini").write_text("[pytest]\naddopts = -s\n")

    result = await pytest_run(trusted)

    assert (result.state, result.passed) == ("clean", 1)
    assert len(result.output) <= 2000


HANGING = (
    "import os, subprocess, sys, time\n\ndef test_good():\n    pass\n\n\ndef test_hangs():\n"
    "    again = [sys.executable, '-c', 'import time; time.sleep(600)', {mark!r}]\n"
    "    subprocess.Popen(again, start_new_session=True)\n    time.sleep(600)\n"
)


@pytest.mark.parametrize("sandbox", ["auto", "never"])
async def test_a_hanging_test_is_stopped_with_all_that_it_started(
    project: Project, monkeypatch: pytest.MonkeyPatch, sandbox: str
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    mark = f"mark-{uuid.uuid4()}"
    root = project({"test_it.py": HANGING.format(mark=mark)})
    layers = [Layer("test", {"sandbox_commands": sandbox})]
    async with Workspace.open(root, trusted=True, interpreter=sys.prefix, layers=layers) as workspace:
        task = asyncio.create_task(pytest_run(workspace, timeout=15))
        await something_marked(mark)
        result = await task

    assert (result.state, result.success, result.passed) == ("partial", False, 1)
    assert "did not end within 15 s while test_it.py::test_hangs ran" in result.reason
    await nothing_marked(mark)


# Another Punie, which is killed.
HOST = """
import asyncio, sys
from punie_semantic.settings import Layer
from punie_semantic.tools.testing import pytest_run
from punie_semantic.workspace import Workspace

async def main(folder, sandbox):
    layers = [Layer("test", {"sandbox_commands": sandbox})]
    async with Workspace.open(folder, trusted=True, interpreter=sys.prefix, layers=layers) as workspace:
        await pytest_run(workspace)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("sandbox", ["auto", "never"])
async def test_tests_end_when_punie_is_killed(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sandbox: str
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # what the killed one leaves there goes with it
    mark = f"mark-{uuid.uuid4()}"
    root = project({"test_it.py": HANGING.format(mark=mark)})
    command = [sys.executable, "-c", HOST, str(root), sandbox]
    punie = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
    await something_marked(mark)

    punie.kill()
    await punie.wait()

    await nothing_marked(mark)


@pytest.mark.parametrize(
    ("death", "reason"),
    [("os._exit(3)", "exit status 3"), ("os.kill(os.getpid(), 9)", "ended by signal 9"), ("os._exit(0)", "finish")],
)
async def test_a_test_that_kills_the_interpreter(trusted: Workspace, death: str, reason: str) -> None:
    write(trusted, f"import os\n\ndef test_good():\n    pass\n\n\ndef test_dies():\n    {death}\n")

    result = await pytest_run(trusted)

    assert (result.state, result.success, result.passed) == ("partial", False, 1)
    assert reason in result.reason
    assert "while test_it.py::test_dies ran" in result.reason


async def test_what_a_test_leaves_running_does_not_hold_it_up(trusted: Workspace) -> None:
    write(
        trusted,
        "import subprocess, sys\n\ndef test_it():\n"
        "    subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n",
    )
    (trusted.root / "pytest.ini").write_text("[pytest]\naddopts = -s\n")

    assert (await pytest_run(trusted, timeout=60)).passed == 1


async def test_a_test_that_reads_stdin_gets_its_end(trusted: Workspace) -> None:
    write(trusted, "import sys\n\ndef test_it():\n    assert sys.stdin.read() == ''\n")
    (trusted.root / "pytest.ini").write_text("[pytest]\naddopts = -s\n")

    assert (await pytest_run(trusted)).state == "clean"


async def test_a_syntax_error_in_a_conftest_is_told(trusted: Workspace) -> None:
    write(trusted, "def test_it():\n    pass\n")
    write(trusted, "def f(:\n", "conftest.py")

    result = await pytest_run(trusted)

    assert (result.state, result.success) == ("unknown", False)
    assert "SyntaxError" in result.reason + result.output


async def test_a_collection_error_is_an_error_and_the_others_are_listed(trusted: Workspace) -> None:
    write(trusted, "import nowhere_at_all\n", "test_bad.py")
    write(trusted, "import pytest\n\n@pytest.mark.slow\ndef test_it():\n    pass\n")
    (trusted.root / "pytest.ini").write_text("[pytest]\nmarkers = slow\n")

    listed, marked = await pytest_collect(trusted), await pytest_run(trusted, "test_it.py", markers="not slow")

    assert (listed.state, [t.test_id for t in listed.tests]) == ("errors", ["test_it.py::test_it"])
    assert (listed.tests[0].file, listed.tests[0].line, listed.tests[0].markers) == ("test_it.py", 3, ["slow"])
    assert [f.file for f in listed.failures] == ["test_bad.py"]
    assert (marked.state, marked.reason) == ("unknown", "pytest found no tests")


async def test_tests_that_write_files_leave_the_project_alone(trusted: Workspace) -> None:
    (trusted.root / "data").mkdir()
    (trusted.root / "data" / "golden.txt").write_text("old")
    (trusted.root / "absolute").symlink_to(trusted.root / "data", target_is_directory=True)
    write(
        trusted,
        "import pathlib\n\nHERE = pathlib.Path(__file__).parent\n\n\ndef test_it():\n"
        "    (HERE / 'data' / 'golden.txt').write_text('new')\n    pathlib.Path('made.txt').touch()\n"
        "    (HERE / 'absolute' / 'more.txt').write_text('new')\n"
        "    (HERE / 'new').mkdir()\n    pathlib.Path(__file__).unlink()\n",
    )
    before = snapshot(trusted.root)

    result = await pytest_run(trusted)

    assert (result.state, result.failures) == ("clean", [])
    assert snapshot(trusted.root) == before
    assert sorted(p.name for p in trusted.root.iterdir()) == [".venv", "absolute", "data", "test_it.py"]
