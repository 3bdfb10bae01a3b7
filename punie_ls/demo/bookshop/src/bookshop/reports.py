"""Figures for the owner: what sold, for how much, and what has to be ordered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bookshop.catalog import Catalog
from bookshop.inventory import Inventory
from bookshop.models import Book, Category
from bookshop.money import Money, total
from bookshop.orders import Order, Status


def revenue(orders: Iterable[Order]) -> Money:
    """What was taken, without cancelled orders."""
    return total(o.payment.amount for o in orders if o.status is not Status.CANCELLED)


def best_sellers(orders: Iterable[Order], limit: int = 5) -> list[tuple[str, int]]:
    """Titles and copies sold, the most sold first."""
    sold: Counter[str] = Counter()
    for order in orders:
        if order.status is not Status.CANCELLED:
            sold.update({line.book.title: line.copies for line in order.lines})
    return sold.most_common(limit)


def average_order(orders: Iterable[Order]) -> Money:
    """What a customer spends on one order; zero before the first sale."""
    paid = [order for order in orders if order.status is not Status.CANCELLED]
    return revenue(paid) * (Decimal(1) / max(len(paid), 1))


def category_sales(orders: Iterable[Order]) -> dict[Category, Money]:
    """What was sold of each category, at list prices."""
    sold: dict[Category, Money] = {}
    for order in orders:
        for line in order.lines:
            before = sold.get(line.book.category, Money.of(0))
            sold[line.book.category] = before + line.price
    return sold


def reorder_list(catalog: Catalog, inventory: Inventory, limit: int = 3) -> str:
    """One line for each book that runs out."""
    return "\n".join(_describe(book, inventory) for book in inventory.low(catalog, limit))


def _describe(book: Book, inventory: Inventory) -> str:
    return f"{inventory.free(book.isbn):>3}  {book.title} ({book.author})"
