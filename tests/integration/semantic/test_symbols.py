"""One symbol by its name or its place."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from punie_semantic.exceptions import AmbiguousSymbol, PathError, PositionError, SourceError, UnknownSymbol
from punie_semantic.symbols import locate
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.market import MARKET


@pytest.fixture
async def market(project: Project) -> AsyncGenerator[Workspace]:
    async with Workspace.open(project(MARKET)) as workspace:
        yield workspace


async def test_names_that_mean_one_symbol(market: Workspace) -> None:
    wanted = {
        "fill": ("market.shop.fill", "function", 5, 4),
        "BigCart": ("market.cart.BigCart", "class", 30, 6),
        "toys.Cart": ("market.toys.Cart", "class", 0, 6),
        "market.cart.Cart": ("market.cart.Cart", "class", 7, 6),
        "Cart.total": ("market.cart.Cart.total", "method", 16, 8),
        "market.cart.Cart.total": ("market.cart.Cart.total", "method", 16, 8),
        "Cart.size": ("market.cart.Cart.size", "field", 10, 4),
        "Cart.items": ("market.cart.Cart.items", "field", 13, 13),
        "LIMIT": ("market.cart.LIMIT", "constant", 4, 0),
        " fill ": ("market.shop.fill", "function", 5, 4),
    }
    for name, (qualified, kind, line, character) in wanted.items():
        found = await locate(market, symbol=name)

        assert (found.qualified_name, found.kind) == (qualified, kind)
        assert found.position == {"line": line, "character": character}


async def test_a_package_s_import_leads_to_the_definition(market: Workspace) -> None:
    assert (await locate(market, symbol="market.Cart")).qualified_name == "market.cart.Cart"


async def test_the_full_range_begins_at_the_decorator_and_all_parts_are_told(market: Workspace) -> None:
    found = await locate(market, symbol="Cart.total")

    assert found.range["start"] == {"line": 15, "character": 4}
    assert [(p["start"]["line"], p["end"]["line"]) for p in found.parts] == [(15, 17), (19, 20)]
    assert len((await locate(market, symbol="limited")).parts) == 2
    assert len((await locate(market, symbol="fill")).parts) == 1


async def test_several_symbols_of_one_name_are_candidates(market: Workspace) -> None:
    with pytest.raises(AmbiguousSymbol, match=r"'Cart' means 2 symbols: .* Pass a longer name") as raised:
        await locate(market, symbol="Cart")

    assert [(c.qualified_name, c.file, c.line, c.column) for c in raised.value.candidates] == [
        ("market.cart.Cart", "market/cart.py", 8, 7),
        ("market.toys.Cart", "market/toys.py", 1, 7),
    ]


async def test_a_path_narrows_a_name(market: Workspace) -> None:
    assert (await locate(market, symbol="Cart", path="market/toys.py")).qualified_name == "market.toys.Cart"
    with pytest.raises(AmbiguousSymbol):
        await locate(market, symbol="Cart", path="market")
    with pytest.raises(UnknownSymbol, match=r"There is no symbol 'fill' in market/toys.py"):
        await locate(market, symbol="fill", path="market/toys.py")


@pytest.mark.parametrize(
    ("line", "column", "qualified", "kind"),
    [
        (7, 12, "market.cart.Cart", "class"),
        (6, 5, "market.shop.fill", "function"),
        (6, 9, "market.shop.fill", "function"),
        (7, 6, "market.shop.fill.cart", "variable"),
        (8, 20, "market.cart.limited", "function"),
        (8, 37, "market.cart.Cart.items", "field"),
        (3, 8, "market", "module"),
        (3, 14, "market.toys", "module"),
    ],
)
async def test_a_place_leads_to_the_definition(
    market: Workspace, line: int, column: int, qualified: str, kind: str
) -> None:
    found = await locate(market, path="market/shop.py", line=line, column=column)

    assert (found.qualified_name, found.kind) == (qualified, kind)


async def test_a_name_and_a_line_stand_for_a_column(market: Workspace) -> None:
    found = await locate(market, symbol="add", path="market/shop.py", line=8)

    assert found.qualified_name == "market.cart.Cart.add"
    with pytest.raises(UnknownSymbol, match=r"'nothing' is not in line 8 of market/shop.py"):
        await locate(market, symbol="nothing", path="market/shop.py", line=8)
    with pytest.raises(PositionError, match="Pass column as well"):
        await locate(market, path="market/shop.py", line=8)


async def test_what_only_this_turn_s_edits_have_is_found(market: Workspace) -> None:
    shop = market.root / "market/shop.py"
    market.overlay.write(shop, market.overlay.text(shop) + "\n\nclass 書店:\n    def öffnen(self): ...\n")

    found = await locate(market, symbol="書店.öffnen")

    assert (found.qualified_name, found.position["line"]) == ("market.shop.書店.öffnen", 16)


async def test_what_this_turn_s_edits_removed_is_not_found(market: Workspace) -> None:
    market.overlay.write(market.root / "market/toys.py", "")

    assert (await locate(market, symbol="Cart")).qualified_name == "market.cart.Cart"


@pytest.mark.parametrize("name", ["filll", "market.shop.fil", "Fill"])
async def test_the_nearest_names_of_an_unknown_one(market: Workspace, name: str) -> None:
    with pytest.raises(UnknownSymbol, match=r"Nearest names: .*fill") as raised:
        await locate(market, symbol=name)

    assert "fill" in raised.value.nearest


@pytest.mark.parametrize("name", ["xyzzy", "def fill", "fill()", ".", "a.", "*", "Cart.nothing", "fill.nothing"])
async def test_names_of_nothing(market: Workspace, name: str) -> None:
    with pytest.raises(UnknownSymbol, match=r"There is no symbol"):
        await locate(market, symbol=name)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, PositionError, "Nothing was asked for"),
        ({"symbol": "  "}, PositionError, "Nothing was asked for"),
        ({"path": "market/shop.py", "line": 5, "column": 1}, UnknownSymbol, "no symbol of the workspace at"),
        ({"path": "market/shop.py", "line": 9, "column": 22}, UnknownSymbol, "no symbol of the workspace at"),
        ({"path": "market/shop.py", "line": 99, "column": 1}, PositionError, "line 99 does not exist"),
        ({"path": "market/shop.py", "line": 1, "column": 99}, PositionError, "column 99 is not in it"),
        ({"path": "gone.py", "line": 1, "column": 1}, PathError, "does not exist"),
        ({"path": "gone.py", "symbol": "fill"}, PathError, "does not exist"),
        ({"path": "../x.py", "symbol": "fill"}, PathError, "outside the workspace"),
        ({"path": "pyproject.toml", "line": 1, "column": 1}, SourceError, "is no Python file"),
        ({"path": "cells.ipynb", "line": 1, "column": 1}, SourceError, "is a notebook"),
    ],
)
async def test_places_that_cannot_be_asked_about(
    market: Workspace, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    Path(market.root, "pyproject.toml").write_text("")
    Path(market.root, "cells.ipynb").write_text("{}")

    with pytest.raises(error, match=message):
        await locate(market, **arguments)


async def test_names_in_folders_without_packages(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "src/app/__init__.py": "",
        "src/app/main.py": "def go(): ...\n",
        "tools/lint.py": "def check(): ...\n",
        "setup.py": "def build(): ...\n",
    }
    async with Workspace.open(project(files)) as workspace:
        names = ("app.main.go", "src.app.main.go", "lint.check", "tools.lint.check", "setup.build")
        found = [(await locate(workspace, symbol=name)).qualified_name for name in names]

    assert found == ["app.main.go", "app.main.go", "tools.lint.check", "tools.lint.check", "setup.build"]
