from datetime import date
from decimal import Decimal

import pytest

from greenhouse.customers import Customer
from greenhouse.plants import Light, Species


@pytest.fixture
def lavender() -> Species:
    return Species("Lavender", Decimal("3.50"), Light.SUN, 4)


@pytest.fixture
def member() -> Customer:
    return Customer("Ada", "ada@example.org", date(2024, 5, 1))
