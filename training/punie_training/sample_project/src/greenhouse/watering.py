"""Which bed needs water, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from greenhouse.plants import Species
from greenhouse.weather import Report, rainy_days


@dataclass
class Bed:
    """A place where plants of one species grow."""

    label: str
    species: Species
    last_watered: date

    def next_watering(self) -> date:
        return self.last_watered + timedelta(days=self.species.days_between_watering)

    def needs_water(self, today: date) -> bool:
        """Whether the bed is due."""
        return self.next_watering() <= today


class WateringPlan:
    """The beds, and what the rain did for them."""

    def __init__(self, beds: list[Bed]) -> None:
        self.beds = beds

    def due(self, today: date) -> list[Bed]:
        return [bed for bed in self.beds if bed.needs_water(today)]

    def apply_rain(self, reports: list[Report]) -> int:
        """Count rain as a watering; gives how many beds were reached."""
        wet = rainy_days(reports)
        if not wet:
            return 0
        for bed in self.beds:
            bed.last_watered = max(bed.last_watered, max(wet))
        return len(self.beds)

    def schedule(self, today: date, days: int) -> dict[date, list[str]]:
        plan: dict[date, list[str]] = {}
        for bed in self.beds:
            when = bed.next_watering()
            if when <= today + timedelta(days=days):
                plan.setdefault(when, []).append(bed.label)
        return plan


def summary(plan: WateringPlan, today: date) -> str:
    due = plan.due(today)
    labels = ", ".join(bed.label for bed in due)
    return f"{len(due)} beds need water: {labels}"
