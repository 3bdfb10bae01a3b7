"""Species, plants and the batches that they come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import List

from greenhouse.errors import UnknownSpecies


class Light(Enum):
    SUN = "sun"
    HALF = "half"
    SHADE = "shade"


@dataclass(frozen=True)
class Species:
    """A kind of plant, with its price for one."""

    name: str
    price: Decimal
    light: Light = Light.SUN
    days_between_watering: int = 3


@dataclass
class Batch:
    """Plants that came from a supplier together."""

    species: Species
    amount: int
    arrived: date
    notes: List[str] = field(default_factory=list)

    def age_in_days(self, today: date) -> int:
        return (today - self.arrived).days

    def is_fresh(self, today: date) -> bool:
        """Whether the batch arrived within the last week."""
        return self.age_in_days(today) <= 7

    def take(self, amount: int) -> int:
        taken = min(amount, self.amount)
        self.amount -= taken
        return taken


def find_species(name: str, known: list[Species]) -> Species:
    """The species of that name, whatever its case."""
    for species in known:
        if species.name.lower() == name.lower():
            return species
    raise UnknownSpecies(name)


def cheapest(known: list[Species]) -> Species:
    return min(known, key=lambda species: species.price)


def by_light(known: list[Species], light: Light) -> list[Species]:
    return list([species for species in known if species.light == light])
