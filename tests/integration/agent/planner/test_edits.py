"""Edits in words: done by the tools, re-checked by the session, and told."""

from __future__ import annotations

import pytest

from punie_agent.requests import AskRequest, FixRequest, TaskRequest
from tests.integration.agent.planner.conftest import Reply, Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


def added(reply: Reply, file: str) -> list[str]:
    """The lines that a proposal adds to a file."""
    lines = reply.proposed[file].splitlines()
    return [line[1:] for line in lines if line.startswith("+") and not line.startswith("+++")]


EDITS = [
    ("rename Cart.add to put", ["shop/cart.py", "tests/test_cart.py"], "Renamed `Cart.add` to `put` in 2 files:"),
    ("rename shop/prices.py:4:5 to cost", ["shop/cart.py", "shop/prices.py"], "to `cost` in 2 files:"),
    ("move shop/prices.py to shop/costs.py", ["shop/cart.py", "shop/costs.py"], "Moved"),
    ("rename module shop.prices to shop.costs", ["shop/cart.py", "shop/costs.py"], "Moved"),
    (
        "move shop/report.py into other/",
        ["other/report.py", "shop/app.py", "tests/test_cart.py"],
        "Moved",
    ),
    ("inline twice in shop/prices.py", ["shop/prices.py"], "Inlined `twice` in `shop/prices.py`:"),
    ("add types to shop/prices.py", ["shop/prices.py"], "- `shop.prices.double`"),
    ("add types to double", ["shop/prices.py"], "1 definition"),
    ("organise imports in broken.py", ["shop/broken.py"], "Sorted the imports of `shop/broken.py`."),
    ("format shop/prices.py", ["shop/prices.py"], "Formatted `shop/prices.py`."),
    ("format the whole project", ["shop/prices.py", "shop/report.py"], "(2 files):"),
    ("remove unused imports from shop/broken.py", ["shop/broken.py"], "- line 1: `os` imported but unused (F401)"),
    ("import json in shop/prices.py", [], "Added `import json` to `shop/prices.py`."),
    (
        "fix the problem at shop/broken.py:10",
        ["shop/broken.py"],
        "Fixed unresolved-reference: Import Path from pathlib.",
    ),
    ("fix F401 in shop/broken.py", ["shop/broken.py"], "Fixed 1 F401 problem in `shop/broken.py`:"),
    ("fix lint errors in broken.py", ["shop/broken.py"], "Fixed 3 lint problems in `shop/broken.py`:"),
    ("write a docstring for Cart.add", ["shop/cart.py"], "Wrote the frame of a docstring for `Cart.add`"),
    ("extract line 10 of shop/prices.py into a function called doubled", ["shop/prices.py"], "the function `doubled`"),
    (
        "extract variable at shop/prices.py:6:12-6:31 as found",
        ["shop/prices.py"],
        "Extracted the variable `found` in `shop/prices.py`:",
    ),
]


@pytest.mark.parametrize(("prompt", "files", "told"), EDITS, ids=[row[0] for row in EDITS])
async def test_edits_are_proposed_and_told(shop: Shop, prompt: str, files: list[str], told: str) -> None:
    reply = await shop.ask(prompt)

    assert told in reply.text
    assert sorted(reply.proposed) == files
    assert (reply.errors, reply.done) == ([], "end_turn")


NOTHING = [
    ("rename Cart to GiftCart", "GiftCart is defined already in shop/cart.py, line 28."),
    ("rename Crat to Basket", "Nearest names: Cart."),
    ("rename Cart.total to total", "shop.cart.Cart.total is called total already.\n\nNothing was changed."),
    ("move shop/nowhere.py to shop/costs.py", "shop/nowhere.py does not exist in the workspace."),
    ("move shop/prices.py to shop/cart.py", "Nothing was changed."),
    ("inline PRICES in shop/prices.py", "Nothing was changed."),
    ("add types to price", "No annotation was added to `price`."),
    ("format shop/cart.py", "`shop/cart.py` is formatted already."),
    ("organise imports in shop/cart.py", "The imports of `shop/cart.py` are sorted."),
    ("remove unused in shop/cart.py", "`shop/cart.py` has nothing unused that is safe to remove."),
    ("fix all problems in shop/cart.py", "There is no problem in `shop/cart.py`."),
    ("fix the problem at shop/cart.py:1", "ty and ruff report nothing in `shop/cart.py`, line 1."),
    ("write a docstring for Cart", "No docstring was written for `Cart`: it has one already."),
    ("extract lines 9-10 of shop/prices.py into a function", "Nothing was changed."),
]


@pytest.mark.parametrize(("prompt", "told"), NOTHING, ids=[row[0] for row in NOTHING])
async def test_what_is_not_done_is_told(shop: Shop, prompt: str, told: str) -> None:
    reply = await shop.ask(prompt)

    assert told in reply.text
    assert (reply.errors, reply.proposed, reply.done) == ([], {}, "end_turn")


async def test_fixing_a_file_says_what_is_left(shop: Shop) -> None:
    reply = await shop.ask("fix all problems in shop/broken.py")

    assert reply.text.startswith("Fixed 3 problems in `shop/broken.py`:")
    assert "1 problem is left for which no fix holds:" in reply.text
    assert "invalid-explicit-return" in reply.text
    assert sorted(added(reply, "shop/broken.py")) == ["from pathlib import Path"]


async def test_the_selection_is_extracted(shop: Shop) -> None:
    asked = AskRequest("extract this into a function called doubled", "shop/prices.py", 10, 5, 10, 23)

    reply = await shop.ask(asked.prompt())

    assert added(reply, "shop/prices.py") == [
        "def doubled(amount: int) -> int:",
        "",
        "",
        "def double(amount: int):",
        "    twice = doubled(amount)",
        "    return twice",
    ]


async def test_what_the_cursor_is_on_is_renamed(shop: Shop) -> None:
    reply = await shop.ask(AskRequest("rename this to cost", "shop/prices.py", 4, 6).prompt())

    assert sorted(reply.proposed) == ["shop/cart.py", "shop/prices.py"]


async def test_a_docstring_names_what_the_code_has_and_leaves_the_rest_open(shop: Shop) -> None:
    reply = await shop.ask(TaskRequest("write_docstring", "shop/cart.py", 19, 9).prompt())

    assert added(reply, "shop/cart.py") == [
        '        """Add. TODO: describe it.',
        "",
        "        Args:",
        "            name: TODO.",
        "",
        "        Raises:",
        "            ValueError: TODO.",
        '        """',
    ]


async def test_generated_tests_are_run_and_kept_when_they_pass(shop: Shop) -> None:
    reply = await shop.ask(TaskRequest("generate_tests", "shop/prices.py", 4, 5).prompt())

    assert reply.tools.count("pytest_run") == 1
    assert "1 test ran and passed." in reply.text
    assert added(reply, "tests/test_prices.py") == [
        '"""Smoke tests that Punie wrote: they show that the code runs, not that it is right."""',
        "",
        "from shop.prices import price",
        "",
        "",
        "def test_price_runs() -> None:",
        '    assert isinstance(price("text"), int)',
    ]


async def test_an_inferred_type_is_added_at_the_cursor(shop: Shop) -> None:
    reply = await shop.ask(TaskRequest("annotate_types", "shop/prices.py", 9, 5).prompt())

    assert added(reply, "shop/prices.py") == ["def double(amount: int) -> int:"]


async def test_a_symbol_and_its_problem_are_explained(shop: Shop) -> None:
    task = TaskRequest("explain", "shop/broken.py", 1, 8, text="`os` imported but unused (F401)")

    reply = await shop.ask(task.prompt())

    assert reply.text.startswith("`os` imported but unused (F401)\n\n**F401** (ruff): ")
    assert "## Why is this bad?" in reply.text
    assert reply.proposed == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("extract a function called doubled", "Extracted the function `doubled`"),
        ("make it nicer", "The builtin planner knows no such refactoring. It can: extract a function"),
        ("find references to Cart", "The builtin planner knows no such refactoring."),
        ("run the tests", "The builtin planner knows no such refactoring."),
    ],
)
async def test_free_words_about_a_selection(shop: Shop, text: str, told: str) -> None:
    reply = await shop.ask(TaskRequest("refactor", "shop/prices.py", 10, 5, 10, 23, text=text).prompt())

    assert reply.text.startswith(told)


async def test_a_fix_request_of_a_front_end(shop: Shop) -> None:
    request = FixRequest("shop/broken.py", 1, 8, "ruff", "F401", "`os` imported but unused")

    reply = await shop.ask(request.prompt())

    assert reply.text.startswith("Fixed F401: ")
    assert list(reply.proposed) == ["shop/broken.py"]
