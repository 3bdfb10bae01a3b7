"""Reasons to pay less. Discounts do not add up: the customer gets the best one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from bookshop.cart import Cart
from bookshop.models import Customer, Tier
from bookshop.money import Money, total


class Discount(Protocol):
    @property
    def name(self) -> str: ...

    def amount_off(self, cart: Cart, customer: Customer) -> Money: ...


@dataclass(frozen=True)
class BulkDiscount:
    """A tenth off every line with ten or more copies of one book."""

    name: str = "bulk"
    copies: int = 10
    rate: Decimal = Decimal("0.10")

    def amount_off(self, cart: Cart, customer: Customer) -> Money:
        return total(line.price * self.rate for line in cart if line.copies > self.copies)


@dataclass(frozen=True)
class LoyaltyDiscount:
    """Five per cent off for silver customers, eight for gold ones."""

    name: str = "loyalty"

    def amount_off(self, cart: Cart, customer: Customer) -> Money:
        rates = {Tier.SILVER: Decimal("0.05"), Tier.GOLD: Decimal("0.08")}
        return cart.subtotal * rates.get(customer.tier, Decimal(0))


@dataclass(frozen=True)
class Voucher:
    """A fixed amount off, never more than the cart costs."""

    code: str
    value: Money

    @property
    def name(self) -> str:
        return f"voucher {self.code}"

    def amount_off(self, cart: Cart, customer: Customer) -> Money:
        return min(self.value, cart.subtotal)


STANDARD: tuple[Discount, ...] = (BulkDiscount(), LoyaltyDiscount())


def best_discount(
    cart: Cart, customer: Customer, vouchers: Sequence[Voucher] = ()
) -> tuple[str, Money]:
    """The name and amount of the discount that takes most off; "none" when nothing does."""
    offers = [(d.name, d.amount_off(cart, customer)) for d in (*STANDARD, *vouchers)]
    name, amount = max(offers, key=lambda offer: offer[1].amount)
    return (name, amount) if amount.amount else ("none", amount)
