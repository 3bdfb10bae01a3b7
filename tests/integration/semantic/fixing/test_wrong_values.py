"""Values of the wrong type: arguments, returns, assignments and operands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search

HALF = "def half(n: int) -> float:\n    return n / 2\n\n\n"
SHOW = "def show(name: str, size: int) -> str:\n    return name * size\n\n\n"


@pytest.mark.parametrize(
    ("lead", "wrong", "right"),
    [
        (HALF, "half('4')", "half(4)"),
        (HALF, "half(str(4))", "half(4)"),
        (SHOW, "show(3, 'ab')", "show('ab', 3)"),
        (SHOW, "show(3, '🙂')", "show('🙂', 3)"),
        ("def of(pair: tuple[int, int]) -> int:\n    return pair[0]\n\n\n", "of([1, 2])", "of((1, 2))"),
        ("def of(data: bytes) -> int:\n    return len(data)\n\n\n", "of('ab')", "of(b'ab')"),
    ],
)
async def test_an_argument_is_mended(tmp_path: Path, lead: str, wrong: str, right: str) -> None:
    assert await first_fix(tmp_path, f"{lead}print({wrong})\n", "invalid-argument-type") == f"{lead}print({right})\n"


async def test_none_is_not_made_into_text(tmp_path: Path) -> None:
    found = await search(tmp_path, f"{SHOW}print(show(None, 3))\n", "invalid-argument-type", unsafe=True)

    assert all("str(None)" not in fix.text for fix in found.found)


async def test_a_misspelt_literal_is_put_right(tmp_path: Path) -> None:
    text = (
        "from typing import Literal\n\n\n"
        "def paint(colour: Literal['red', 'green']) -> str:\n    return colour\n\n\npaint('{}')\n"
    )

    fixed = await first_fix(tmp_path, text.format("gren"), "invalid-argument-type")

    assert fixed == text.format("green")


async def test_the_attribute_that_fits_is_taken(tmp_path: Path) -> None:
    text = (
        "class Box:\n"
        "    def __init__(self, label: str, size: int) -> None:\n"
        "        self.label = label\n"
        "        self.size = size\n\n\n"
        "def half(n: int) -> float:\n    return n / 2\n\n\n"
        "def of(box: Box) -> float:\n    return half(box{})\n"
    )

    fixed = await first_fix(tmp_path, text.format(""), "invalid-argument-type")

    assert fixed == text.format(".size")


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        (
            "def of(n: int) -> str:\n    return 'n' + n\n",
            "def of(n: int) -> str:\n    return 'n' + str(n)\n",
            "unsupported-operator",
        ),
        (
            "def of(a: str, b: str) -> str:\n    return a - b\n",
            "def of(a: str, b: str) -> str:\n    return a + b\n",
            "unsupported-operator",
        ),
        ("size: str = 4\n", "size: int = 4\n", "invalid-assignment"),
        ("def of(size: int = None): ...\n", "def of(size: int | None = None): ...\n", "invalid-parameter-default"),
        (
            "def of(n: int) -> str:\n    if n:\n        return None\n    return 'a'\n",
            "def of(n: int) -> str | None:\n    if n:\n        return None\n    return 'a'\n",
            "invalid-explicit-return",
        ),
        (
            "def of(a: int, b: int) -> None:\n    # 🙂\r\n    return a * b\r\n",
            "def of(a: int, b: int) -> int:\n    # 🙂\r\n    return a * b\r\n",
            "invalid-explicit-return",
        ),
    ],
)
async def test_values_and_annotations(tmp_path: Path, wrong: str, right: str, code: str) -> None:
    assert await first_fix(tmp_path, wrong, code) == right
