from decimal import Decimal

from greenhouse.basket import Basket
from greenhouse.plants import Species


def test_subtotal_adds_lines(lavender: Species) -> None:
    basket = Basket()
    basket.add(lavender, 2)
    assert basket.subtotal() == Decimal("7.00")


def test_empty_basket_is_empty() -> None:
    assert Basket().is_empty()


def test_count_is_of_plants(lavender: Species) -> None:
    basket = Basket()
    basket.add(lavender, 3)
    assert basket.count() == 3
