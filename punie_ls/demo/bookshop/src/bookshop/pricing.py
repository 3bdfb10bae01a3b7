"""From a cart to the sum a customer pays: list price, discount, tax, parcel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bookshop.cart import Cart, EmptyCart
from bookshop.discounts import Voucher, best_discount
from bookshop.models import Customer
from bookshop.money import Money, total
from bookshop.shipping import shipping_cost
from bookshop.tax import tax_on


@dataclass(frozen=True)
class Quote:
    """What a cart costs one customer today."""

    subtotal: Money
    discount_name: str
    discount: Money
    tax: Money
    shipping: Money

    @property
    def total(self) -> Money:
        return self.subtotal - self.discount + self.tax + self.shipping


def quote(cart: Cart, customer: Customer, vouchers: Sequence[Voucher] = ()) -> Quote:
    """Price a cart. Tax is due on what is left of each line after the discount."""
    if not len(cart):
        raise EmptyCart("there is nothing in the cart")
    name, discount = best_discount(cart, customer, vouchers)
    left = _share_left(cart.subtotal, discount)
    country = customer.address.country
    return Quote(
        subtotal=cart.subtotal,
        discount_name=name,
        discount=discount,
        tax=total(tax_on(line.book, line.price * left, country) for line in cart),
        shipping=shipping_cost(cart, customer.address),
    )


def _share_left(subtotal: Money, discount: Money) -> Decimal:
    if not subtotal.amount:
        return Decimal(0)
    return (subtotal - discount).amount / subtotal.amount
