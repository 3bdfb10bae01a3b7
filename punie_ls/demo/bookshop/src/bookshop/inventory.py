"""How many copies of each book are on the shelf, and how many of those are promised."""

from __future__ import annotations

from collections import Counter
from typing import Iterable

from bookshop.models import Book, BookshopError


class OutOfStock(BookshopError):
    """Fewer copies are free than were asked for."""

    def __init__(self, book: Book, wanted: int, free: int) -> None:
        super().__init__(f"{book.title}: {wanted} wanted, {free} free")
        self.book = book
        self.free = free


class Inventory:
    def __init__(self) -> None:
        self._shelf: Counter[str] = Counter()
        self._reserved: Counter[str] = Counter()

    def receive(self, isbn: str, copies: int) -> None:
        """Put new copies on the shelf."""
        if copies <= 0:
            raise ValueError(f"cannot receive {copies} copies")
        self._shelf[isbn] += copies

    def free(self, isbn: str) -> int:
        """Copies on the shelf which nobody has reserved."""
        return self._shelf[isbn] - self._reserved[isbn]

    def reserve(self, book: Book, copies: int) -> None:
        free = self.free(book.isbn)
        if copies > free:
            raise OutOfStock(book, copies, free)
        self._reserved[book.isbn] += copies

    def release(self, book: Book, copies: int) -> None:
        self._reserved[book.isbn] -= copies

    def ship(self, book: Book, copies: int) -> None:
        """Take reserved copies off the shelf for good."""
        self._reserved[book.isbn] -= copies
        self._shelf[book.isbn] -= copies

    def low(self, books: Iterable[Book], limit: int = 3) -> list[Book]:
        """The books with at most `limit` free copies, the scarcest first."""
        scarce = [book for book in books if self.free(book.isbn) <= limit]
        return sorted(scarce, key=lambda book: self.free(book.isbn))
