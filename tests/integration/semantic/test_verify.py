"""verify_edits: is nothing new wrong, in every file that the edits can affect?"""

from __future__ import annotations

import pytest

from punie_semantic.overlay import Buffer
from punie_semantic.tools.actions import apply_code_action, code_actions
from punie_semantic.tools.checks import diagnostics
from punie_semantic.tools.files import edit_file
from punie_semantic.tools.review import checkpoint, rollback, verify_edits
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.test_ty_restart import kill_ty


async def test_a_good_fix_is_clean_and_removes_its_problem(shop: Workspace) -> None:
    start = await checkpoint(shop)
    action = (await code_actions(shop, "shop/cart.py", 1, "F401")).actions[0]
    await apply_code_action(shop, action.id)

    report = await verify_edits(shop, start, action.problem_id)

    assert (report.state, report.target_fixed, report.reason) == ("clean", True, "")
    assert [p.code for p in report.fixed] == ["F401"]
    assert report.introduced == []
    assert report.files_checked == ["shop/cart.py"]


async def test_a_break_in_a_dependent_is_introduced_there(shop: Workspace) -> None:
    start = await checkpoint(shop)
    await edit_file(shop, "shop/prices.py", "-> int:\n    return len(name)", "-> str:\n    return name")

    report = await verify_edits(shop, start)

    assert report.state == "errors"
    assert {p.file for p in report.introduced} == {"shop/cart.py"}
    assert report.files_checked == ["shop/cart.py", "shop/prices.py"]


@pytest.mark.parametrize(
    "text",
    [
        "from shop.prices import (\n    VAT,  # (a tax)\n    price,\n)\n\nx: int = price('a')\ny = VAT\n",
        "from shop.prices import VAT, \\\n    price\n\nx: int = price('a')\ny = VAT\n",
        "import os; from shop.prices import price\n\nx: int = price('a')\ny = os\n",
        "import shop.prices as p\n\nx: int = p.price('a')\n",
        "from shop.prices import *\n\nx: int = price('a')\n",
    ],
    ids=["comment in parentheses", "continued line", "after a semicolon", "as a module", "star"],
)
async def test_dependents_are_found_however_they_import(project: Project, text: str) -> None:
    prices = "def price(name: str) -> int:\n    return len(name)\n\n\nVAT = 20\n"
    root = project({"shop/__init__.py": "", "shop/prices.py": prices, "use.py": text})
    async with Workspace.open(root) as workspace:
        start = await checkpoint(workspace)
        await edit_file(workspace, "shop/prices.py", "-> int:\n    return len(name)", "-> str:\n    return name")

        report = await verify_edits(workspace, start)

    assert report.state == "errors"
    assert {p.file for p in report.introduced} == {"use.py"}


async def test_a_submodule_import_sees_a_change_of_its_package(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "pkg/__init__.py": "x: int = 1\n",
        "pkg/a.py": "",
        "use.py": "import pkg.a\n\ny: int = pkg.x\n",
    }
    async with Workspace.open(project(files)) as workspace:
        start = await checkpoint(workspace)
        await edit_file(workspace, "pkg/__init__.py", "x: int = 1", "x: str = ''")

        assert [p.file for p in (await verify_edits(workspace, start)).introduced] == ["use.py"]


async def test_an_edit_behind_an_annotated_return_checks_its_own_file_only(shop: Workspace) -> None:
    start = await checkpoint(shop)
    await edit_file(shop, "shop/prices.py", "len(name)", "len(name) + 1")

    report = await verify_edits(shop, start)

    assert (report.state, report.files_checked) == ("clean", ["shop/prices.py"])


async def test_problems_that_only_moved_are_not_new(shop: Workspace) -> None:
    start = await checkpoint(shop)
    await edit_file(shop, "shop/wrong.py", "x: int", "# one\n# two\nx: int")

    assert (await verify_edits(shop, start)).state == "clean"


async def test_moving_a_problem_does_not_fix_it(shop: Workspace) -> None:
    problem = (await diagnostics(shop, "shop/wrong.py")).problems[0]
    start = await checkpoint(shop)
    await edit_file(shop, "shop/wrong.py", "x: int", "\nx: int")

    report = await verify_edits(shop, start, problem.id)

    assert (report.state, report.target_fixed, report.fixed) == ("clean", False, [])


async def test_trading_one_problem_for_another_is_an_error(shop: Workspace) -> None:
    problem = (await diagnostics(shop, "shop/wrong.py")).problems[0]
    start = await checkpoint(shop)
    await edit_file(shop, "shop/wrong.py", '"one"', "uno")

    report = await verify_edits(shop, start, problem.id)

    assert (report.state, report.target_fixed) == ("errors", True)
    assert {p.code for p in report.introduced} == {"F821", "unresolved-reference"}


async def test_an_edit_that_breaks_the_syntax_is_an_error(shop: Workspace) -> None:
    start = await checkpoint(shop)
    await edit_file(shop, "shop/clean.py", "one = 1", "one = (")

    report = await verify_edits(shop, start)

    assert report.state == "errors"
    assert {p.code for p in report.introduced} == {"invalid-syntax"}


async def test_mending_the_syntax_does_not_hide_what_comes_to_light(shop: Workspace) -> None:
    problem = (await diagnostics(shop, "shop/syntax.py")).problems[0]
    start = await checkpoint(shop)
    await edit_file(shop, "shop/syntax.py", "def f(:\n    pass", "def f():\n    return nothing")

    report = await verify_edits(shop, start, problem.id)

    assert report.state == "errors"
    assert report.target_fixed


async def test_rollback_goes_back_and_verifies_clean(shop: Workspace) -> None:
    start = await checkpoint(shop)
    await edit_file(shop, "shop/clean.py", "one = 1", "one = (")
    await rollback(shop, start)

    report = await verify_edits(shop, start)

    assert (report.state, report.files_checked) == ("clean", [])
    assert (await diagnostics(shop, "shop/clean.py")).state == "clean"


async def test_only_the_edits_since_the_checkpoint_count(shop: Workspace) -> None:
    await edit_file(shop, "shop/clean.py", "one = 1", "one = uno")
    start = await checkpoint(shop)
    await edit_file(shop, "shop/wrong.py", '"one"', "1")

    report = await verify_edits(shop, start)

    assert (report.state, report.files_checked) == ("clean", ["shop/wrong.py"])


@pytest.mark.parametrize(("variable", "tool"), [("PUNIE_TY", "ty"), ("PUNIE_RUFF", "ruff")])
async def test_a_missing_tool_makes_it_unknown(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch, variable: str, tool: str
) -> None:
    start = await checkpoint(shop)
    await edit_file(shop, "shop/clean.py", "one = 1", "one = 2")
    monkeypatch.setenv(variable, "/nowhere/tool")

    report = await verify_edits(shop, start)

    assert report.state == "unknown"
    assert report.reason.startswith(f"{tool}: ")


async def test_ty_that_is_gone_before_the_dependents_makes_it_unknown(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = (await diagnostics(shop, "shop/cart.py")).problems[0]
    start = await checkpoint(shop)
    await edit_file(shop, "shop/cart.py", "import os\n", "")
    await kill_ty()
    monkeypatch.setenv("PUNIE_TY", "/nowhere/ty")

    report = await verify_edits(shop, start, problem.id)

    assert (report.state, report.target_fixed) == ("unknown", False)


async def test_ty_that_is_killed_in_between_is_restarted(shop: Workspace) -> None:
    start = await checkpoint(shop)
    await diagnostics(shop, "shop/cart.py")
    await edit_file(shop, "shop/prices.py", "-> int:\n    return len(name)", "-> str:\n    return name")
    await kill_ty()

    report = await verify_edits(shop, start)

    assert {p.file for p in report.introduced} == {"shop/cart.py"}


async def test_unsaved_buffers_are_the_base(shop: Workspace) -> None:
    prices = shop.root / "shop" / "prices.py"
    cart = shop.root / "shop" / "cart.py"
    unsaved = cart.read_text() + "\n\ndef free() -> str:\n    return price('x')\n"
    await shop.begin({cart: Buffer(unsaved, 3), prices: Buffer(prices.read_text(), 1)})
    start = await checkpoint(shop)
    await edit_file(shop, "shop/prices.py", "-> int:\n    return len(name)", "-> str:\n    return name")

    report = await verify_edits(shop, start)

    assert [p.code for p in report.fixed] == ["invalid-explicit-return"]
    assert report.state == "errors"
    assert cart.read_text() != unsaved
