"""A project in which names mean several things, with text that is easy to miscount."""

from __future__ import annotations

MARKET: dict[str, str | bytes] = {
    "market/__init__.py": "from market.cart import Cart as Cart\n",
    "market/cart.py": (
        '"""Carts."""\n'
        "\n"
        "from __future__ import annotations\n"
        "\n"
        "LIMIT = 3\n"
        "\n"
        "\n"
        "class Cart:\n"
        '    """A cart."""\n'
        "\n"
        "    size: int = 0\n"
        "\n"
        "    def __init__(self) -> None:\n"
        "        self.items: list[str] = []\n"
        "\n"
        "    @property\n"
        "    def total(self) -> int:\n"
        "        return len(self.items)\n"
        "\n"
        "    @total.setter\n"
        "    def total(self, value: int) -> None: ...\n"
        "\n"
        "    def add(self, name: str, count: int = 1) -> Cart:\n"
        '        """Add something.\n'
        "\n"
        "        Twice, if count is 2.\n"
        '        """\n'
        "        return self\n"
        "\n"
        "\n"
        "class BigCart(Cart):\n"
        "    def add(self, name: str, count: int = 1) -> Cart:\n"
        "        return super().add(name, count)\n"
        "\n"
        "\n"
        "class HugeCart(BigCart): ...\n"
        "\n"
        "\n"
        "if LIMIT:\n"
        "    def limited() -> int: return 1\n"
        "else:\n"
        "    def limited() -> int: return 2\n"
    ),
    "market/toys.py": "class Cart:\n    wheels = 4\n\n\ndef total() -> int:\n    return 4\n",
    "market/shop.py": (
        "from market import Cart\n"
        "from market.cart import limited as at_most\n"
        "from market.toys import total\n"
        "\n"
        "\n"
        "def fill() -> Cart:\n"
        "    cart = Cart()\n"
        '    cart.add("📚書", at_most()); cart.items\n'
        "    return cart.add(str(total()))\n"
        "\n"
        "\n"
        "def run() -> int:\n"
        "    return fill().total\n"
    ),
}
