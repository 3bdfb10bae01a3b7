"""A small project for the planner: symbols, tests, problems, and one failing test."""

from __future__ import annotations

from pathlib import Path

from tests.integration.semantic.projects import write_project

SHOP: dict[str, str | bytes] = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n\n[tool.pytest.ini_options]\npythonpath = ["."]\n',
    "shop/__init__.py": "",
    "shop/cart.py": (
        '"""Carts."""\n'
        "\n"
        "from __future__ import annotations\n"
        "\n"
        "from shop.prices import price\n"
        "\n"
        "\n"
        "class Cart:\n"
        '    """What a customer wants.\n'
        "\n"
        "    Attributes:\n"
        "        items: names.\n"
        '    """\n'
        "\n"
        "    def __init__(self) -> None:\n"
        "        self.items: list[str] = []\n"
        "\n"
        "    def add(self, name: str) -> None:\n"
        "        if not name:\n"
        '            raise ValueError("no name")\n'
        "        self.items.append(name)\n"
        "\n"
        "    def total(self) -> int:\n"
        '        """The sum of all prices."""\n'
        "        return sum(price(name) for name in self.items)\n"
        "\n"
        "\n"
        "class GiftCart(Cart):\n"
        "    def total(self) -> int:\n"
        "        return super().total() + 1\n"
    ),
    "shop/prices.py": (
        "PRICES = {'tea': 3, 'cake': 4}\n"
        "\n"
        "\n"
        "def price(name: str) -> int:\n"
        "    # TODO: discounts\n"
        "    return PRICES.get(name, 1)\n"
        "\n"
        "\n"
        "def double(amount: int):\n"
        "    twice = amount * 2\n"
        "    return twice\n"
    ),
    "shop/broken.py": (
        "import os\n"
        "import json\n"
        "\n"
        "\n"
        "def wrong(number: int) -> str:\n"
        "    return number\n"
        "\n"
        "\n"
        "def used() -> str:\n"
        '    return json.dumps({"where": Path("x")})\n'
    ),
    "shop/report.py": "from shop.cart import Cart\n\n\ndef report(cart: Cart) -> str:\n    return f'{cart.total()}'\n",
    "shop/app.py": (
        "from shop.cart import Cart\n"
        "from shop.report import report\n"
        "\n"
        "\n"
        "def main() -> None:\n"
        "    print(report(Cart()))\n"
    ),
    "other/cart.py": "class Basket:\n    pass\n",
    "tests/test_cart.py": (
        "from shop.cart import Cart\n"
        "from shop.report import report\n"
        "\n"
        "\n"
        "def test_total() -> None:\n"
        "    cart = Cart()\n"
        '    cart.add("tea")\n'
        "    assert cart.total() == 3\n"
        "\n"
        "\n"
        "def test_report() -> None:\n"
        '    assert report(Cart()) == "none"\n'
    ),
}


def write_shop(folder: Path) -> Path:
    """Write the project."""
    return write_project(folder, SHOP)
