"""Those who sell plants to the shop."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from greenhouse.inventory import Inventory
from greenhouse.plants import Species


@dataclass(frozen=True)
class Offer:
    supplier: str
    species: Species
    amount: int
    price: Decimal


class Supplier(Protocol):
    """Somebody who can be asked for plants."""

    name: str

    def quote_for(self, species: Species, amount: int) -> Offer:
        """What so many plants would cost."""
        ...


class Nursery:
    name = "nursery"

    def quote_for(self, species: Species, amount: int) -> Offer:
        return Offer(self.name, species, amount, species.price * amount / 2)


class Wholesaler:
    name = "wholesaler"
    smallest_order = 50

    def quote_for(self, species: Species, amount: int) -> Offer:
        ordered = max(amount, self.smallest_order)
        return Offer(self.name, species, ordered, species.price * ordered / 3)


def cheapest_offer(suppliers: list[Supplier], species: Species, amount: int) -> Offer:
    """The offer with the lowest price for one plant."""
    offers = [supplier.quote_for(species, amount) for supplier in suppliers]
    return min(offers, key=lambda offer: offer.price / offer.amount)


def restock(inventory: Inventory, suppliers: list[Supplier], known: dict[str, Species]) -> list[Offer]:
    """Offers for all that runs low."""
    found = []
    for name in inventory.running_low():
        found.append(cheapest_offer(suppliers, known[name], 20))
    return found
