"""Taking money and giving it back. The real gateway lives elsewhere; this one is for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from bookshop.models import BookshopError
from bookshop.money import Money


class PaymentDeclined(BookshopError):
    """The bank said no."""


@dataclass(frozen=True)
class Card:
    holder: str
    number: str

    @property
    def masked(self) -> str:
        return f"**** {self.number[-4:]}"


@dataclass(frozen=True)
class Payment:
    reference: str
    amount: Money


class Gateway(Protocol):
    def charge(self, card: Card, amount: Money) -> Payment: ...

    def refund(self, reference: str, amount: Money) -> None: ...


@dataclass
class MemoryGateway:
    """Keeps payments in memory and declines amounts over its limit."""

    limit: Money = Money.of(500)
    payments: list[Payment] = field(default_factory=list)
    refunds: list[Payment] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def charge(self, card: Card, amount: Money) -> Payment:
        if self.limit < amount:
            raise PaymentDeclined(f"{card.masked}: {amount} is over the limit")
        payment = Payment(f"P{next(self._numbers):04}", amount)
        self.payments.append(payment)
        return payment

    def refund(self, reference: str, amount: Money) -> None:
        self.refunds.append(Payment(reference, amount))


def refund_shipping(gateway: Gateway, payment: Payment, shipping: Money) -> Money:
    """Give back the parcel's price after a late delivery; returns what the customer paid."""
    gateway.refund(payment.reference, shipping.amount)
    return payment.amount - shipping
