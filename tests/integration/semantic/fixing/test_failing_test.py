"""A failing test is mended by one edit of the source, which is verified; tests and disk stay as they are."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from punie_semantic.tools.actions import apply_code_action
from punie_semantic.tools.files import edit_file
from punie_semantic.tools.test_fixes import find_test_fixes
from punie_semantic.workspace import Workspace
from tests.integration.semantic.fixing.failing import SETTINGS, opened, searched
from tests.integration.semantic.projects import write_project


@pytest.fixture(autouse=True)
def plain_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plug-ins of our own environment would only cost time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


BULK = """\
COPIES = 10


def is_bulk(copies: int) -> bool:
    return copies > COPIES


def price(copies: int) -> int:
    return copies * (8 if is_bulk(copies) else 10)
"""
BULK_TESTS = """\
from app import price


def test_it():
    assert price(10) == 80


def test_nine():
    assert price(9) == 90


def test_eleven():
    assert price(11) == 88
"""

CASES = {
    "operator": ("def f(a, b):\n    return a - b\n", "assert f(2, 3) == 5 and f(4, 0) == 4", "return a + b"),
    "constant of the module": ("RATE = 4\n\n\ndef f(a):\n    return a * RATE\n", "assert f(2) == 10", "RATE = 5"),
    "default": ("def f(a, rate=4):\n    return a * rate\n", "assert f(2) == 10 and f(2, 1) == 2", "rate=5"),
    "condition": (
        "def f(a):\n    if a:\n        return 'none'\n    return 'some'\n",
        "assert f([1]) == 'some' and f([]) == 'none'",
        "if not a:",
    ),
    "order": ("def f(a):\n    return sorted(a)\n", "assert f([1, 3, 2]) == [3, 2, 1]", "reverse=True"),
    "method": ("def f(a: str):\n    return a.lower()\n", "assert f('b') == 'B' and f('bc') == 'BC'", "a.upper()"),
    "exception": (
        "def f(a):\n    if not a:\n        raise KeyError(a)\n    return a\n",
        "\n    with pytest.raises(ValueError):\n        f('')",
        "raise ValueError(a)",
    ),
    "caught": (
        "def f(a, b):\n    try:\n        return a[b]\n    except KeyError:\n        return None\n",
        "assert f([1], 0) == 1 and f([1], 3) is None",
        "except IndexError:",
    ),
    "kept": (
        "class A:\n    def __init__(self, name):\n        self.size = 1\n\n"
        "    def f(self):\n        return self.name\n",
        "assert A('x').f() == 'x'",
        "self.name = name",
    ),
    "endless": (
        "def f(n):\n    total = 0\n    while n > 0:\n        total += n\n        n += 1\n    return total\n",
        "assert f(3) == 6",
        "n -= 1",
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cases(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Workspace]:
    """All cases in one project: a module and its test for each."""
    files: dict[str, str | bytes] = {"pyproject.toml": SETTINGS}
    for number, (app, check, _) in enumerate(CASES.values()):
        files[f"app{number}.py"] = app
        name = "A" if "class A" in app else "f"
        head = f"import pytest\n\nfrom app{number} import {name}\n\n\ndef test_it():\n"
        files[f"test_app{number}.py"] = f"{head}    {check.strip()}\n"
    root = write_project(tmp_path_factory.mktemp("cases") / "p", files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        async with Workspace.open(root, trusted=True, interpreter=sys.prefix) as workspace:
            yield workspace


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", list(CASES))
async def test_it_is_mended(cases: Workspace, name: str) -> None:
    number = list(CASES).index(name)

    search = await searched(cases, [f"test_app{number}.py::test_it"])

    assert (search.state, search.reason) == ("clean", "")
    assert CASES[name][2] in search.found[0].text
    assert search.found[0].report.state == "clean"


async def test_passing_tests_decide_and_the_answer_says_why(tmp_path: Path) -> None:
    async with opened(tmp_path / "p", BULK, BULK_TESTS) as workspace:
        search = await searched(workspace)

    best = search.found[0]
    assert best.text == BULK.replace("copies > COPIES", "copies >= COPIES")
    assert (best.file, best.candidate.title) == ("app.py", "Change > to >= in line 5 of app.py")
    assert "test_app.py::test_it passes with it; 3 affected tests pass" in best.why
    assert best.report.tests is not None
    assert (best.report.tests.fixed, best.report.tests.introduced) == (["test_app.py::test_it"], [])
    assert not [found for found in search.found if "copies < COPIES" in found.text]


async def test_what_ruff_or_ty_would_object_to_is_not_offered(tmp_path: Path) -> None:
    app = "def f(flag: bool) -> bool:\n    return flag is False\n"
    async with opened(tmp_path / "p", app, "from app import f\n\n\ndef test_it():\n    assert f(True)\n") as workspace:
        search = await searched(workspace)

    assert search.found
    assert all(found.report.introduced == [] for found in search.found)
    assert not [found for found in search.found if "== " in found.text or "!= " in found.text]


async def test_a_test_elsewhere_must_not_break(tmp_path: Path) -> None:
    app = "LIMIT = 4\n\n\ndef f(a):\n    return a <= LIMIT\n"
    tests = "from app import f\n\n\ndef test_it():\n    assert f(5)\n"
    other = "from app import LIMIT\n\n\ndef test_limit():\n    assert LIMIT == 4\n"
    async with opened(tmp_path / "p", app, tests, test_other=other) as workspace:
        search = await searched(workspace)

    assert not [found for found in search.found if "LIMIT = 4" not in found.text]
    assert "breaks test_other.py::test_limit" in [rejected.why for rejected in search.rejected]


async def test_code_of_the_tests_is_never_edited(tmp_path: Path) -> None:
    tests = "from test_helper import twice\n\n\ndef test_it():\n    assert twice(2) == 4\n"
    async with opened(tmp_path / "p", "", tests, test_helper="def twice(n):\n    return n + 3\n") as workspace:
        search = await searched(workspace)

    assert search.found == []
    assert search.reason == "the test executes none of the project's own lines that can be edited"


async def test_edits_of_the_turn_are_the_base(tmp_path: Path) -> None:
    tests = "from app import f\n\n\ndef test_it():\n    assert f(2) == 4\n"
    async with opened(tmp_path / "p", "def f(n):\n    return n * 2\n", tests) as workspace:
        await edit_file(workspace, "app.py", "n * 2", "n - 2")
        search = await searched(workspace)

    assert search.found[0].text in ("def f(n):\n    return n + 2\n", "def f(n):\n    return n * 2\n")


async def test_all_parameters_of_a_test_are_mended_together(tmp_path: Path) -> None:
    tests = (
        "import pytest\nfrom app import f\n\n\n"
        "@pytest.mark.parametrize(('a', 'b'), [('x y', 3), ('ü[::]', 5), ('', 0)], ids=['a b', 'ü[::]-é', '\"'])\n"
        "def test_it(a, b):\n    assert f(a) == b\n"
    )
    async with opened(tmp_path / "p", "def f(a):\n    return len(a) + 1\n", tests) as workspace:
        search = await searched(workspace)

    assert search.found[0].text == "def f(a):\n    return len(a)\n"
    assert "2 other failing ones" in search.found[0].why


async def test_the_tool_offers_actions_that_can_be_applied(tmp_path: Path) -> None:
    async with opened(tmp_path / "p", BULK, BULK_TESTS) as workspace:
        result = await find_test_fixes(workspace, ["test_app.py::test_it"])
        edit = await apply_code_action(workspace, result.fixes[0].id)

    assert (result.state, result.fixes[0].file) == ("clean", "app.py")
    assert "-    return copies > COPIES\n+    return copies >= COPIES\n" in result.fixes[0].diff
    assert edit.diff == result.fixes[0].diff
