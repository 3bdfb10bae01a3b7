"""The shop's books in one JSON file. Written beside it first, so that a crash loses nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bookshop.catalog import Catalog
from bookshop.inventory import Inventory
from bookshop.models import Book, Category
from bookshop.money import Money


def save(path: Path, catalog: Catalog, inventory: Inventory) -> None:
    records = [_to_record(book, inventory.free(book.isbn)) for book in catalog]
    text = json.dumps({"version": 1, "books": records}, indent=2, ensure_ascii=False)
    draft = path.with_suffix(".draft")
    size = draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def load(path: Path) -> tuple[Catalog, Inventory]:
    """The catalogue and its stock; both empty when there is no file yet."""
    catalog, inventory = Catalog(), Inventory()
    if not path.exists():
        return catalog, inventory
    data = json.loads(path.read_text(encoding="utf-8"))
    for record in data["books"]:
        book = _to_book(record)
        catalog.add(book)
        if record["copies"]:
            inventory.receive(book.isbn, record["copies"])
    return catalog, inventory


def _to_record(book: Book, copies: int) -> dict[str, Any]:
    return {
        "isbn": book.isbn,
        "title": book.title,
        "author": book.author,
        "category": book.category.value,
        "price": str(book.price.amount),
        "weight_grams": book.weight_grams,
        "copies": copies,
    }


def _to_book(record: dict[str, Any]) -> Book:
    return Book(
        isbn=record["isbn"],
        title=record["title"],
        author=record["author"],
        category=Category(record["category"]),
        price=Money.of(record["price"]),
        weight_grams=record["weight_grams"],
    )
