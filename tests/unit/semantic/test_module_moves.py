"""What a file has to follow when modules get other names, statement by statement."""

from __future__ import annotations

import pytest

from punie_semantic.exceptions import EditError
from punie_semantic.module_moves import Follower, Importer

HERE = Importer("app.main", is_package=False)


def follow(text: str, *, importer: Importer = HERE, keep_names: bool = False, **moves: str) -> str:
    names = {old.replace("__", "."): new for old, new in moves.items()}
    return Follower(text, names, importer, importer, keep_names=keep_names).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import shop.prices\nshop.prices.x\n", "import shop.costs\nshop.costs.x\n"),
        ("import shop.prices as p\np.x\n", "import shop.costs as p\np.x\n"),
        ("import shop.prices as prices\nprices.x\n", "import shop.costs as prices\nprices.x\n"),
        ("from shop import prices\nprices.x\n", "from shop import costs\ncosts.x\n"),
        ("from shop import prices as prices\n", "from shop import costs as prices\n"),
        ("from shop import (\n    a,  # one\n    prices,\n)\n", "from shop import (\n    a,  # one\n    costs,\n)\n"),
        ("from shop.prices import x\r\n", "from shop.costs import x\r\n"),
        ("from shop.prices import *\n", "from shop.costs import *\n"),
        ("import shop\nshop.prices.x, shop.other\n", "import shop\nshop.costs.x, shop.other\n"),
        ("import shop as s\ns.prices.x\n", "import shop as s\ns.costs.x\n"),
        ("def f():\n    from shop import prices\n    return prices\n\nprices = 1\n",
         "def f():\n    from shop import costs\n    return costs\n\nprices = 1\n"),
        ("from shop import prices\ncosts = 1\nprices.x\n", "from shop import costs as prices\ncosts = 1\nprices.x\n"),
        ("import shop.prices\ndef f(shop): return shop.prices\n",
         "import shop.costs\ndef f(shop): return shop.prices\n"),
        ("x = 'shop.prices'  # shop.prices\n", "x = 'shop.prices'  # shop.prices\n"),
        ("from shop import prices; x = '📚'; prices.價\n", "from shop import costs; x = '📚'; costs.價\n"),
        ("import shop.prices_old\nfrom shop import pricesx\n", "import shop.prices_old\nfrom shop import pricesx\n"),
    ],
)  # fmt: skip
def test_a_module_with_another_name(text: str, expected: str) -> None:
    assert follow(text, shop__prices="shop.costs") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from shop import a, prices\nprices.x\n", "from shop import a\nfrom market import prices\nprices.x\n"),
        ("if 1:\n\tfrom shop import a, prices\n", "if 1:\n\tfrom shop import a\n\tfrom market import prices\n"),
        ("import shop.prices\nshop.prices.x\n", "import market.prices\nmarket.prices.x\n"),
        ("x = 1; from shop import a, prices\n", "x = 1; from shop import a; from market import prices\n"),
    ],
)
def test_a_module_in_another_package(text: str, expected: str) -> None:
    assert follow(text, shop__prices="market.prices") == expected


def test_a_module_at_the_top() -> None:
    assert follow("from shop import prices\nprices.x\n", shop__prices="costs") == "import costs\ncosts.x\n"


def test_an_import_with_comments_is_not_parted() -> None:
    with pytest.raises(EditError, match="has comments and must be parted"):
        follow("from shop import (a,  # why\n    prices)\n", shop__prices="market.prices")


def test_names_can_be_kept() -> None:
    text = "from shop import prices\nprices.x\n"

    assert follow(text, keep_names=True, shop__prices="shop.costs") == "from shop import costs as prices\nprices.x\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from . import prices\nprices.x\n", "from . import costs\ncosts.x\n"),
        ("from .prices import x\n", "from .costs import x\n"),
        ("from ..shop.prices import x\n", "from .costs import x\n"),
        ("from .. import shop\nshop.prices.x\n", "from .. import shop\nshop.costs.x\n"),
    ],
)
def test_relative_imports_stay_relative(text: str, expected: str) -> None:
    importer = Importer("top.shop.cart", is_package=False)
    names = {"top.shop.prices": "top.shop.costs"}

    assert Follower(text, names, importer, importer).text == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (Importer("top.shop.deep.cart", is_package=False), "from .. import a\nfrom ..b import c\nfrom ... import d\n"),
        (Importer("top.cart", is_package=False), "from .shop import a\nfrom .shop.b import c\nfrom . import d\n"),
        (Importer("top.shop.cart", is_package=True), "from .. import a\nfrom ..b import c\nfrom ... import d\n"),
        (Importer("cart", is_package=False), "from top.shop import a\nfrom top.shop.b import c\nfrom top import d\n"),
    ],
)
def test_the_moved_file_s_own_relative_imports(after: Importer, expected: str) -> None:
    text = "from . import a\nfrom .b import c\nfrom .. import d\n"
    before = Importer("top.shop.cart", is_package=False)

    assert Follower(text, {before.name: after.name}, before, after).text == expected


def test_a_whole_package() -> None:
    names = {"shop": "market", "shop.prices": "market.prices"}
    text = "import shop\nimport shop.prices\nfrom shop import prices, Cart\nshop.prices.x, shop.y, prices\n"

    assert Follower(text, names, HERE, HERE).text == (
        "import market\nimport market.prices\nfrom market import prices, Cart\nmarket.prices.x, market.y, prices\n"
    )
