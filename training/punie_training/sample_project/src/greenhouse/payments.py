"""Taking money: the ways to pay, behind one protocol."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from greenhouse.errors import PaymentDeclined

logger = logging.getLogger(__name__)

CARD_LIMIT = Decimal(500)


@dataclass(frozen=True)
class Receipt:
    number: str
    amount: Decimal


class PaymentMethod(Protocol):
    """Something that can be charged."""

    def charge(self, amount: Decimal) -> Receipt:
        """Take the money. Raises PaymentDeclined."""
        ...


class CardPayment:
    def __init__(self, number: str) -> None:
        self.number = number

    def charge(self, amount: Decimal) -> Receipt:
        if amount > CARD_LIMIT:
            logger.warning("card %s declined", self.masked())
            raise PaymentDeclined(self.masked())
        return Receipt(self.number[-4:], amount)

    def masked(self) -> str:
        """The card's number with all but four digits hidden."""
        return "*" * 12 + self.number[-4:]


class CashPayment:
    def charge(self, amount: Decimal) -> Receipt:
        return Receipt("cash", amount)


class GiftCardPayment:
    def __init__(self, balance: Decimal) -> None:
        self.balance = balance

    def charge(self, amount: Decimal) -> Receipt:
        if amount > self.balance:
            raise PaymentDeclined("gift card")
        self.balance -= amount
        return Receipt("gift", amount)


def pay(method: PaymentMethod, amount: Decimal) -> Receipt:
    """Charge a method and log it."""
    receipt = method.charge(amount)
    logger.info("paid %s", receipt.amount)
    return receipt


def refund(receipt: Receipt) -> Decimal:
    return receipt.amout
