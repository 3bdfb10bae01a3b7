"""From a basket to a price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from greenhouse.basket import Basket
from greenhouse.customers import Customer
from greenhouse.discounts import Discount, best_discount
from greenhouse.settings import FREE_DELIVERY_ABOVE, TAX_PERCENT

DELIVERY_FEE = Decimal("4.90")


@dataclass(frozen=True)
class Quote:
    """A price in its parts."""

    net: Decimal
    discount: Decimal
    delivery: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.net - self.discount + self.delivery + self.tax


def quote_basket(basket: Basket, customer: Customer, offers: list[Discount]) -> Quote:
    """What a basket costs a customer."""
    net = basket.subtotal()
    discount = best_discount(net, customer, offers).amount_off(net, customer)
    delivery = delivery_fee(net)
    return Quote(net, discount, delivery, tax_on(net - discount))


def delivery_fee(net: Decimal) -> Decimal:
    """Nothing above the limit for free delivery."""
    return Decimal(0) if net > FREE_DELIVERY_ABOVE else DELIVERY_FEE


def tax_on(amount: Decimal) -> Decimal:
    return round_cents(amount * TAX_PERCENT / 100)


def round_cents(amount: Decimal) -> Decimal:
    cents = amount * 100
    rounded = cents.quantize(Decimal(1))
    return rounded / 100


def format_price(amount: Decimal, currency: str = "EUR") -> str:
    text: str = amount
    return "{} {}".format(text, currency)
