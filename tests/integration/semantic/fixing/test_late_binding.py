"""Names that are bound, but not here or not yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search

CODE = "unresolved-reference"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            "try:\n    print()\nexcept (OSError, ValueError):\n    print(error)\n",
            "try:\n    print()\nexcept (OSError, ValueError) as error:\n    print(error)\n",
        ),
        (
            "with open('🙂'):\n    print(stream.read())\n",
            "with open('🙂') as stream:\n    print(stream.read())\n",
        ),
        (
            "count = 0\n\n\ndef add():\n    count += 1\n",
            "count = 0\n\n\ndef add():\n    global count\n    count += 1\n",
        ),
        (
            "def outer():\n    n = 0\n\n    def inner():\n        n += 1\n        return n\n\n    return inner\n",
            "def outer():\n    n = 0\n\n    def inner():\n        nonlocal n\n        n += 1\n        return n\n\n"
            "    return inner\n",
        ),
        (
            "def f(a):\r\n    c = b + 1\r\n    b = a\r\n    return b, c\r\n",
            "def f(a):\r\n    b = a\r\n    c = b + 1\r\n    return b, c\r\n",
        ),
        (
            "import collections\n\nprint(co.Counter())\n",
            "import collections as co\n\nprint(co.Counter())\n",
        ),
    ],
)
async def test_the_first_fix(tmp_path: Path, wrong: str, right: str) -> None:
    assert await first_fix(tmp_path, wrong, CODE) == right


async def test_a_value_is_put_before_only_on_request(tmp_path: Path) -> None:
    text = "def f(a):\n    if a:\n        b = 1\n    return b\n"
    (tmp_path / "ty.toml").write_text('[rules]\npossibly-unresolved-reference = "error"\n')

    found = await search(tmp_path, text, "possibly-unresolved-reference")
    asked = await search(tmp_path, text, "possibly-unresolved-reference", unsafe=True)

    assert found.found == []
    assert [fix.text for fix in asked.found][:1] == [
        "def f(a):\n    b = None\n    if a:\n        b = 1\n    return b\n",
    ]


async def test_a_name_that_no_handler_could_have_is_left_alone(tmp_path: Path) -> None:
    found = await search(tmp_path, "def f():\n    try:\n        print()\n    finally:\n        print(error)\n", CODE)

    assert "where it is bound" not in {fix.candidate.generator for fix in found.found}
