"""Arguments that a function does not take: dropped, renamed, or added to its definition."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search

AREA = "def area(width: int, height: int, *, unit: str = 'cm') -> str:\n    return f'{width * height} {unit}'\n\n\n"


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        ("area(2, 3, unti='m')", "area(2, 3, unit='m')", "unknown-argument"),
        ("area(2, 3, 'm')", "area(2, 3, unit='m')", "too-many-positional-arguments"),
        ("area(2, 2, 3)", "area(2, 3)", "too-many-positional-arguments"),
        ("area(2, 3, colour='m')", "area(2, 3)", "unknown-argument"),
        ("area(2, 3, unit='m', unit='m')", "area(2, 3, unit='m')", "invalid-syntax"),
        ("isinstance(2, int, str)", "isinstance(2, (int, str))", "too-many-positional-arguments"),
        ("len(obj='🙂')", "len('🙂')", "positional-only-parameter-as-kwarg"),
    ],
)
async def test_the_call_is_mended(tmp_path: Path, wrong: str, right: str, code: str) -> None:
    fixed = await first_fix(tmp_path, f"{AREA}print({wrong})\r\n", code)

    assert fixed == f"{AREA}print({right})\r\n"


async def test_the_definition_gets_the_parameter_that_its_body_uses(tmp_path: Path) -> None:
    text = "def area(width: int{}) -> int:\n    return width * height\n\n\nprint(area(2, 3))\n"

    fixed = await first_fix(tmp_path, text.format(""), "too-many-positional-arguments")

    assert fixed == text.format(", height")


async def test_a_keyword_that_no_overload_has_is_renamed(tmp_path: Path) -> None:
    text = "def of(names: list[str]) -> list[str]:\n    return sorted(names, {}=len)\n"

    fixed = await first_fix(tmp_path, text.format("kye"), "no-matching-overload")

    assert fixed == text.format("key")


async def test_another_file_is_changed_only_for_what_its_body_lacks(tmp_path: Path) -> None:
    shapes = {"shapes.py": "def area(width: int) -> int:\n    return width * width\n"}

    found = await search(
        tmp_path, "from shapes import area\n\nprint(area(2, 3))\n", "too-many-positional-arguments", others=shapes
    )

    assert {fix.file for fix in found.found} == {"example.py"}
