"""The clerk's command line: look for books, take deliveries, see what runs out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bookshop import storage
from bookshop.models import Book, BookshopError, Category
from bookshop.money import Money
from bookshop.reports import reorder_list
from bookshop.search import search


def main(argv: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    try:
        print(run(args))
    except BookshopError as error:
        print(f"bookshop: {error}", file=sys.stderr)
        return 1
    return 0


def run(args: argparse.Namespace) -> str:
    """Do what was asked and return the text to show."""
    catalog, inventory = storage.load(args.data)
    if args.command == "search":
        found = search(catalog, " ".join(args.words))
        return "\n".join(f"{book.isbn}  {book.titel}, {book.price}" for book in found)
    if args.command == "low":
        return reorder_list(catalog, inventory, args.limit)
    if args.command == "add":
        price = Money.of(args.price)
        catalog.add(Book(args.isbn, args.title, args.author, Category(args.category), price))
    book = catalog.get(args.isbn)
    inventory.receive(book.isbn, args.copies)
    storage.save(args.data, catalog, inventory)
    return f"{book.title}: {inventory.free(book.isbn)} in stock"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bookshop", description="A small online bookshop.")
    parser.add_argument("--data", type=Path, default=Path("bookshop.json"))
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("search", help="find books").add_argument("words", nargs="+")
    commands.add_parser("low", help="what to reorder").add_argument("--limit", type=int, default=3)
    receive = commands.add_parser("receive", help="take a delivery")
    add = commands.add_parser("add", help="put a new book on sale")
    for command in (receive, add):
        command.add_argument("isbn")
        command.add_argument("copies", type=int)
    add.add_argument("title")
    add.add_argument("author")
    add.add_argument("price")
    add.add_argument("--category", choices=[c.value for c in Category], default="fiction")
    return parser


if __name__ == "__main__":
    sys.exit(main())
