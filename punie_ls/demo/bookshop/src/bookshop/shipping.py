"""What a parcel costs, and when it should arrive."""

from __future__ import annotations

from datetime import date

from bookshop.cart import Cart
from bookshop.models import Address
from bookshop.money import Money

FREE_FROM = Money.of("40.00")
HOME = "GB"

# Heaviest parcel in grams, and its price at home and abroad.
BANDS = (
    (500, Money.of("2.80"), Money.of("7.50")),
    (2_000, Money.of("3.90"), Money.of("12.00")),
    (10_000, Money.of("6.50"), Money.of("24.00")),
)


class TooHeavy(ValueError):
    """No parcel takes this weight."""


def shipping_cost(cart: Cart, address: Address) -> Money:
    """The price of the parcel; free at home for carts of 40 pounds and more."""
    if address.country == HOME and cart.subtotal >= FREE_FROM:
        return Money.of(0)
    for heaviest, home, abroad in BANDS:
        if cart.weight_grams <= heaviest:
            return home if address.country == HOME else abroad
    raise TooHeavy(f"{cart.weight_grams} g is over {BANDS[-1][0]} g")


def arrival(sent: date, address: Address) -> date:
    """The working day on which a parcel sent on `sent` should arrive."""
    working_days = 2 if address.country == HOME else 6
    day = sent
    while working_days:
        day += timedelta(days=1)
        if day.weekday() < 5:
            working_days -= 1
    return day
