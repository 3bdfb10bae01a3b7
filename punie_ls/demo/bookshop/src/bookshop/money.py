"""Amounts of money: exact, rounded to the penny, never mixed across currencies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies were combined."""


@dataclass(frozen=True)
class Money:
    """An amount in one currency, always rounded to the penny."""

    amount: Decimal
    currency: str = "GBP"

    @classmethod
    def of(cls, amount: str | int, currency: str = "GBP") -> Money:
        """Make money from text like `"12.50"`, so that no float is involved."""
        return cls(Decimal(amount).quantize(PENNY, ROUND_HALF_UP), currency)

    def __add__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        return Money((self.amount * factor).quantize(PENNY, ROUND_HALF_UP), self.currency)

    def __lt__(self, other: Money) -> bool:
        self._check(other)
        return self.amount < other.amount

    def __ge__(self, other: Money) -> bool:
        self._check(other)
        return self.amount >= other.amount

    def __str__(self) -> str:
        return f"{SYMBOLS.get(self.currency, self.currency + ' ')}{self.amount:,.2f}"

    def _check(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"cannot combine {self.currency} with {other.currency}")


def total(amounts: Iterable[Money], currency: str = "GBP") -> Money:
    """The sum of the amounts; zero in `currency` when there are none."""
    return sum(amounts, start=Money.of(0, currency))
