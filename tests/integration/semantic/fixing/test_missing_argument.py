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
