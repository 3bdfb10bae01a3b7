"""How much it rained."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import date

RAIN_COUNTS_ABOVE = 5.0


@dataclass(frozen=True)
class Report:
    day: date
    millimetres: float
    celsius: float

    def is_rainy(self) -> bool:
        return self.millimetres > RAIN_COUNTS_ABOVE

    def is_frosty(self) -> bool:
        return self.celsius < 0


def average_temperature(reports: list[Report]) -> float:
    """The mean of all reports, in degrees Celsius."""
    degrees = [report.celsius for report in reports]
    return sum(degrees) / len(degrees)


def rainy_days(reports: list[Report]) -> list[date]:
    return [report.day for report in reports if report.is_rainy()]


def parse_report(text: str) -> Report:
    day, rain, warmth = text.split(";")
    return Report(date.fromisoformat(day), float(rain), warmth)
