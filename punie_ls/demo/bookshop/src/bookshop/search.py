"""Finding books by words, forgiving about accents and capitals."""

from __future__ import annotations

import unicodedata
import re
from collections.abc import Iterable, Sequence

from bookshop.models import Book


def fold(text: str) -> str:
    """Lower case without accents: "Brontë" becomes "bronte"."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def search(books: Iterable[Book], query: str, limit: int = 10) -> list[Book]:
    """The books that hold every word of `query`, the best match first."""
    wanted = words(query)
    if not wanted:
        return []
    scored = [(score(book, wanted), book) for book in books]
    found = [(points, book) for points, book in scored if points]
    found.sort(key=lambda pair: (-pair[0], pair[1].title))
    return [book for _, book in found[:limit]]


def score(book: Book, wanted: Sequence[str]) -> int:
    """Three points for a word in the title, one for one in the author; 0 unless all match."""
    title, author = words(book.title), words(book.author)
    points = 0
    for word in wanted:
        if word in title:
            points += 3
        elif word in author:
            points += 1
        else:
            return 0
    return points


def suggest(books: Iterable[Book], start: str, shown: list[str] = []) -> list[str]:
    """Titles that begin with `start`, without those the reader has already been shown."""
    prefix = fold(start)
    for book in books:
        if fold(book.title).startswith(prefix) and book.title not in shown:
            shown.append(book.title)
    return sorted(shown)
