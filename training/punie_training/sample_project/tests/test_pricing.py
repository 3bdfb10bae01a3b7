from decimal import Decimal

from greenhouse.pricing import delivery_fee, round_cents, tax_on


def test_delivery_is_free_from_sixty_on() -> None:
    assert delivery_fee(Decimal(60)) == 0


def test_delivery_costs_below() -> None:
    assert delivery_fee(Decimal(10)) == Decimal("4.90")


def test_tax_is_rounded() -> None:
    assert tax_on(Decimal("0.00")) == 0


def test_round_cents() -> None:
    assert round_cents(Decimal("1.239")) == Decimal("1.24")
