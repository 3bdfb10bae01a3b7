"""What is called, indexed, iterated or unpacked and cannot be; keys, formats and annotations."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search

ROWS = "def of(rows: dict[str, int], names: list[str], n: int) -> None:\r\n    # 🙂\r\n"


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        ("print(names(0))", "print(names[0])", "not-callable"),
        ("print(len[names])", "print(len(names))", "not-subscriptable"),
        ("print(names.pop[0])", "print(names.pop(0))", "not-subscriptable"),
        ("for i in n:\r\n        print(i)", "for i in range(n):\r\n        print(i)", "not-iterable"),
        (
            "for k, v in rows.items:\r\n        print(k, v)",
            "for k, v in rows.items():\r\n        print(k, v)",
            "not-iterable",
        ),
        (
            "for k, v in rows.values():\r\n        print(k, v)",
            "for k, v in rows.items():\r\n        print(k, v)",
            "not-iterable",
        ),
        ("print((1, 2)[2], n)", "print((1, 2)[1], n)", "index-out-of-bounds"),
    ],
)
async def test_the_first_fix(tmp_path: Path, wrong: str, right: str, code: str) -> None:
    assert await first_fix(tmp_path, f"{ROWS}    {wrong}\r\n", code) == f"{ROWS}    {right}\r\n"


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        ("list(int)", "list[int]", "invalid-type-form"),
        ("any", "Any", "invalid-type-form"),
        ("int()", "int", "invalid-type-form"),
        ("[int]", "list[int]", "invalid-type-form"),
    ],
)
async def test_an_annotation_becomes_a_type(tmp_path: Path, wrong: str, right: str, code: str) -> None:
    text = "from typing import Any\n\nlast: Any = 1\n\n\ndef of(value: {}) -> None:\n    print(value)\n"

    assert await first_fix(tmp_path, text.format(wrong), code) == text.format(right)


async def test_keys_of_a_typed_dict(tmp_path: Path) -> None:
    text = (
        "from typing import TypedDict\n\n\nclass Row(TypedDict):\n    name: str\n    size: int\n\n\n"
        "def of(row: Row) -> str:\n    return row['{}']\n"
    )

    assert await first_fix(tmp_path, text.format("nmae"), "invalid-typed-dict-key") == text.format("name")


async def test_a_declared_key_that_everybody_spells_otherwise(tmp_path: Path) -> None:
    text = (
        "from typing import TypedDict\n\n\nclass Row(TypedDict):\n    {}: str\n    size: int\n\n\n"
        "def of(row: Row) -> str:\n    return row['name'] + row['name'].upper()\n\n\n"
        "def upper(row: Row) -> str:\n    return row['name'].upper()\n"
    )

    assert await first_fix(tmp_path, text.format("nmae"), "invalid-typed-dict-key") == text.format("name")


async def test_a_number_that_is_called_is_no_list(tmp_path: Path) -> None:
    found = await search(tmp_path, f"{ROWS}    print(n(1))\r\n", "not-callable")

    assert all("n[1]" not in fix.text for fix in found.found)
