"""Variables that hide what is meant: another name, everywhere but where the hidden one is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.asking import first_fix, search_for

LIST = "def f(items: list[int]) -> list[int]:\n    list = items[1:]\n    return [*list(range(3)), *list]\n"


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        (LIST, LIST.replace("    list =", "    list_ =").replace("*list]", "*list_]"), "not-callable"),
        (
            "# 🙂\r\ndef f(x: int) -> int:\r\n    max = max(x, 3)\r\n    return max\r\n",
            "# 🙂\r\ndef f(x: int) -> int:\r\n    max_ = max(x, 3)\r\n    return max_\r\n",
            "unresolved-reference",
        ),
        (
            'def f(x: str) -> str:\n    id = 3\n    return f"🙂 {id} {id(x)} {id:3}"\n',
            'def f(x: str) -> str:\n    id_ = 3\n    return f"🙂 {id_} {id(x)} {id_:3}"\n',
            "not-callable",
        ),
        (
            "import json\n\n\ndef save(json: dict[str, int]) -> str:\n    return json.dumps(json)\nsave(json={})\n",
            "import json\n\n\ndef save(json_: dict[str, int]) -> str:\n    return json.dumps(json_)\nsave(json_={})\n",
            "missing-attribute",
        ),
    ],
)
async def test_the_first_fix(tmp_path: Path, wrong: str, right: str, code: str) -> None:
    assert await first_fix(tmp_path, wrong, code) == right


async def test_a_name_that_is_taken_is_not_taken_again(tmp_path: Path) -> None:
    found = await search_for(tmp_path, LIST.replace("items", "list_"), "not-callable")

    assert all("Rename" not in fix.candidate.title for fix in found.found)


async def test_a_variable_that_hides_nothing(tmp_path: Path) -> None:
    found = await search_for(tmp_path, "def f(n: int) -> int:\n    return n(3)\n", "not-callable")

    assert all("Rename" not in fix.candidate.title for fix in found.found)
