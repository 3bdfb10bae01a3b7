"""Bringing plants to customers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, timedelta
from decimal import Decimal
import os

HEAVY_KILOS = 20


class Carrier(ABC):
    """Somebody who brings parcels."""

    name = "carrier"

    @abstractmethod
    def cost(self, kilos: float) -> Decimal:
        """What a parcel of that weight costs."""

    def arrival(self, sent: date) -> date:
        return sent + timedelta(days=self.days())

    def days(self) -> int:
        return 3


class PostCarrier(Carrier):
    name = "post"

    def cost(self, kilos: float) -> Decimal:
        return Decimal("4.90")


class CourierCarrier(Carrier):
    """Quick, for what withers."""

    name = "courier"

    def cost(self, kilos: float) -> Decimal:
        return Decimal("9.50") + Decimal(kilos)

    def days(self) -> int:
        return 1


class FreightCarrier(Carrier):
    name = "freight"

    def cost(self, kilos: float) -> Decimal:
        base = Decimal(30)
        return base + Decimal(kilos) / 2

    def days(self) -> int:
        return 5


def choose_carrier(kilos: float, perishable: bool = False) -> Carrier:
    """The carrier for a parcel."""
    if kilos > HEAVY_KILOS:
        return FreightCarrier()
    return CourierCarrier() if perishable else PostCarrier()


def track(number: str, seen=[]) -> list[str]:
    # FIXME: ask the carrier
    seen.append(number)
    return seen
