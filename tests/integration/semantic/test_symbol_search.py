"""Symbols by name, by letters and by file."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from punie_semantic.exceptions import PathError, SourceError
from punie_semantic.results import SymbolsResult
from punie_semantic.tools.search import document_symbols, find_symbol, workspace_symbols
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.market import MARKET


@pytest.fixture
async def market(project: Project) -> AsyncGenerator[Workspace]:
    async with Workspace.open(project(MARKET)) as workspace:
        yield workspace


def names(result: SymbolsResult) -> list[str]:
    return [symbol.qualified_name for symbol in result.symbols]


async def test_symbols_of_a_file_with_their_containers(market: Workspace) -> None:
    result = await document_symbols(market, "market/toys.py")

    assert [s.model_dump() for s in result.symbols] == [
        {
            "name": "Cart",
            "qualified_name": "market.toys.Cart",
            "kind": "class",
            "file": "market/toys.py",
            "line": 1,
            "column": 7,
            "end_line": 2,
            "container": "",
        },
        {
            "name": "wheels",
            "qualified_name": "market.toys.Cart.wheels",
            "kind": "field",
            "file": "market/toys.py",
            "line": 2,
            "column": 5,
            "end_line": 2,
            "container": "Cart",
        },
        {
            "name": "total",
            "qualified_name": "market.toys.total",
            "kind": "function",
            "file": "market/toys.py",
            "line": 5,
            "column": 5,
            "end_line": 6,
            "container": "",
        },
    ]
    assert (result.state, result.total, result.matched) == ("clean", 3, "all")


async def test_exact_names_come_alone(market: Workspace) -> None:
    result = await find_symbol(market, "Cart")

    assert (result.matched, names(result)) == ("exact", ["market.cart.Cart", "market.toys.Cart"])


async def test_then_what_begins_with_it(market: Workspace) -> None:
    result = await find_symbol(market, "big")

    assert (result.matched, names(result)) == ("prefix", ["market.cart.BigCart"])


async def test_then_what_has_its_letters(market: Workspace) -> None:
    result = await find_symbol(market, "hgcrt")

    assert (result.matched, names(result)) == ("fuzzy", ["market.cart.HugeCart"])


async def test_and_else_the_nearest_names_are_told(market: Workspace) -> None:
    result = await find_symbol(market, "HugeCrat")

    assert (result.matched, names(result), result.total) == ("none", [], 0)
    assert result.reason == "Nearest names: HugeCart."


async def test_a_kind_and_a_folder_narrow(market: Workspace) -> None:
    assert names(await find_symbol(market, "total", kind="function")) == ["market.toys.total"]
    assert names(await find_symbol(market, "Cart", path="market/toys.py")) == ["market.toys.Cart"]
    assert names(await find_symbol(market, "cart.Cart.add")) == ["market.cart.Cart.add"]
    assert names(await find_symbol(market, "toys.Cart.add")) == []
    with pytest.raises(PathError):
        await find_symbol(market, "Cart", path="gone")


async def test_workspace_symbols_are_ranked(market: Workspace) -> None:
    result = await workspace_symbols(market, "cart")

    assert names(result) == ["market.cart.Cart", "market.toys.Cart", "market.cart.BigCart", "market.cart.HugeCart"]


async def test_a_limit_makes_the_answer_partial(market: Workspace) -> None:
    result = await workspace_symbols(market, "cart", limit=1)

    assert (result.state, len(result.symbols), result.total) == ("partial", 1, 4)


async def test_symbols_see_the_overlay(market: Workspace) -> None:
    toys = market.root / "market/toys.py"
    market.overlay.write(toys, "class Doll:\n    def sing(self): ...\n")
    market.overlay.create(market.root / "market/books.py", "class Book: ...\n")

    assert names(await document_symbols(market, "market/toys.py")) == ["market.toys.Doll", "market.toys.Doll.sing"]
    assert names(await find_symbol(market, "sing")) == ["market.toys.Doll.sing"]
    assert names(await find_symbol(market, "Book")) == ["market.books.Book"]
    assert names(await find_symbol(market, "wheels")) == []


@pytest.mark.parametrize("path", ["shop/binary.py", "pyproject.toml"])
async def test_files_without_symbols(shop: Workspace, path: str) -> None:
    with pytest.raises(SourceError):
        await document_symbols(shop, path)


async def test_what_does_not_parse_is_listed_as_far_as_possible(shop: Workspace) -> None:
    assert "shop.syntax.f" in names(await document_symbols(shop, "shop/syntax.py"))


async def test_a_project_without_files(project: Project) -> None:
    async with Workspace.open(project({"notes.txt": ""})) as workspace:
        assert (await find_symbol(workspace, "anything")).matched == "none"
        assert (await workspace_symbols(workspace, "anything")).symbols == []


async def test_without_ty_the_answer_is_unknown(market: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_TY", "/nowhere/ty")

    answers = [
        await document_symbols(market, "market/toys.py"),
        await find_symbol(market, "Cart"),
        await workspace_symbols(market, "Cart"),
    ]

    assert [answer.state for answer in answers] == ["unknown"] * 3
    assert all("ty could not be started" in answer.reason for answer in answers)


async def test_a_name_in_many_files_is_counted_in_all(project: Project) -> None:
    files: dict[str, str | bytes] = {f"m{number:03}.py": "def go(): ...\n" for number in range(80)}
    async with Workspace.open(project(files)) as workspace:
        some = await find_symbol(workspace, "go", limit=3)
        everything = await find_symbol(workspace, "go", limit=100)

    assert (some.state, some.total, names(some)) == ("partial", 80, ["m000.go", "m001.go", "m002.go"])
    assert (everything.state, len(everything.symbols)) == ("clean", 80)
