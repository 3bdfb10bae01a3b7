from datetime import date
from greenhouse.delivery import CourierCarrier, FreightCarrier, choose_carrier


def test_heavy_goes_by_freight() -> None:
    assert isinstance(choose_carrier(25), FreightCarrier)


def test_perishable_goes_by_courier() -> None:
    assert isinstance(choose_carrier(2, perishable=True), CourierCarrier)


def test_courier_needs_a_day() -> None:
    assert CourierCarrier().arrival(date(2026, 3, 1)) == date(2026, 3, 2)
