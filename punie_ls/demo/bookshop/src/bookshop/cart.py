"""What a customer has picked so far. Knows list prices only: discounts and tax come later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bookshop.catalog import Catalog
from bookshop.models import Book, BookshopError
from bookshop.money import Money, total


class EmptyCart(BookshopError):
    """The cart has nothing in it."""


@dataclass(frozen=True)
class CartLine:
    book: Book
    copies: int

    @property
    def price(self) -> Money:
        return self.book.price * self.copies

    @property
    def weight_grams(self) -> int:
        return self.book.weight_grams * self.copies


class Cart:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._copies: dict[str, int] = {}

    def __iter__(self) -> Iterator[CartLine]:
        for isbn, copies in self._copies.items():
            yield CartLine(self._catalog.get(isbn), copies)

    def __len__(self) -> int:
        return sum(self._copies.values())

    def add(self, isbn: str, copies: int = 1) -> None:
        if copies < 1:
            raise ValueError("add at least one copy")
        book = self._catalog.get(isbn)
        self._copies[book.isbn] = self._copies.get(book.isbn, 0) + copies

    def remove(self, isbn: str) -> None:
        self._copies.pop(isbn, None)

    @property
    def subtotal(self) -> Money:
        return total(line.price for line in self)

    @property
    def weight_grams(self) -> int:
        return sum(line.weight_grams for line in self)
