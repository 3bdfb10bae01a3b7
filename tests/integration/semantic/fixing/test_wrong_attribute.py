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


async def test_the_one_parameter_that_does_nothing_is_kept_under_the_missing_name(tmp_path: Path) -> None:
    text = (
        "class Number:\n    def __init__(self, value: float, raw: str) -> None:\n{}        self._raw = raw\n\n"
        "    def plain(self) -> float:\n        return self._original\n"
    )

    fixed = await first_fix(tmp_path, text.format(""), "missing-attribute")

    assert fixed == text.format("        self._original = value\n")


async def test_an_attribute_is_made_as_its_neighbours_are(tmp_path: Path) -> None:
    text = (
        "def seconds(value: str) -> float:\n    return float(value)\n\n\n"
        "class Wait:\n    def __init__(self, low: str, high: str) -> None:\n"
        "        self.low = seconds(low)\n{}\n"
        "    def spread(self) -> float:\n        return abs(self.high) - abs(self.low)\n"
    )

    fixed = await first_fix(tmp_path, text.format(""), "missing-attribute")

    assert fixed == text.format("        self.high = seconds(high)\n")


async def test_a_line_that_was_lost_is_like_those_beside_it(tmp_path: Path) -> None:
    text = (
        "class Source:\n    at = 0\n    now = ''\n    mark = 0\n\n\n"
        "class Saved:\n    def __init__(self, source: Source) -> None:\n        self.source = source\n"
        "{}        self.now = self.source.now\n        self.mark = self.source.mark\n\n"
        "    def restore(self) -> None:\n        self.source.at = self.at\n        self.source.now = self.now\n"
    )

    fixed = await first_fix(tmp_path, text.format(""), "missing-attribute")

    assert fixed == text.format("        self.at = self.source.at\n")
