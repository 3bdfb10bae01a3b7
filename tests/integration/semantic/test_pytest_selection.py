"""pytest_run: which tests run, and in which state of the project."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncGenerator

import pytest

from punie_semantic.exceptions import ExecutionNotAllowed, PathError
from punie_semantic.overlay import Buffer
from punie_semantic.tools.files import edit_file
from punie_semantic.tools.testing import pytest_collect, pytest_run
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project

FILES: dict[str, str | bytes] = {
    "pytest.ini": "[pytest]\nmarkers = slow\npythonpath = .\n",
    "shop/__init__.py": "",
    "shop/prices.py": "def price(name):\n    return len(name)\n",
    "shop/cart.py": "from shop.prices import price\n\n\ndef total(names):\n    return sum(price(n) for n in names)\n",
    "shop/other.py": "x = 1\n",
    "tests/test_cart.py": (
        "import pytest\nfrom shop.cart import total\n\n\ndef test_total():\n    assert total(['ab', 'c']) == 3\n\n\n"
        "@pytest.mark.slow\ndef test_slow():\n    assert total([]) == 0\n"
    ),
    "tests/test_other.py": "from shop.other import x\n\n\ndef test_x():\n    assert x == 1\n",
    "tests/deep/conftest.py": "from shop.prices import price\n",
    "tests/deep/test_deep.py": "def test_deep():\n    pass\n",
}


@pytest.fixture
async def trusted(project: Project, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Workspace]:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    async with Workspace.open(project(FILES), trusted=True, interpreter=sys.prefix) as workspace:
        yield workspace


async def test_by_ids_and_by_markers(trusted: Workspace) -> None:
    ids = ["tests/test_cart.py::test_total", "tests/test_other.py::test_x"]

    assert (await pytest_run(trusted, ids=ids)).passed == 2
    assert (await pytest_run(trusted, markers="slow")).passed == 1
    assert (await pytest_run(trusted, markers="not slow", keyword="total or deep")).passed == 2


async def test_the_last_failed_run_again_until_they_pass(trusted: Workspace) -> None:
    unknown = await pytest_run(trusted, last_failed=True)
    await edit_file(trusted, "shop/prices.py", "len(name)", "0")
    first = await pytest_run(trusted)
    again = await pytest_run(trusted, last_failed=True)
    await edit_file(trusted, "shop/prices.py", "return 0", "return len(name)")
    fixed = await pytest_run(trusted, last_failed=True)
    none = await pytest_run(trusted, last_failed=True)

    assert (unknown.state, unknown.reason) == ("unknown", "no failed test is known; run the tests first")
    assert (first.passed, first.failed) == (3, 1)
    assert (again.passed, again.failed) == (0, 1)
    assert (fixed.passed, fixed.failed) == (1, 0)
    assert none.state == "unknown"


async def test_pytest_s_own_memory_counts_when_there_is_none(trusted: Workspace) -> None:
    cache = trusted.root / ".pytest_cache" / "v" / "cache"
    cache.mkdir(parents=True)
    (cache / "lastfailed").write_text(json.dumps({"tests/test_other.py::test_x": True, "gone.py::test": True}))

    assert (await pytest_run(trusted, last_failed=True)).passed == 1


async def test_the_affected_ones_are_those_that_import_what_changed(trusted: Workspace) -> None:
    nothing = await pytest_run(trusted, affected=True)
    await edit_file(trusted, "shop/prices.py", "len(name)", "len(name) + 0")
    some = await pytest_run(trusted, affected=True)

    assert (nothing.state, nothing.reason) == ("unknown", "there are no edits")
    assert (some.state, some.passed) == ("clean", 3)


async def test_no_affected_test_is_unknown(trusted: Workspace) -> None:
    trusted.overlay.create(trusted.root / "alone.py", "x = 1\n")

    result = await pytest_run(trusted, affected=True)

    assert (result.state, result.reason) == ("unknown", "no test file depends on this turn's edits")


async def test_created_deleted_and_renamed_files_are_seen(trusted: Workspace) -> None:
    overlay, root = trusted.overlay, trusted.root
    overlay.create(root / "new" / "test_new.py", "def test_new():\n    import shop.money\n")
    overlay.rename(root / "shop" / "other.py", root / "shop" / "money.py")
    overlay.delete(root / "tests" / "test_cart.py")

    result = await pytest_run(trusted)
    listed = await pytest_collect(trusted, "new")

    assert (result.passed, result.errors) == (2, 1)
    assert "No module named 'shop.other'" in result.failures[0].traceback
    assert [t.test_id for t in listed.tests] == ["new/test_new.py::test_new"]
    with pytest.raises(PathError, match="does not exist"):
        await pytest_run(trusted, "tests/test_cart.py")


async def test_unsaved_documents_are_seen_without_any_edit(trusted: Workspace) -> None:
    path = trusted.root / "shop" / "prices.py"
    await trusted.begin({path: Buffer("def price(name):\n    return 0\n", 7)})

    result = await pytest_run(trusted, "tests/test_cart.py")

    assert (result.failed, result.versions) == (1, {"shop/prices.py": 7})


async def test_nothing_is_listed_in_an_untrusted_workspace(trusted: Workspace) -> None:
    trusted.trusted = False

    with pytest.raises(ExecutionNotAllowed):
        await pytest_collect(trusted)


@pytest.mark.parametrize("target", ["../x.py::test", "/etc/passwd", "@file", "-x", "a\0b", "tests/none.py::test"])
async def test_ids_that_are_none(trusted: Workspace, target: str) -> None:
    with pytest.raises(PathError):
        await pytest_run(trusted, ids=[target])


async def test_keywords_that_look_like_options_are_keywords(trusted: Workspace) -> None:
    result = await pytest_run(trusted, keyword="--pdb", markers="--version")

    assert (result.state, result.passed) == ("unknown", 0)
