"""What is unused because it, or its use, is misspelt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        (
            "def half(total):\n    resutl = total / 2  # 🙂\n    return result\n",
            "def half(total):\n    result = total / 2  # 🙂\n    return result\n",
            "F841",
        ),
        (
            "def half(total):\r\n    result = total\r\n    resutl = result / 2\r\n    return result\r\n",
            "def half(total):\r\n    result = total\r\n    result = result / 2\r\n    return result\r\n",
            "F841",
        ),
        ("import josn\nprint(json.dumps([]))\n", "import json\nprint(json.dumps([]))\n", "F401"),
    ],
)
async def test_the_first_fix(tmp_path: Path, wrong: str, right: str, code: str) -> None:
    assert await first_fix(tmp_path, wrong, code) == right


async def test_an_unused_variable_is_not_given_to_something_else(tmp_path: Path) -> None:
    found = await search(
        tmp_path, "class A:\n    def f(self, text):\n        tmp = text.upper()\n        return text\n", "F841"
    )

    assert all("self.tmp" not in fix.text for fix in found.found)
    assert all(fix.candidate.generator != "unused" for fix in found.found)
