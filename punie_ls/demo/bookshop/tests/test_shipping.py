from dataclasses import replace
from datetime import date

import pytest

from bookshop.cart import Cart
from bookshop.models import Customer
from bookshop.money import Money
from bookshop.shipping import TooHeavy, arrival, shipping_cost

JANE_EYRE = "9780141439556"


def test_free_from_forty_pounds(cart: Cart, customer: Customer) -> None:
    cart.add(JANE_EYRE, 5)
    assert shipping_cost(cart, customer.address) == Money.of(0)


def test_some_carts_are_too_heavy(cart: Cart, customer: Customer) -> None:
    cart.add(JANE_EYRE, 30)
    with pytest.raises(TooHeavy, match="10500 g"):
        shipping_cost(cart, replace(customer.address, country="FR"))


def test_parcels_rest_at_the_weekend(customer: Customer) -> None:
    friday = date(2025, 3, 7)
    assert arrival(friday, customer.address) == date(2025, 3, 11)


def test_the_label_starts_with_the_company(customer: Customer) -> None:
    address = replace(customer.address, company="Engines Ltd")
    assert address.label() == "Engines Ltd\n1 Mill Lane\nLS1 4DY Leeds\nGB"
