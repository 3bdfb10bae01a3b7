"""Types, documentation, signatures, completions and rules."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from punie_semantic.exceptions import PositionError
from punie_semantic.tools.information import completion, explain_rule, hover, hover_many, signature_help
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.market import MARKET


@pytest.fixture
async def market(project: Project) -> AsyncGenerator[Workspace]:
    async with Workspace.open(project(MARKET)) as workspace:
        yield workspace


async def test_type_and_documentation(market: Workspace) -> None:
    result = await hover(market, symbol="Cart.add", path="market/cart.py")

    assert result.found
    assert result.type.startswith("def add(")
    assert result.type.endswith("-> Cart")
    assert result.docstring == "Add something.\n\nTwice, if count is 2."
    assert result.type in result.text


async def test_what_has_no_documentation(market: Workspace) -> None:
    result = await hover(market, "market/shop.py", 7, 6)

    assert (result.found, result.type, result.docstring) == (True, "Cart", "")


async def test_hover_over_nothing(shop: Workspace) -> None:
    result = await hover(shop, "shop/cart.py", 2, 1)

    assert (result.found, result.state) == (False, "clean")


async def test_hover_over_an_ambiguous_name(market: Workspace) -> None:
    result = await hover(market, symbol="Cart")

    assert (result.state, [c.file for c in result.candidates]) == ("unknown", ["market/cart.py", "market/toys.py"])


async def test_many_hovers_in_one_call(market: Workspace) -> None:
    result = await hover_many(market, [("market/shop.py", 7, 6), ("market/shop.py", 99, 1), ("gone.py", 1, 1)])

    assert [(a.state, a.type) for a in result.answers] == [("clean", "Cart"), ("unknown", ""), ("unknown", "")]
    assert result.state == "partial"
    assert "line 99 does not exist" in result.reason
    assert (await hover_many(market, [])).state == "clean"


async def test_a_signature_and_its_active_parameter(market: Workspace) -> None:
    result = await signature_help(market, "market/shop.py", 8, 19)

    assert result.active == 0
    (signature,) = result.signatures
    assert signature.parameters == ["name: str", "count: int = 1"]
    assert signature.active_parameter == 1
    assert signature.docstring == "Add something.\n\nTwice, if count is 2."


async def test_no_signature_outside_of_a_call(market: Workspace) -> None:
    assert (await signature_help(market, "market/shop.py", 1, 1)).signatures == []


async def test_completions_of_members(market: Workspace) -> None:
    shop = market.root / "market/shop.py"
    market.overlay.write(shop, market.overlay.text(shop) + "\n\nfill().\n")

    result = await completion(market, "market/shop.py", 16, 8)

    kinds = {c.label: c.kind for c in result.completions}
    assert {name: kinds[name] for name in ("add", "size", "items")} == {
        "add": "method",
        "size": "variable",
        "items": "variable",
    }
    assert result.completions[0].module == ""


async def test_a_completion_tells_where_it_would_be_imported_from(market: Workspace) -> None:
    toys = market.root / "market/toys.py"
    market.overlay.write(toys, "HugeCa\n")

    result = await completion(market, "market/toys.py", 1, 7)

    assert ("HugeCart", "class", "market.cart") in [(c.label, c.kind, c.module) for c in result.completions]


async def test_completions_are_bounded(market: Workspace) -> None:
    result = await completion(market, "market/shop.py", 10, 1, limit=3)

    assert (result.state, len(result.completions)) == ("partial", 3)
    assert result.total > 3
    assert "3 of" in result.reason


async def test_completion_before_the_letters_of_a_name(market: Workspace) -> None:
    result = await completion(market, "market/shop.py", 8, 38)

    assert (result.state, result.completions) == ("unknown", [])
    assert "Pass the column behind it" in result.reason


@pytest.mark.parametrize(
    ("code", "tool", "name", "text"),
    [
        ("F401", "ruff", "unused-import", "Checks for unused imports"),
        ("f401", "ruff", "unused-import", "Checks for unused imports"),
        ("unused-import", "ruff", "unused-import", "Checks for unused imports"),
        ("invalid-assignment", "ty", "invalid-assignment", "## What it does"),
    ],
)
async def test_rules_are_explained(shop: Workspace, code: str, tool: str, name: str, text: str) -> None:
    result = await explain_rule(shop, code)

    assert (result.found, result.tool, result.name) == (True, tool, name)
    assert text in result.explanation
    assert result.summary


async def test_a_finding_that_is_no_rule_is_explained_too(shop: Workspace) -> None:
    assert "does not parse" in (await explain_rule(shop, "invalid-syntax")).summary


@pytest.mark.parametrize(("code", "near"), [("F4O1", "F401"), ("unused-imports", "unused-import")])
async def test_the_nearest_rules_of_an_unknown_one(shop: Workspace, code: str, near: str) -> None:
    result = await explain_rule(shop, code)

    assert (result.found, result.state) == (False, "clean")
    assert near in result.nearest
    assert near in result.reason


async def test_without_ty_and_ruff_nothing_is_known(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_TY", "/nowhere/ty")

    assert (await hover(shop, "shop/cart.py", 8, 20)).state == "unknown"
    assert (await signature_help(shop, "shop/cart.py", 8, 26)).state == "unknown"
    assert (await completion(shop, "shop/cart.py", 8, 20)).state == "unknown"
    assert (await explain_rule(shop, "F401")).found
    assert (await explain_rule(shop, "nothing-like-it")).state == "unknown"
    monkeypatch.setenv("PUNIE_RUFF", "/nowhere/ruff")
    assert (await explain_rule(shop, "F401")).state == "unknown"


async def test_places_that_do_not_exist(shop: Workspace) -> None:
    for ask in (signature_help, completion):
        with pytest.raises(PositionError, match="line 99 does not exist"):
            await ask(shop, "shop/cart.py", 99, 1)
