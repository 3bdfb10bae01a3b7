"""pytest_run: the project's own tests with the project's own Python, and nothing left behind."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from punie_semantic.exceptions import ExecutionNotAllowed, PathError
from punie_semantic.tools.files import edit_file
from punie_semantic.tools.testing import pytest_run
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.projects import snapshot

FILES: dict[str, str | bytes] = {
    "pyproject.toml": "[tool.pytest.ini_options]\n",
    "src/shop/__init__.py": "",
    "src/shop/prices.py": "def price(name: str) -> int:\n    return len(name)\n",
    "tests/conftest.py": (
        "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent.parent / 'src'))\n"
    ),
    "tests/test_good.py": (
        "import pytest\nfrom shop.prices import price\n\n\n"
        "def test_price():\n    assert price('abc') == 3\n\n\n"
        "@pytest.mark.parametrize('n', [1, 2])\ndef test_numbers(n):\n    assert n\n\n\n"
        "@pytest.mark.skip\ndef test_later():\n    assert False\n"
    ),
    "tests/test_bad.py": (
        "import pytest\n\n\ndef test_wrong():\n    x = 1\n    assert x == 2\n\n\n"
        "@pytest.fixture\ndef broken():\n    raise RuntimeError('no fixture')\n\n\n"
        "def test_error(broken):\n    pass\n"
    ),
    "tests/test_broken.py": "import no_such_module\n",
}


@pytest.fixture
async def trusted(project: Project, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Workspace]:
    """A trusted workspace whose interpreter has pytest; the plug-ins of our own environment would only cost time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    async with Workspace.open(project(FILES), trusted=True, interpreter=sys.prefix) as workspace:
        yield workspace


async def test_passing_tests(trusted: Workspace) -> None:
    result = await pytest_run(trusted, "tests/test_good.py")

    assert (result.state, result.success) == ("clean", True)
    assert (result.passed, result.failed, result.errors, result.skipped) == (3, 0, 0, 1)
    assert (result.failures, result.reason) == ([], "")


async def test_failing_tests_tell_the_place(trusted: Workspace) -> None:
    result = await pytest_run(trusted, "tests/test_bad.py")

    assert (result.state, result.success, result.passed, result.failed, result.errors) == ("errors", False, 0, 1, 1)
    wrong, error = result.failures
    assert (wrong.test_id, wrong.file, wrong.line) == ("tests/test_bad.py::test_wrong", "tests/test_bad.py", 6)
    assert "assert 1 == 2" in wrong.message
    assert "RuntimeError: no fixture" in error.message


async def test_one_test_by_its_id_and_by_keyword(trusted: Workspace) -> None:
    by_id = await pytest_run(trusted, "tests/test_good.py::test_price")
    by_keyword = await pytest_run(trusted, "tests/test_good.py", keyword="numbers")

    assert (by_id.passed, by_keyword.passed) == (1, 2)


async def test_a_file_that_cannot_be_imported_is_an_error(trusted: Workspace) -> None:
    result = await pytest_run(trusted, "tests/test_broken.py")

    assert (result.state, result.success, result.errors) == ("errors", False, 1)
    assert result.failures[0].file == "tests/test_broken.py"
    assert "No module named 'no_such_module'" in result.failures[0].traceback


async def test_no_test_is_unknown(trusted: Workspace) -> None:
    result = await pytest_run(trusted, "tests/test_good.py", keyword="nothing_has_this_name")

    assert (result.state, result.success, result.reason) == ("unknown", False, "pytest found no tests")


async def test_no_pytest_is_unknown(project: Project) -> None:
    async with Workspace.open(project(FILES), trusted=True) as workspace:
        result = await pytest_run(workspace, "tests/test_good.py")

    assert (result.state, result.success) == ("unknown", False)
    assert "No module named pytest" in result.reason


async def test_the_edits_of_the_turn_are_seen(trusted: Workspace) -> None:
    await edit_file(trusted, "src/shop/prices.py", "len(name)", "0")

    result = await pytest_run(trusted, "tests/test_good.py")

    assert (result.state, result.passed, result.failed) == ("errors", 2, 1)
    failure = result.failures[0]
    assert (failure.test_id, failure.file, failure.line) == (
        "tests/test_good.py::test_price",
        "tests/test_good.py",
        6,
    )
    assert "punie-pytest-" not in failure.traceback


@pytest.mark.parametrize("edited", [False, True])
async def test_nothing_is_left_behind(trusted: Workspace, edited: bool) -> None:
    before = snapshot(trusted.root)
    if edited:
        await edit_file(trusted, "src/shop/prices.py", "len(name)", "1 + len(name)")

    await pytest_run(trusted, "tests")

    assert snapshot(trusted.root) == before


async def test_an_untrusted_workspace_runs_nothing(project: Project) -> None:
    root = project({"test_mark.py": "import pathlib\npathlib.Path(__file__).with_name('mark').touch()\n"})
    async with Workspace.open(root, interpreter=sys.prefix) as workspace:
        with pytest.raises(ExecutionNotAllowed, match="not trusted"):
            await pytest_run(workspace, "test_mark.py")

    assert not Path(root, "mark").exists()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../other", "outside the workspace"),
        ("tests/gone.py", "does not exist"),
        ("--collect-only", "looks like an option"),
        ("-x", "looks like an option"),
    ],
)
async def test_paths_that_are_no_test(trusted: Workspace, path: str, message: str) -> None:
    (trusted.root / "-x").touch()

    with pytest.raises(PathError, match=message):
        await pytest_run(trusted, path)
