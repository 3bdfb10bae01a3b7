"""verify_edits: files that come, go and move; files that no tool looks at; tests before and after."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator

import pytest

from punie_semantic.exceptions import ExecutionNotAllowed
from punie_semantic.overlay import Buffer
from punie_semantic.tools.checks import diagnostics, ruff_check, typecheck
from punie_semantic.tools.files import edit_file
from punie_semantic.tools.review import checkpoint, verify_edits
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project


async def test_a_new_file_that_is_imported_is_clean(shop: Workspace) -> None:
    start = await checkpoint(shop)
    shop.overlay.create(shop.root / "shop" / "tax" / "__init__.py", "")
    shop.overlay.create(shop.root / "shop" / "tax" / "rates.py", "RATE = 20\n")
    await edit_file(shop, "shop/clean.py", "one = 1\n", "from shop.tax.rates import RATE\n\none: int = RATE\n")

    report = await verify_edits(shop, start)

    assert (report.state, report.reason, report.introduced) == ("clean", "", [])
    assert report.files_checked == ["shop/clean.py", "shop/tax/__init__.py", "shop/tax/rates.py"]


async def test_a_problem_in_a_new_file_is_introduced(shop: Workspace) -> None:
    start = await checkpoint(shop)
    shop.overlay.create(shop.root / "shop" / "new.py", "x: int = ''\n")

    report = await verify_edits(shop, start)

    assert (report.state, [p.file for p in report.introduced]) == ("errors", ["shop/new.py"])


@pytest.mark.parametrize(
    "text", ["import shop.prices\n", "from shop import prices\n", "from shop.prices import price\n"]
)
async def test_whoever_imports_a_deleted_file_is_broken(project: Project, text: str) -> None:
    files: dict[str, str | bytes] = {"shop/__init__.py": "", "shop/prices.py": "price = 1\n", "use.py": text}
    async with Workspace.open(project(files)) as workspace:
        start = await checkpoint(workspace)
        workspace.overlay.delete(workspace.root / "shop" / "prices.py")

        report = await verify_edits(workspace, start)

    assert (report.state, {p.file for p in report.introduced}) == ("errors", {"use.py"})


async def test_the_problems_of_a_deleted_file_are_fixed(shop: Workspace) -> None:
    problem = (await diagnostics(shop, "shop/wrong.py")).problems[0]
    start = await checkpoint(shop)
    shop.overlay.delete(shop.root / "shop" / "wrong.py")

    report = await verify_edits(shop, start, problem.id)

    assert (report.state, report.target_fixed) == ("clean", True)
    assert [p.code for p in report.fixed] == ["invalid-assignment"]


async def test_a_renamed_file_takes_its_problems_along(shop: Workspace) -> None:
    problem = (await diagnostics(shop, "shop/wrong.py")).problems[0]
    start = await checkpoint(shop)
    shop.overlay.rename(shop.root / "shop" / "wrong.py", shop.root / "shop" / "right.py")

    report = await verify_edits(shop, start, problem.id)

    assert (report.state, report.target_fixed, report.fixed, report.unchanged) == ("clean", False, [], 1)


async def test_a_renamed_module_breaks_its_importers_until_they_follow(shop: Workspace) -> None:
    start = await checkpoint(shop)
    shop.overlay.rename(shop.root / "shop" / "prices.py", shop.root / "shop" / "costs.py")
    broken = await verify_edits(shop, start)
    await edit_file(shop, "shop/cart.py", "shop.prices", "shop.costs")
    mended = await verify_edits(shop, start)

    assert (broken.state, {p.file for p in broken.introduced}) == ("errors", {"shop/cart.py"})
    assert (mended.state, mended.introduced, mended.reason) == ("clean", [], "")


async def test_folders_are_checked_as_the_overlay_has_them(shop: Workspace) -> None:
    for name in ("binary.py", "syntax.py", "latin.py"):
        (shop.root / "shop" / name).unlink()
    await shop.begin()
    shop.overlay.delete(shop.root / "shop" / "wrong.py")
    shop.overlay.create(shop.root / "shop" / "new.py", "import os\nx: int = ''\n")

    types, lint = await typecheck(shop), await ruff_check(shop)

    assert [(e.file, e.line) for e in types.errors] == [("shop/new.py", 2)]
    assert {v.file for v in lint.violations} == {"shop/cart.py", "shop/new.py"}
    assert (types.files_checked, types.missing, lint.files_checked) == (5, 0, 5)


async def test_what_no_tool_looks_at_is_named_and_settings_are_unknown(shop: Workspace) -> None:
    (shop.root / "notes.md").write_text("# Notes\n")
    await shop.begin()
    start = await checkpoint(shop)
    await edit_file(shop, "notes.md", "Notes", "Our notes")
    notes = await verify_edits(shop, start)
    await edit_file(shop, "pyproject.toml", '"I"', '"I", "UP"')
    settings = await verify_edits(shop, start)

    assert (notes.state, notes.unchecked, notes.files_checked) == ("clean", ["notes.md"], [])
    assert (settings.state, settings.unchecked) == ("unknown", ["notes.md", "pyproject.toml"])
    assert "pyproject.toml: ty and ruff follow changed settings only when they are on disk" in settings.reason


async def test_unchanged_problems_are_counted_and_versions_told(shop: Workspace) -> None:
    path = shop.root / "shop" / "wrong.py"
    await shop.begin({path: Buffer(path.read_text(), 5)})
    start = await checkpoint(shop)
    await edit_file(shop, "shop/wrong.py", "x: int", "y = 1\nx: int")

    report = await verify_edits(shop, start)

    assert (report.state, report.unchanged, report.versions) == ("clean", 1, {"shop/wrong.py": 5})


TESTED: dict[str, str | bytes] = {
    "pytest.ini": "[pytest]\npythonpath = .\n",
    "shop.py": "def price(name: str) -> int:\n    return len(name)\n\n\ndef wrong() -> int:\n    return 1\n",
    "test_shop.py": (
        "from shop import price, wrong\n\n\ndef test_price() -> None:\n    assert price('abc') == 3\n\n\n"
        "def test_wrong() -> None:\n    assert wrong() == 2\n"
    ),
    "test_else.py": "def test_else() -> None:\n    raise ValueError\n",
}


@pytest.fixture
async def tested(project: Project, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Workspace]:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    async with Workspace.open(project(TESTED), trusted=True, interpreter=sys.prefix) as workspace:
        yield workspace


async def test_a_test_that_failed_before_is_not_introduced(tested: Workspace) -> None:
    start = await checkpoint(tested)
    await edit_file(tested, "shop.py", "len(name)", "len(name) + 0")

    report = await verify_edits(tested, start, tests=True)

    assert report.tests is not None
    assert (report.state, report.tests.state, report.tests.reason) == ("clean", "clean", "")
    assert (report.tests.introduced, report.tests.unchanged, report.tests.passed) == ([], 1, 1)


async def test_a_test_that_fails_only_now_makes_it_an_error(tested: Workspace) -> None:
    start = await checkpoint(tested)
    await edit_file(tested, "shop.py", "len(name)", "0")
    await edit_file(tested, "shop.py", "return 1", "return 2")

    report = await verify_edits(tested, start, tests=True)

    assert report.tests is not None
    assert (report.state, report.introduced) == ("errors", [])
    assert [f.test_id for f in report.tests.introduced] == ["test_shop.py::test_price"]
    assert report.tests.fixed == ["test_shop.py::test_wrong"]


async def test_a_renamed_test_file_runs_under_its_new_name(tested: Workspace) -> None:
    start = await checkpoint(tested)
    tested.overlay.rename(tested.root / "test_shop.py", tested.root / "test_store.py")

    report = await verify_edits(tested, start, tests=True)

    assert report.tests is not None
    assert (report.tests.passed, report.tests.state, report.tests.introduced) == (1, "clean", [])


async def test_tests_are_run_in_a_trusted_workspace_only(shop: Workspace) -> None:
    start = await checkpoint(shop)

    with pytest.raises(ExecutionNotAllowed, match="not trusted"):
        await verify_edits(shop, start, tests=True)
