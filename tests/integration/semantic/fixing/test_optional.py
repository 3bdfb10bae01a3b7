"""What may be None: conditions turned round, guards, origins and defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search

SIZE = "def size(text: str | None) -> int:\n"


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        (
            "    if text is not None:\n        return 0\n    return len(text)\n",
            "    if text is None:\n        return 0\n    return len(text)\n",
            "invalid-argument-type",
        ),
        (
            "    if not text:\n        return text.count('a')\n    return 0\n",
            "    if text:\n        return text.count('a')\n    return 0\n",
            "missing-union-attribute",
        ),
        (
            "    return 1 if text is None and text.isdigit() else 0\n",
            "    return 1 if text is not None and text.isdigit() else 0\n",
            "missing-attribute",
        ),
        (
            "    if text is None:\n        ValueError('none')\n    return len(text)\n",
            "    if text is None:\n        raise ValueError('none')\n    return len(text)\n",
            "invalid-argument-type",
        ),
        ("    return len(text)\n", "    assert text is not None\n    return len(text)\n", "invalid-argument-type"),
    ],
)
async def test_the_first_fix(tmp_path: Path, wrong: str, right: str, code: str) -> None:
    assert await first_fix(tmp_path, SIZE + wrong, code) == SIZE + right


async def test_a_guard_is_written_as_in_the_function_beside(tmp_path: Path) -> None:
    guard = "    if text is None:\r\n        return 0\r\n"
    beside = f"def words(text: str | None) -> int:\r\n{guard}    return len(text.split())\r\n\r\n\r\n"
    text = f"{beside}def size(text: str | None) -> int:\r\n    # 🙂\r\n{{}}    return len(text)\r\n"

    assert await first_fix(tmp_path, text.format(""), "invalid-argument-type") == text.format(guard)


async def test_none_gives_way_to_the_parameter_that_nobody_reads(tmp_path: Path) -> None:
    text = (
        "class Reader:\n    def __init__(self, source: list[str]) -> None:\n        self.source = {}\n\n"
        "    def first(self) -> str:\n        return self.source.pop()\n"
    )

    assert await first_fix(tmp_path, text.format("None"), "missing-union-attribute") == text.format("source")


async def test_a_function_stored_without_its_call_is_called_where_it_is_stored(tmp_path: Path) -> None:
    text = (
        "import time\n\n\nclass Watch:\n    def __init__(self) -> None:\n        self.start = time.monotonic{}\n\n"
        "    def passed(self) -> float:\n        return time.monotonic() - self.start\n"
    )

    assert await first_fix(tmp_path, text.format(""), "unsupported-operator") == text.format("()")


async def test_an_early_return_is_a_guess_and_held_back(tmp_path: Path) -> None:
    found = await search(tmp_path, SIZE + "    return len(text)\n", "invalid-argument-type")

    assert "Add if text is None: return 0" in [candidate.title for candidate in found.held_back]


async def test_what_is_none_unless_given_is_empty_then_rather_than_asserted(tmp_path: Path) -> None:
    text = "def call(path: str, options: dict[str, str] | None = None) -> str:\n{}    return path.format(**options)\n"

    fixed = await first_fix(tmp_path, text.format(""), "invalid-argument-type")

    assert fixed == text.format("    if options is None:\n        options = {}\n")


async def test_a_condition_about_it_asks_for_none_first(tmp_path: Path) -> None:
    text = (
        "class Rows:\n    def __contains__(self, key: object) -> bool:\n        return key == 'a'\n\n"
        "    def of(self, key: str) -> int:\n        return len(key)\n\n\n"
        "def first(rows: Rows, key: str | None) -> int:\n    if key is not None:\n        print(key)\n"
        "    if {}key in rows:\n        return rows.of(key)\n    return 0\n"
    )

    assert await first_fix(tmp_path, text.format(""), "invalid-argument-type") == text.format("key is not None and ")
