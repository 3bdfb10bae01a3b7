"""Returns that are missing, lost their value, or have another type than the annotation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        (
            "def twice(n: int) -> int:\n    n * 2\n",
            "def twice(n: int) -> int:\n    return n * 2\n",
            "invalid-implicit-return",
        ),
        (
            "def sign(n: int) -> str:\n    if n < 0:\n        return '-'\n    else:\n        str(n)\n",
            "def sign(n: int) -> str:\n    if n < 0:\n        return '-'\n    else:\n        return str(n)\n",
            "invalid-implicit-return",
        ),
        (
            "def check(n: int) -> int:\n    if n:\n        return n\n    ValueError('🙂')\n",
            "def check(n: int) -> int:\n    if n:\n        return n\n    raise ValueError('🙂')\n",
            "invalid-implicit-return",
        ),
        (
            "def odd(n: int) -> bool:\n    if n % 2:\n        print(n)\n        return True\n",
            "def odd(n: int) -> bool:\n    if n % 2:\n        print(n)\n        return True\n    return False\n",
            "invalid-implicit-return",
        ),
        (
            "def odd(n: int) -> bool:\n    if n % 2:\n        print(n)\n        return\n    return False\n",
            "def odd(n: int) -> bool:\n    if n % 2:\n        print(n)\n        return True\n    return False\n",
            "invalid-explicit-return",
        ),
        ("def one() -> int:\n    yield 1\n", "def one() -> int:\n    return 1\n", "invalid-generator-return-type"),
        (
            "from collections.abc import Iterator\n\n\ndef one() -> Iterator[int]:\n    yield '1'\n",
            "from collections.abc import Iterator\n\n\ndef one() -> Iterator[int]:\n    yield 1\n",
            "invalid-yield",
        ),
    ],
)
async def test_the_first_fix(tmp_path: Path, wrong: str, right: str, code: str) -> None:
    assert await first_fix(tmp_path, wrong, code) == right


async def test_the_list_that_was_filled_is_returned(tmp_path: Path) -> None:
    text = (
        "def evens(numbers: list[int]) -> list[int]:\r\n    found = []\r\n    for number in numbers:\r\n"
        "        if number % 2 == 0:\r\n            found.append(number)\r\n{}"
    )

    assert await first_fix(tmp_path, text.format(""), "invalid-implicit-return") == text.format("    return found\r\n")


async def test_the_annotation_when_every_return_gives_another_type(tmp_path: Path) -> None:
    text = "def area(width: int, height: int) -> {}:\n    if width < 0:\n        return 0\n    return width * height\n"

    assert await first_fix(tmp_path, text.format("str"), "invalid-explicit-return") == text.format("int")


async def test_a_stub_gets_no_body(tmp_path: Path) -> None:
    found = await search(
        tmp_path,
        'def area(width: int) -> int:\n    """How much."""\n',
        "invalid-implicit-return-in-function-with-stub-body",
    )

    assert all('"""How much."""\n' in fix.text for fix in found.found)
