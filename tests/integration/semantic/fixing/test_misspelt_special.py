"""Special methods whose names are misspelt, noticed where their class is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search

INIT = "class Book:\n    def __init__(self, title: str) -> None:\n        self.title = title  # 🙂\n"
ORDERED = (
    "import functools\n\n\n@functools.total_ordering\nclass Size:\n    n = 1\n\n"
    "    def __lt__(self, other: object) -> bool:\n        return isinstance(other, Size) and self.n < other.n\n"
)
BASE = (
    "class AppError(Exception):\n    def __init__(self, line: int, message: str) -> None:\n        self.line = line\n"
    "        super().__init__(message)\n\n\nclass ParseError(AppError):\n    pass\n"
)


@pytest.mark.parametrize("name", ["__inti__", "__iinit__", "__nit__", "__inot__", "_init__", "__init_"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
async def test_a_constructor(tmp_path: Path, name: str, ending: str) -> None:
    right = f"{INIT}\n\nbook = Book('Walden')\n".replace("\n", ending)

    assert await first_fix(tmp_path, right.replace("__init__", name), "too-many-positional-arguments") == right


async def test_a_comparison(tmp_path: Path) -> None:
    assert await first_fix(tmp_path, ORDERED.replace("__lt__", "__llt__"), "invalid-total-ordering") == ORDERED


async def test_the_base_of_a_class_that_is_used(tmp_path: Path) -> None:
    right = f"{BASE}\n\nraise ParseError(1, message='🙂')\n"

    assert await first_fix(tmp_path, right.replace("__init__(self", "__iniit__(self"), "unknown-argument") == right


async def test_a_class_of_another_file(tmp_path: Path) -> None:
    text = "from books import Novel\n\nnovel = Novel('Emma')\n"
    books = f"{INIT}\n\nclass Novel(Book):\n    pass\n"
    others = {"books.py": books.replace("__init__", "__inti__")}

    found = await search(tmp_path, text, "too-many-positional-arguments", others=others)

    assert [(fix.file, fix.text) for fix in found.found[:1]] == [("books.py", books)]


@pytest.mark.parametrize("name", ["__html__", "__idiv__", "__json__", "__frobnicate__", "__len__"])
async def test_what_is_no_slip_is_not_renamed(tmp_path: Path, name: str) -> None:
    text = f"class Page:\n    def {name}(self) -> int:\n        return 1\n\n\npage = Page('🙂')\n"

    found = await search(tmp_path, text, "too-many-positional-arguments")

    assert not any("Rename" in fix.candidate.title for fix in found.found)


async def test_what_the_class_has_is_not_defined_twice(tmp_path: Path) -> None:
    text = f"{INIT}\n    def __inti__(self) -> None: ...\n\n\nbook = Book('Walden', 'Thoreau')\n"

    found = await search(tmp_path, text, "too-many-positional-arguments")

    assert not any("__inti__" in fix.candidate.title for fix in found.found)


async def test_an_overload(tmp_path: Path) -> None:
    right = (
        "from typing import overload\n\n\nclass Row:\n    @overload\n    def __getitem__(self, at: int) -> str: ...\n"
        "    @overload\n    def __getitem__(self, at: slice) -> list[str]: ...\n"
        "    def __getitem__(self, at: int | slice) -> str | list[str]:\n        return '🙂'\n"
    )

    assert await first_fix(tmp_path, right.replace("__getitem__", "__geitem__", 1), "single-overload") == right
