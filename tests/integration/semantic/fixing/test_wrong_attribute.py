"""Attributes that are not there: misspelt, of what a call would give, of another object."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search

CODE = "missing-attribute"
BOOK = "class Book:\n    def __init__(self, title: str) -> None:\n        self.title = title\n\n\n"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("print('🙂'.uper())\n", "print('🙂'.upper())\n"),
        ("import os\n\nprint(os.path.joim('a', 'b'))\n", "import os\n\nprint(os.path.join('a', 'b'))\n"),
        (
            f"{BOOK}def f(book: Book) -> str:\r\n    return book.titel\r\n",
            f"{BOOK}def f(book: Book) -> str:\r\n    return book.title\r\n",
        ),
        (
            f"{BOOK}def f(book: Book) -> str:\n    return f'🙂 {{book.ttle}}'\n",
            f"{BOOK}def f(book: Book) -> str:\n    return f'🙂 {{book.title}}'\n",
        ),
        (
            "def f(s: str) -> str:\n    return s.strip.upper()\n",
            "def f(s: str) -> str:\n    return s.strip().upper()\n",
        ),
        (
            f"{BOOK}def f(books: list[Book]) -> list[str]:\n    return [books.title for book in books]\n",
            f"{BOOK}def f(books: list[Book]) -> list[str]:\n    return [book.title for book in books]\n",
        ),
        (
            "def f(d: dict[str, int]) -> list[str]:\n    return [k for k, v in d.iteritems() if v]\n",
            "def f(d: dict[str, int]) -> list[str]:\n    return [k for k, v in d.items() if v]\n",
        ),
        (
            "def f(x: object) -> None:\n    if hasattr(x, 'closed'):\n        print(x.clsoed)\n",
            "def f(x: object) -> None:\n    if hasattr(x, 'closed'):\n        print(x.closed)\n",
        ),
        (  # what follows is no attribute
            f"{BOOK}def f(book: Book) -> bool:\n    return bool(book.titel and True)\n",
            f"{BOOK}def f(book: Book) -> bool:\n    return bool(book.title and True)\n",
        ),
        ("def f(s: str) -> int:\n    return s.length\n", "def f(s: str) -> int:\n    return len(s)\n"),
        (
            "def f(s: list[str]) -> int:\n    return s[1:].size() + 1\n",
            "def f(s: list[str]) -> int:\n    return len(s[1:]) + 1\n",
        ),
        (
            "def f(d: dict[str, int]) -> bool:\n    return d.has_key('a')\n",
            "def f(d: dict[str, int]) -> bool:\n    return 'a' in d\n",
        ),
    ],
)
async def test_the_first_fix(tmp_path: Path, wrong: str, right: str) -> None:
    assert await first_fix(tmp_path, wrong, CODE) == right


async def test_an_attribute_like_nothing_is_not_renamed(tmp_path: Path) -> None:
    found = await search(tmp_path, "def f(s: str) -> int:\n    return s.frobnicate\n", CODE)

    assert found.found == []
