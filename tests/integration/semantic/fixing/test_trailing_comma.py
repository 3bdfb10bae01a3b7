"""Commas that make tuples of values, at the problem and where the value comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.asking import first_fix, search_for

HASH = "class Box:\n    size = 1\n\n    def __hash__(self):\n        return hash(self.size)  # 🙂\n"
ATTRIBUTE = (
    "class Box:\n    def __init__(self, name: str) -> None:\n        self.name = name.strip()\n\n"
    "    def shout(self) -> str:\n        return self.name.upper()\n"
)
VARIABLE = "name = '🙂'.strip()\n\n\nprint(name.upper())\n"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("right", "at", "code"),
    [
        (HASH, "hash(self.size)", "PLE0309"),
        (ATTRIBUTE, "name.strip()", "missing-attribute"),
        (VARIABLE, "'🙂'.strip()", "missing-attribute"),
    ],
)
async def test_it_is_taken_off(tmp_path: Path, right: str, at: str, code: str, ending: str) -> None:
    right = right.replace("\n", ending)

    assert await first_fix(tmp_path, right.replace(at, f"{at},"), code, select=("F", "PLE")) == right


async def test_a_tuple_that_is_meant_stays(tmp_path: Path) -> None:
    text = "def names() -> tuple[str]:\n    return ('🙂',)\n\n\nprint(names().upper())\n"

    search = await search_for(tmp_path, text, "missing-attribute")

    assert not any("comma" in fix.candidate.title for fix in search.found)
