"""What is read from a Python file's syntax tree."""

from __future__ import annotations

import ast

from punie_training.mining.facts import PytestCase, Symbol
from punie_training.mining.python_facts import fixtures_of, pytest_cases, symbols_of

CODE = '''
import os

@decorated
class Cart(base.Basket, Generic[T]):
    """What a customer buys.

    And more."""

    def total(self, rate: float, *, net=False) -> float:
        """The price of all
        items."""
        return sum(price(i) for i in self.items)

    async def _save(self): raise errors.Full("no")

def price(item): return 1

if os.name:
    def hidden(): ...
'''

TESTS = """
import pytest

@pytest.fixture
def cart(): ...

@fixture()
def shop(): ...

class TestCart:
    @pytest.mark.parametrize("a", [1])
    def test_total(self, cart, a):
        assert cart.total(a) == 1

    def helper(self): ...

async def test_full(cart):
    with pytest.raises(Full):
        cart.add(1)

class Other:
    def test_not_found(self): ...
"""


def test_definitions_at_the_top_and_in_classes() -> None:
    assert symbols_of(ast.parse(CODE)) == (
        Symbol(
            name="Cart",
            qualified_name="Cart",
            kind="class",
            line=5,
            end_line=15,
            summary="What a customer buys.",
            bases=("base.Basket", "Generic"),
        ),
        Symbol(
            name="total",
            qualified_name="Cart.total",
            kind="method",
            line=10,
            end_line=13,
            summary="The price of all items.",
            parameters=("rate", "net"),
            calls=("sum", "price"),
        ),
        Symbol(
            name="_save",
            qualified_name="Cart._save",
            kind="method",
            line=15,
            end_line=15,
            raises=("errors.Full",),
            calls=("Full",),
        ),
        Symbol(name="price", qualified_name="price", kind="function", line=17, end_line=17, parameters=("item",)),
    )


def test_tests_as_pytest_names_them() -> None:
    assert pytest_cases(ast.parse(TESTS)) == (
        PytestCase(
            name="test_total",
            qualified_name="TestCart.test_total",
            line=12,
            end_line=13,
            fixtures=("a", "cart"),
            calls=("total",),
            parametrized=True,
        ),
        PytestCase(
            name="test_full",
            qualified_name="test_full",
            line=17,
            end_line=19,
            raises=("Full",),
            fixtures=("cart",),
            calls=("raises", "add"),
        ),
    )
    assert fixtures_of(ast.parse(TESTS)) == ("cart", "shop")
