"""Attributes that a class sets under a misspelt name."""

from __future__ import annotations

from pathlib import Path

from tests.integration.semantic.fixing.first_fix import first_fix, search

CODE = "missing-attribute"


async def test_it_is_mended_where_the_class_sets_it(tmp_path: Path) -> None:
    wrong = (
        "class Cart:\n    def __init__(self, books):\n        self.boks = books  # 🙂\n\n"
        "    def size(self):\n        return len(self.books)\n\n    def first(self):\n        return self.books[0]\n"
    )

    assert await first_fix(tmp_path, wrong, CODE) == wrong.replace("boks", "books")


async def test_it_is_mended_in_another_file(tmp_path: Path) -> None:
    models = "class Book:\n    def __init__(self, title: str) -> None:\n        self.titel = title\n"
    text = (
        "from models import Book\n\n\ndef show(book: Book) -> str:\n    return book.title + book.title\n\n\n"
        "def shout(book: Book) -> str:\n    return book.title.upper()\n"
    )

    found = await search(tmp_path, text, CODE, others={"models.py": models})

    assert found.found[0].file == "models.py"
    assert found.found[0].text == models.replace("titel", "title")


async def test_it_is_mended_with_crlf(tmp_path: Path) -> None:
    wrong = (
        "class Cart:\r\n    def __init__(self, name):\r\n        self.nmae = name\r\n\r\n"
        "    def show(self):\r\n        return self.name\r\n"
    )

    assert await first_fix(tmp_path, wrong, CODE) == wrong.replace("nmae", "name")


async def test_a_name_that_others_read_is_not_renamed(tmp_path: Path) -> None:
    wrong = (
        "class Cart:\n    def __init__(self):\n        self.item = 1\n\n"
        "    def one(self):\n        return self.item\n\n"
        "    def two(self):\n        return self.item + self.itme\n"
    )

    assert await first_fix(tmp_path, wrong, CODE) == wrong.replace("itme", "item")


async def test_a_value_that_was_set_under_another_name(tmp_path: Path) -> None:
    wrong = (
        "class Cart:\n    def __init__(self) -> None:\n        self.total: int | None = None\n\n"
        "    def fill(self, n: int) -> int:\n        self.totl = n\n        return self.total\n"
    )

    assert await first_fix(tmp_path, wrong, "invalid-explicit-return") == wrong.replace("totl", "total")


async def test_the_object_that_gets_the_attribute_is_misspelt(tmp_path: Path) -> None:
    wrong = (
        "class Cart:\n    def __init__(self, name):\n        sefl.name = name\n\n"
        "    def show(self):\n        return self.name\n"
    )

    assert await first_fix(tmp_path, wrong, CODE) == wrong.replace("sefl", "self")
