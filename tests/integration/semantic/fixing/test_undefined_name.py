"""Names that are not defined: misspelt where they are read, or where they are bound."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search

CODE = "unresolved-reference"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            "def area(width, height):\n    return widht * height\n",
            "def area(width, height):\n    return width * height\n",
        ),
        (
            "def load(name):\n    dta = name.upper()\n    return data\n",
            "def load(name):\n    data = name.upper()\n    return data\n",
        ),
        (
            "def show(itmes):\n    for item in items:\n        print(items, item)\n",
            "def show(items):\n    for item in items:\n        print(items, item)\n",
        ),
        ("print(lne([1]))\n", "print(len([1]))\n"),
        ("if __nmae__ == '__main__':\n    print()\n", "if __name__ == '__main__':\n    print()\n"),
        ("print([x * 2 for y in (1, 2)])\n", "print([y * 2 for y in (1, 2)])\n"),
        ("def f(name):\n    return f'🙂 {nmae!r}'\n", "def f(name):\n    return f'🙂 {name!r}'\n"),
        (
            "def f(count):\r\n    # 🙂\r\n    return coutn + 1\r\n",
            "def f(count):\r\n    # 🙂\r\n    return count + 1\r\n",
        ),
        (
            "import typing\n\n\ndef f(x: typing.Sized) -> typing.Sized:\n    y: Sized = x\n    return y\n",
            "import typing\n\n\ndef f(x: typing.Sized) -> typing.Sized:\n    y: typing.Sized = x\n    return y\n",
        ),
        ("print(xrange(3))\n", "print(range(3))\n"),
    ],
)
async def test_the_first_fix(tmp_path: Path, wrong: str, right: str) -> None:
    assert await first_fix(tmp_path, wrong, CODE) == right


async def test_a_name_like_nothing_is_left_alone(tmp_path: Path) -> None:
    found = await search(tmp_path, "def f(a):\n    return frobnicate(a)\n", CODE)

    assert found.found == []


async def test_both_ends_of_a_slip_are_offered(tmp_path: Path) -> None:
    found = await search(tmp_path, "def f(value):\n    resutl = value\n    return result\n", CODE)

    assert [fix.text for fix in found.found][:2] == [
        "def f(value):\n    result = value\n    return result\n",
        "def f(value):\n    resutl = value\n    return resutl\n",
    ]
