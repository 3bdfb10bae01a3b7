"""What a customer wants to buy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from greenhouse.plants import Species


@dataclass(frozen=True)
class Line:
    """One species and how many of it."""

    species: Species
    amount: int

    def price(self) -> Decimal:
        return self.species.price * self.amount


class Basket:
    """Lines, in the order in which they were added."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def add(self, species: Species, amount: int = 1) -> None:
        self._lines.append(Line(species, amount))

    def remove(self, species: Species) -> None:
        self._lines = [line for line in self._lines if line.species != species]

    def subtotal(self) -> Decimal:
        """The price of all lines, before tax and discounts."""
        return sum((line.price() for line in self._lines), Decimal(0))

    def count(self) -> int:
        total = 0
        for line in self._lines:
            total += line.amount
        return total

    def is_empty(self) -> bool:
        if self._lines == []:
            return True
        return False

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)
