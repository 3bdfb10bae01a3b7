"""The books on sale, by ISBN."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bookshop.models import Book, BookshopError, Category


class UnknownBook(BookshopError):
    """No book with this ISBN is on sale."""


def is_valid_isbn(isbn: str) -> bool:
    """Whether `isbn` is an ISBN-13 with a right check digit; hyphens are allowed."""
    digits = isbn.replace("-", "")
    if len(digits) != 13 or not digits.isdecimal():
        return False
    weighted = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(digits))
    return weighted % 10 == 0


class Catalog:
    def __init__(self, books: Iterable[Book] = ()) -> None:
        self._books: dict[str, Book] = {}
        for book in books:
            self.add(book)

    def __iter__(self) -> Iterator[Book]:
        return iter(self._books.values())

    def __len__(self) -> int:
        return len(self._books)

    def add(self, book: Book) -> None:
        if not is_valid_isbn(book.isbn):
            raise ValueError(f"not an ISBN-13: {book.isbn}")
        self._books[book.isbn] = book

    def get(self, isbn: str) -> Book:
        try:
            return self._books[isbn]
        except KeyError:
            raise UnknownBook(f"no book with ISBN {isbn}") from None

    def in_category(self, category: Category) -> list[Book]:
        """The books of one category, by title."""
        return sorted((b for b in self if b.category is category), key=lambda b: b.title)

    def cheapest(self, category: Category) -> Book:
        """The cheapest book of a category."""
        return min(self.in_category(category), key=lambda b: b.price.amount, default=None)
