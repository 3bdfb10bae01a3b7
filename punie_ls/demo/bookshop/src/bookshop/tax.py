"""Value-added tax by country. Books are cheap to tax; notebooks and pens are not."""

from __future__ import annotations

from decimal import Decimal

from bookshop.models import Book, Category
from bookshop.money import Money

STANDARD_RATES = {
    "GB": Decimal("0.20"),
    "IE": Decimal("0.23"),
    "DE": Decimal("0.19"),
    "FR": Decimal("0.20"),
}
BOOK_RATES = {
    "GB": Decimal("0"),
    "IE": Decimal("0"),
    "DE": Decimal("0.07"),
    "FR": Decimal("0.055"),
}


def rate_for(book: Book, country: str) -> Decimal:
    """The rate for one article; nothing is charged outside the countries we know."""
    rates = STANDARD_RATES if book.category is Category.STATIONERY else BOOK_RATES
    return rates.get(country, Decimal(0))


def tax_on(book: Book, net: Money, country: str) -> Money:
    return net * rate_for(book, country)
