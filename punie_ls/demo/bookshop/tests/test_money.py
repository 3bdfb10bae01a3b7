from decimal import Decimal

import pytest

from bookshop.money import CurrencyMismatch, Money, total


def test_rounds_to_the_penny() -> None:
    assert Money.of("0.005").amount == Decimal("0.01")
    assert Money.of("1.004").amount == Decimal("1.00")


def test_multiplies_and_rounds_half_up() -> None:
    assert Money.of("0.15") * Decimal("0.5") == Money.of("0.08")


def test_refuses_to_mix_currencies() -> None:
    with pytest.raises(CurrencyMismatch, match="GBP with EUR"):
        Money.of(1) + Money.of(1, "EUR")


def test_the_total_of_nothing_is_zero() -> None:
    assert total([]) == Money.of(0)


def test_shows_symbol_and_thousands() -> None:
    assert str(Money.of("1234.5")) == "£1,234.50"
    assert str(Money.of(3, "CHF")) == "CHF 3.00"
