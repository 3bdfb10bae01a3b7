"""Discounts: what is taken off a price."""

from __future__ import annotations

from decimal import Decimal

from greenhouse.customers import Customer


class Discount:
    """Nothing is taken off; the others are derived from it."""

    label = "none"

    def amount_off(self, price: Decimal, customer: Customer) -> Decimal:
        return Decimal(0)

    def describe(self) -> str:
        return f"discount {self.label}"


class MemberDiscount(Discount):
    """A percentage off for members."""

    label = "member"
    percent = 10

    def amount_off(self, price: Decimal, customer: Customer) -> Decimal:
        if not customer.is_member:
            return Decimal(0)
        return price * self.percent / 100


class Voucher(Discount):
    """A fixed amount off, once."""

    label = "voucher"

    def __init__(self, code: str, value: Decimal) -> None:
        self.code = code
        self.value = value
        self.used = False

    def amount_off(self, price: Decimal, customer: Customer) -> Decimal:
        return Decimal(0) if self.used else min(self.value, price)

    def redeem(self) -> None:
        self.used = True


class SeasonDiscount(Discount):
    """Half the price in autumn."""

    label = "season"

    def amount_off(self, price: Decimal, customer: Customer) -> Decimal:
        return price / 2


def best_discount(price: Decimal, customer: Customer, offers: list[Discount]) -> Discount:
    """The one offer that takes off most."""
    ranked = sorted(offers, key=lambda offer: offer.amount_off(price, customer))
    return ranked[-1] if ranked else Discount()


def code_of(voucher: Voucher) -> str:
    return voucher.code.uper()
