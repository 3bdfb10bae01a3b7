from dataclasses import replace

import pytest

from bookshop.cart import Cart, EmptyCart
from bookshop.discounts import Voucher, best_discount
from bookshop.models import Customer
from bookshop.money import Money
from bookshop.pricing import quote

JANE_EYRE = "9780141439556"
NOTEBOOK = "9780000000019"
UNIVERSE = "9780553380163"


def test_an_empty_cart_has_no_price(cart: Cart, customer: Customer) -> None:
    with pytest.raises(EmptyCart):
        quote(cart, customer)


def test_books_are_not_taxed_at_home(cart: Cart, customer: Customer) -> None:
    cart.add(JANE_EYRE, 2)
    assert quote(cart, customer).tax == Money.of(0)


def test_stationery_is_taxed_after_the_discount(cart: Cart, customer: Customer) -> None:
    cart.add(NOTEBOOK, 2)
    price = quote(cart, customer, [Voucher("SPRING", Money.of(5))])
    assert price.tax == Money.of(1)
    assert price.total == Money.of("8.80")


def test_books_are_taxed_in_germany(cart: Cart, customer: Customer) -> None:
    customer.address = replace(customer.address, country="DE")
    cart.add(UNIVERSE, 2)
    assert quote(cart, customer).tax == Money.of("1.75")


def test_ten_copies_make_a_bulk_order(cart: Cart, customer: Customer) -> None:
    cart.add(JANE_EYRE, 10)
    assert best_discount(cart, customer) == ("bulk", Money.of(8))


def test_nine_copies_are_not_enough(cart: Cart, customer: Customer) -> None:
    cart.add(JANE_EYRE, 9)
    assert best_discount(cart, customer) == ("none", Money.of(0))


def test_loyalty_counts_past_orders(cart: Cart, customer: Customer) -> None:
    customer.past_orders = 20
    cart.add(UNIVERSE, 2)
    assert best_discount(cart, customer) == ("loyalty", Money.of(2))


def test_a_voucher_never_exceeds_the_cart(cart: Cart, customer: Customer) -> None:
    cart.add(NOTEBOOK)
    voucher = Voucher("GIFT", Money.of(50))
    assert best_discount(cart, customer, [voucher]) == ("voucher GIFT", Money.of(5))
