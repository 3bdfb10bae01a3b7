from datetime import date

import pytest

from greenhouse.errors import OutOfStock
from greenhouse.inventory import Inventory
from greenhouse.plants import Batch, Species


def test_reserve_takes_from_stock(lavender: Species) -> None:
    inventory = Inventory()
    inventory.receive(Batch(lavender, 10, date(2026, 3, 1)))
    inventory.reserve(lavender, 4)
    assert inventory.stock_of(lavender) == 6


def test_too_few_are_refused(lavender: Species) -> None:
    with pytest.raises(OutOfStock):
        Inventory().reserve(lavender, 1)


@pytest.mark.slow
def test_running_low(lavender: Species) -> None:
    inventory = Inventory(reorder_level=5)
    inventory.receive(Batch(lavender, 2, date(2026, 3, 1)))
    assert inventory.running_low() == ["Lavender"]
