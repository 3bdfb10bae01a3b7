"""Definitions, uses, implementations and hierarchies from ty, by place and by name; counted from 1."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncGenerator
from pathlib import Path

import psutil
import pytest

from punie_semantic.exceptions import PathError, PositionError, SourceError, UnknownSymbol
from punie_semantic.overlay import Buffer
from punie_semantic.results import LocationsResult
from punie_semantic.tools.navigation import (
    call_hierarchy,
    find_implementations,
    find_references,
    goto_definition,
    goto_type_definition,
    references_many,
    type_hierarchy,
)
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.market import MARKET

Place = tuple[str, int, int]


@pytest.fixture
async def market(project: Project) -> AsyncGenerator[Workspace]:
    async with Workspace.open(project(MARKET)) as workspace:
        yield workspace


def places(result: LocationsResult) -> list[Place]:
    assert result.state == "clean"
    return [(p.file, p.line, p.column) for p in result.locations]


async def test_a_definition_in_another_file(shop: Workspace) -> None:
    result = await goto_definition(shop, "shop/cart.py", 8, 20)

    assert [p.model_dump() for p in result.locations] == [
        {
            "file": "shop/prices.py",
            "line": 1,
            "column": 5,
            "end_line": 1,
            "end_column": 10,
            "text": "def price(name: str) -> int:",
            "external": False,
        }
    ]


async def test_a_definition_in_the_standard_library_is_external(shop: Workspace) -> None:
    result = await goto_definition(shop, "shop/cart.py", 8, 16)

    assert result.total >= 1
    assert all(p.external and p.file.endswith("builtins.pyi") for p in result.locations)
    assert "def sum(" in result.locations[0].text


async def test_a_place_without_a_name_has_no_definition(shop: Workspace) -> None:
    assert places(await goto_definition(shop, "shop/cart.py", 2, 1)) == []


async def test_by_name(market: Workspace) -> None:
    assert places(await goto_definition(market, symbol="Cart.add")) == [("market/cart.py", 23, 9)]
    assert places(await goto_definition(market, symbol="Cart", path="market/toys.py")) == [("market/toys.py", 1, 7)]


async def test_the_class_of_a_value(market: Workspace) -> None:
    assert places(await goto_type_definition(market, "market/shop.py", 8, 6)) == [("market/cart.py", 8, 7)]


async def test_columns_count_characters_after_an_emoji(market: Workspace) -> None:
    assert places(await goto_definition(market, "market/shop.py", 8, 37)) == [("market/cart.py", 14, 9)]


async def test_an_ambiguous_name_has_candidates(market: Workspace) -> None:
    result = await find_references(market, symbol="Cart")

    assert (result.state, result.locations) == ("unknown", [])
    assert "means 2 symbols" in result.reason
    assert [c.qualified_name for c in result.candidates] == ["market.cart.Cart", "market.toys.Cart"]
    hierarchy = await type_hierarchy(market, symbol="Cart")
    assert (hierarchy.state, len(hierarchy.candidates)) == ("unknown", 2)


async def test_references_are_of_this_symbol_only_imports_included(market: Workspace) -> None:
    result = await find_references(market, symbol="cart.Cart", include_declaration=False)

    assert places(result) == [
        ("market/__init__.py", 1, 25),
        ("market/__init__.py", 1, 33),
        ("market/cart.py", 23, 49),
        ("market/cart.py", 31, 15),
        ("market/cart.py", 32, 49),
        ("market/shop.py", 1, 20),
        ("market/shop.py", 6, 15),
        ("market/shop.py", 7, 12),
    ]


async def test_references_under_an_alias(market: Workspace) -> None:
    result = await find_references(market, symbol="limited", include_declaration=False)

    assert places(result) == [("market/shop.py", 2, 25), ("market/shop.py", 2, 36), ("market/shop.py", 8, 20)]


async def test_what_follows_an_as_may_be_a_name_of_its_own(project: Project) -> None:
    text = "class Wrong(Exception): ...\n\n\ntry:\n    pass\nexcept Wrong as error:\n    print(error)\n"
    async with Workspace.open(project({"a.py": text})) as workspace:
        assert places(await find_references(workspace, symbol="Wrong")) == [("a.py", 1, 7), ("a.py", 6, 8)]


async def test_all_definitions_of_a_property_are_declarations(market: Workspace) -> None:
    result = await find_references(market, symbol="Cart.total", include_declaration=False)

    assert places(result) == [("market/cart.py", 20, 6), ("market/shop.py", 13, 19)]


async def test_references_of_an_attribute_of_self(market: Workspace) -> None:
    result = await find_references(market, symbol="Cart.items", include_declaration=False)

    assert places(result) == [("market/cart.py", 18, 25), ("market/shop.py", 8, 37)]


async def test_references_see_the_overlay(market: Workspace) -> None:
    toys = market.root / "market/toys.py"
    market.overlay.write(toys, "from market.shop import fill\r\n\f\r\nfull = '📚書', fill()")

    result = await find_references(market, symbol="fill", include_declaration=False)

    assert places(result) == [("market/shop.py", 13, 12), ("market/toys.py", 1, 25), ("market/toys.py", 3, 14)]


async def test_an_open_document_counts_and_its_version_is_told(market: Workspace) -> None:
    toys = market.root / "market/toys.py"
    await market.begin({toys: Buffer("from market.shop import run\n", version=7)})

    result = await find_references(market, symbol="run", include_declaration=False)

    assert places(result) == [("market/toys.py", 1, 25)]
    assert result.versions == {"market/toys.py": 7}


async def test_more_references_than_the_limit(market: Workspace) -> None:
    result = await find_references(market, symbol="cart.Cart", limit=2)

    assert (result.state, len(result.locations), result.total) == ("partial", 2, 9)
    assert "2 of 9 places are shown" in result.reason


async def test_many_references_in_one_call(market: Workspace) -> None:
    result = await references_many(market, ["fill", "nothing", "Cart"], include_declaration=False)

    assert [(a.state, a.total) for a in result.answers] == [("clean", 1), ("unknown", 0), ("unknown", 0)]
    assert (result.state, result.total) == ("partial", 1)
    assert "no symbol 'nothing'" in result.answers[1].reason
    assert len(result.answers[2].candidates) == 2


async def test_implementations_without_the_symbol_itself(market: Workspace) -> None:
    assert places(await find_implementations(market, symbol="cart.Cart")) == [
        ("market/cart.py", 31, 7),
        ("market/cart.py", 36, 7),
    ]
    assert places(await find_implementations(market, symbol="Cart.add")) == [("market/cart.py", 32, 9)]


async def test_who_calls_a_function(market: Workspace) -> None:
    result = await call_hierarchy(market, symbol="total", path="market/toys.py", depth=3)

    entries = [(e.qualified_name, e.depth, e.via, [(p.file, p.line) for p in e.places]) for e in result.entries]
    assert entries == [
        ("market.shop.fill", 1, "market.toys.total", [("market/shop.py", 9)]),
        ("market.shop.run", 2, "market.shop.fill", [("market/shop.py", 13)]),
    ]


async def test_whom_a_function_calls(market: Workspace) -> None:
    result = await call_hierarchy(market, symbol="BigCart.add", direction="outgoing")

    inside = [(e.qualified_name, e.depth, e.external) for e in result.entries if not e.external]
    assert inside == [("market.cart.Cart.add", 1, False)]
    assert all(e.file == "market/cart.py" for e in result.entries if e.qualified_name == "market.cart.Cart.add")


async def test_a_function_that_calls_itself_ends(project: Project) -> None:
    async with Workspace.open(project({"a.py": "def f(): g()\n\n\ndef g(): f()\n"})) as workspace:
        result = await call_hierarchy(workspace, symbol="f", depth=3)

    assert [(e.qualified_name, e.depth) for e in result.entries] == [("a.g", 1)]


async def test_subclasses_and_superclasses_at_any_depth(market: Workspace) -> None:
    below = await type_hierarchy(market, symbol="cart.Cart")
    above = await type_hierarchy(market, symbol="HugeCart", direction="supertypes")

    assert [(e.qualified_name, e.depth) for e in below.entries] == [
        ("market.cart.BigCart", 1),
        ("market.cart.HugeCart", 2),
    ]
    assert [(e.qualified_name, e.external) for e in above.entries] == [
        ("market.cart.BigCart", False),
        ("market.cart.Cart", False),
        ("builtins.object", True),
    ]


async def test_hierarchies_of_what_has_none(market: Workspace) -> None:
    with pytest.raises(UnknownSymbol, match=r"There is no class at market/shop.py:6:5"):
        await type_hierarchy(market, symbol="fill")
    with pytest.raises(UnknownSymbol, match=r"There is no function at market/cart.py:5:1"):
        await call_hierarchy(market, symbol="LIMIT")


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        (99, 1, "has 9 lines; line 99 does not exist"),
        (-1, 1, "line -1 does not exist"),
        (1, -1, "column -1 is not in it"),
        (1, 99, "has 9 characters; column 99 is not in it"),
        (1, 0, "Pass column as well"),
        (0, 1, "Nothing was asked for"),
    ],
)
async def test_places_that_do_not_exist(shop: Workspace, line: int, column: int, message: str) -> None:
    with pytest.raises(PositionError, match=message):
        await goto_definition(shop, "shop/cart.py", line, column)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("shop/binary.py", SourceError),
        ("shop/large.py", SourceError),
        ("shop/notes.txt", SourceError),
        ("shop/gone.py", PathError),
        ("shop/link.py", PathError),
        ("SHOP/cart.py", PathError),
        ("shop", PathError),
        ("../elsewhere.py", PathError),
        ("/etc/passwd", PathError),
        ("a\0.py", PathError),
    ],
)
async def test_files_that_cannot_be_asked_about(shop: Workspace, path: str, error: type[Exception]) -> None:
    Path(shop.root, "shop/large.py").write_bytes(b"x = 1\n" * 1_000_000)
    Path(shop.root, "shop/notes.txt").write_text("price\n")
    Path(shop.root, "shop/link.py").symlink_to("/etc/hostname")

    with pytest.raises(error):
        await goto_definition(shop, path, 1, 1)


async def test_a_file_with_a_syntax_error_can_be_asked_about(shop: Workspace) -> None:
    shop.overlay.write(shop.root / "shop/syntax.py", "from shop.prices import price\ndef f(:\n    price('x')\n")

    result = await goto_definition(shop, "shop/syntax.py", 1, 26)

    assert places(result) == [("shop/prices.py", 1, 5)]


async def test_modules_that_import_each_other(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "a.py": "import b\n\n\nclass A:\n    b: 'b.B'\n",
        "b.py": "import a\n\n\nclass B(a.A): ...\n",
    }
    async with Workspace.open(project(files)) as workspace:
        found = await find_references(workspace, symbol="a.A")
        below = await type_hierarchy(workspace, symbol="A")

    assert places(found) == [("a.py", 4, 7), ("b.py", 4, 11)]
    assert [e.qualified_name for e in below.entries] == ["b.B"]


async def test_without_ty_the_answer_is_unknown(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_TY", "/nowhere/ty")

    by_place = await goto_definition(shop, "shop/cart.py", 8, 20)
    by_name = await find_references(shop, symbol="price")

    for result in (by_place, by_name):
        assert (result.state, result.total) == ("unknown", 0)
        assert "ty could not be started" in result.reason


async def test_a_killed_ty_is_started_again(market: Workspace) -> None:
    before = await find_references(market, symbol="fill")
    for child in psutil.Process().children(recursive=True):
        if child.name() == "ty" and child.cwd() == str(market.root):
            os.kill(child.pid, signal.SIGKILL)

    after = await find_references(market, symbol="fill")

    assert places(after) == places(before) != []


async def test_a_file_that_was_deleted_meanwhile(market: Workspace) -> None:
    assert (await find_references(market, symbol="fill")).total == 2
    Path(market.root, "market/shop.py").unlink()
    await market.begin()

    with pytest.raises(UnknownSymbol, match="no symbol 'fill'"):
        await find_references(market, symbol="fill")
    with pytest.raises(PathError, match="does not exist"):
        await goto_definition(market, "market/shop.py", 1, 1)
    assert {p.file for p in (await find_references(market, symbol="cart.Cart")).locations} == {
        "market/__init__.py",
        "market/cart.py",
    }


async def test_a_file_that_is_deleted_without_notice(market: Workspace) -> None:
    Path(market.root, "market/shop.py").unlink()

    result = await find_references(market, symbol="cart.Cart")

    assert result.state == "clean"
    assert "market/cart.py" in {p.file for p in result.locations}


async def test_files_that_are_moved_in_the_overlay(market: Workspace) -> None:
    root = market.root
    market.overlay.rename(root / "market/toys.py", root / "market/games.py")

    assert places(await goto_definition(market, symbol="games.Cart")) == [("market/games.py", 1, 7)]
    assert places(await find_references(market, symbol="total", path="market/games.py")) == [("market/games.py", 5, 5)]
    with pytest.raises(UnknownSymbol):
        await goto_definition(market, symbol="toys.Cart")


async def test_uses_from_the_place_of_an_alias(market: Workspace) -> None:
    by_alias = await find_references(market, "market/shop.py", 8, 20)
    by_name = await find_references(market, symbol="limited")

    assert places(by_alias) == places(by_name)


async def test_a_read_only_file_and_one_without_a_last_line_end(project: Project) -> None:
    root = project({"a.py": b"\xef\xbb\xbfclass A: ...\r\n", "b.py": "from a import A\f\nx = A"})
    Path(root, "b.py").chmod(0o444)
    async with Workspace.open(root) as workspace:
        result = await find_references(workspace, symbol="A")

    assert places(result) == [("a.py", 1, 7), ("b.py", 1, 15), ("b.py", 2, 5)]
