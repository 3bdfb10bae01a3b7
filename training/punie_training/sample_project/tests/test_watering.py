from datetime import date

from greenhouse.plants import Species
from greenhouse.watering import Bed, WateringPlan, summary


def test_bed_is_due_after_its_interval(lavender: Species) -> None:
    bed = Bed("north", lavender, date(2026, 3, 1))
    assert bed.needs_water(date(2026, 3, 5))


def test_bed_is_not_due_before(lavender: Species) -> None:
    bed = Bed("north", lavender, date(2026, 3, 1))
    assert not bed.needs_water(date(2026, 3, 4))


def test_summary_names_the_beds(lavender: Species) -> None:
    plan = WateringPlan([Bed("north", lavender, date(2026, 3, 1))])
    assert summary(plan, date(2026, 3, 9)) == "1 beds need water: north"
