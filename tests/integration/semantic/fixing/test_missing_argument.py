"""Calls that lack an argument: the one that was dropped comes back where it was."""

from __future__ import annotations

from pathlib import Path

from tests.integration.semantic.fixing.first_fix import first_fix, search

AREA = "def area(width: int, height: int, *, unit: str) -> str:\n    return f'{width * height} {unit}'\n\n\n"


async def test_the_first_of_two_is_put_before_the_other(tmp_path: Path) -> None:
    body = "def show(width: int, height: int) -> str:\n    return area({}unit='cm')\n"

    fixed = await first_fix(tmp_path, AREA + body.format("height, "), "missing-argument")

    assert fixed == AREA + body.format("width, height, ")


async def test_a_parameter_that_must_be_named_gets_its_name(tmp_path: Path) -> None:
    body = "def show(side: int, unit: str) -> str:\n    return area(side, side{})\n"

    fixed = await first_fix(tmp_path, AREA + body.format(""), "missing-argument")

    assert fixed == AREA + body.format(", unit=unit")


async def test_an_attribute_that_nobody_reads_is_given_and_the_layout_kept(tmp_path: Path) -> None:
    text = (
        "class Box:\r\n"
        "    def __init__(self, width: int, height: int) -> None:\r\n"
        "        self.width = width\r\n"
        "        self.tall = height\r\n"
        "\r\n"
        "    def area(self) -> int:\r\n"
        "        # 📦\r\n"
        "        return product(\r\n"
        "            self.width,\r\n"
        "{}"
        "        )\r\n"
        "\r\n"
        "\r\n"
        "def product(first: int, second: int) -> int:\r\n"
        "    return first * second\r\n"
    )

    fixed = await first_fix(tmp_path, text.format(""), "missing-argument")

    assert fixed == text.format("            self.tall,\r\n")


async def test_a_default_comes_back_when_several_calls_leave_the_argument_out(tmp_path: Path) -> None:
    text = (
        "def read(path: str, encoding: str = 'utf-8') -> str:\n    return path + encoding\n\n\n"
        "def write(path: str, encoding: str{}) -> str:\n    return path + encoding\n\n\n"
        "write('a')\nwrite('b')\nwrite('c')\nwrite('d')\nread('a')\n"
    )

    fixed = await first_fix(tmp_path, text.format(""), "missing-argument")

    assert fixed == text.format(" = 'utf-8'")


async def test_nothing_is_invented(tmp_path: Path) -> None:
    found = await search(tmp_path, AREA + "area(1, unit='cm')\n", "missing-argument")

    assert [fix.candidate.title for fix in found.found if fix.candidate.generator == "missing argument"] == []


async def test_a_keyword_that_is_misspelt_is_not_given_twice(tmp_path: Path) -> None:
    body = "print(area(1, 2, {}='cm'))\n"

    fixed = await first_fix(tmp_path, AREA + body.format("unti"), "missing-argument")

    assert fixed == AREA + body.format("unit")


async def test_what_the_comprehension_is_over(tmp_path: Path) -> None:
    text = (
        "class Key:\n    def __init__(self, k: str) -> None:\n        self.k = k\n\n\n"
        "def keys(k: list[str]) -> list[Key]:\n    return [Key({}) for _k in k]\n"
    )

    assert await first_fix(tmp_path, text.format(""), "missing-argument") == text.format("_k")


async def test_other_calls_give_the_same_twice(tmp_path: Path) -> None:
    text = (
        "def both(one: str, many: str) -> tuple[str, str]:\n    return one, many\n\n\n"
        "NAMES = [\n    both('day', 'day'),\n    both('hour'{}),\n    both('week', 'week'),\n]\n"
    )

    assert await first_fix(tmp_path, text.format(""), "missing-argument") == text.format(", 'hour'")


async def test_what_the_guard_before_asks_for_comes_before_the_state_of_the_object(tmp_path: Path) -> None:
    text = (
        "import json\n\n\nclass Lines:\n    def __init__(self, lines):\n        self.lines = lines\n"
        "        self._at = '0'\n\n    def next(self):\n        while True:\n            self._at = str(1)\n"
        "            line = next(self.lines).strip()\n            if not line:\n                continue\n"
        "            try:\n                return json.loads({})\n            except ValueError:\n"
        "                continue\n"
    )

    assert await first_fix(tmp_path, text.format(""), "missing-argument") == text.format("line")


async def test_the_class_that_the_branch_makes(tmp_path: Path) -> None:
    text = (
        "class Any_:\n    def __init__(self, *parts: object) -> None:\n        self.parts = parts\n\n"
        "    def both(self, other: object) -> 'All':\n        if isinstance(other{}):\n"
        "            return All(*other.parts, self)\n        return All(self, other)\n\n\n"
        "class All:\n    def __init__(self, *parts: object) -> None:\n        self.parts = parts\n"
    )

    assert await first_fix(tmp_path, text.format(""), "missing-argument") == text.format(", All")


async def test_the_name_of_a_type_variable(tmp_path: Path) -> None:
    text = "from typing import TypeVar\n\nT = TypeVar({})\n"
    first = await first_fix(tmp_path, text.format(""), "invalid-legacy-type-variable")

    assert first == text.format('"T"')
    assert await first_fix(tmp_path, text.format('"T", "T"'), "invalid-legacy-type-variable") == text.format('"T"')
