"""Symbols, definitions, references and hover from ty, counted from 1."""

from __future__ import annotations

import pytest

from punie_semantic.exceptions import PathError, ToolUnavailable
from punie_semantic.tools.files import edit_file
from punie_semantic.tools.navigation import document_symbols, find_references, goto_definition, hover
from punie_semantic.workspace import Workspace


async def test_symbols_with_their_containers(shop: Workspace) -> None:
    result = await document_symbols(shop, "shop/cart.py")

    assert [(s.name, s.kind, s.line, s.container) for s in result.symbols if s.kind in ("class", "method")] == [
        ("Cart", "class", 6, ""),
        ("total", "method", 7, "Cart"),
    ]


async def test_a_definition_in_another_file(shop: Workspace) -> None:
    result = await goto_definition(shop, "shop/cart.py", 8, 20)

    assert [(p.file, p.line, p.column, p.text, p.external) for p in result.locations] == [
        ("shop/prices.py", 1, 5, "def price(name: str) -> int:", False)
    ]


async def test_a_definition_in_the_standard_library_is_external(shop: Workspace) -> None:
    result = await goto_definition(shop, "shop/cart.py", 8, 16)

    assert result.total >= 1
    assert all(p.external for p in result.locations)


async def test_references_in_the_whole_project_see_the_overlay(shop: Workspace) -> None:
    await edit_file(shop, "shop/clean.py", "one = 1\n", "from shop.prices import price\n\none = price('📚')\n")

    result = await find_references(shop, "shop/prices.py", 1, 5)

    places = sorted({(p.file, p.line) for p in result.locations})
    assert places == [
        ("shop/cart.py", 3),
        ("shop/cart.py", 8),
        ("shop/clean.py", 1),
        ("shop/clean.py", 3),
        ("shop/prices.py", 1),
    ]


async def test_columns_count_characters_after_an_emoji(shop: Workspace) -> None:
    await edit_file(shop, "shop/clean.py", "one = 1\n", "one = 1\ntwo = '📚書'; three = one\n")

    result = await goto_definition(shop, "shop/clean.py", 2, 21)

    assert [(p.file, p.line, p.column) for p in result.locations] == [("shop/clean.py", 1, 1)]


async def test_hover_tells_the_type(shop: Workspace) -> None:
    result = await hover(shop, "shop/cart.py", 8, 20)

    assert result.found
    assert "def price(name: str) -> int" in result.text


async def test_hover_over_nothing(shop: Workspace) -> None:
    assert not (await hover(shop, "shop/cart.py", 2, 1)).found


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        (0, 1, "line 0 does not exist"),
        (99, 1, "has 9 lines; line 99 does not exist"),
        (1, 0, "column 0 is not in it"),
        (1, 99, "has 9 characters; column 99 is not in it"),
    ],
)
async def test_places_that_do_not_exist(shop: Workspace, line: int, column: int, message: str) -> None:
    with pytest.raises(PathError, match=message):
        await goto_definition(shop, "shop/cart.py", line, column)


async def test_a_missing_ty_is_told(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_TY", "/nowhere/ty")

    with pytest.raises(ToolUnavailable, match="ty could not be started"):
        await document_symbols(shop, "shop/cart.py")
