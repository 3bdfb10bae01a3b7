"""Methods that do not fit what they override: the base's signature is taken, or the fix is not offered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.asking import first_fix, search_for

BASE = """\
class Store:
    def save(self, key: str, value: int = 0) -> int:
        return value

    async def load(self, key: str) -> int:
        return 1

    @property
    def size(self) -> int:
        return 0

    def clear(self) -> int:
        return 0


"""


@pytest.mark.parametrize(
    ("code", "wrong", "right"),
    [
        (
            "lost-keyword-for-regular-parameter",
            "    def save(self, name: str, value: int = 0) -> int:\n        return len(name) + value\n",
            "    def save(self, key: str, value: int = 0) -> int:\n        return len(key) + value\n",
        ),
        (
            "incompatible-method-override",
            "    def save(self, key: str) -> int:\n        return len(key)\n",
            "    def save(self, key: str, value: int = 0) -> int:\n        return len(key)\n",
        ),
        (
            "incompatible-method-override",
            "    def save(self, key: str, value: int, extra: int) -> int:\n        return value\n",
            "    def save(self, key: str, value: int = 0) -> int:\n        return value\n",
        ),
        (
            "incompatible-method-override",
            "    def save(self, key: str, value: int) -> int:\n        return value\n",
            "    def save(self, key: str, value: int = 0) -> int:\n        return value\n",
        ),
        (
            "incompatible-method-override",
            "    def save(self, key: bytes, value: int = 0) -> int:\n        return value\n",
            "    def save(self, key: str, value: int = 0) -> int:\n        return value\n",
        ),
        (
            "incompatible-method-override",
            "    def load(self, key: str) -> int:\n        return 2\n",
            "    async def load(self, key: str) -> int:\n        return 2\n",
        ),
        (
            "incompatible-property-override",
            "    def size(self) -> int:\n        return 2\n",
            "    @property\n    def size(self) -> int:\n        return 2\n",
        ),
        (
            "incompatible-property-override",
            "    @property\n    def clear(self) -> int:\n        return 2\n",
            "    def clear(self) -> int:\n        return 2\n",
        ),
    ],
    ids=["name", "missing", "surplus", "default", "type", "async", "property", "no-property"],
)
async def test_the_base_decides(tmp_path: Path, code: str, wrong: str, right: str) -> None:
    head = f"{BASE}class Memory(Store):\n"

    assert await first_fix(tmp_path, head + wrong, code) == head + right


async def test_the_base_is_in_another_file_and_the_line_ends_are_kept(tmp_path: Path) -> None:
    text = (
        "from base import Store\r\n\r\n\r\nclass Memory(Store):\r\n"
        '    def save(self, name: str) -> int:\r\n        return len("🐍" + name)\r\n'
    )
    others = {"base.py": "class Store:\n    def save(self, key: str) -> int:\n        return 0\n"}

    fixed = await first_fix(tmp_path, text, "lost-keyword-for-regular-parameter", others=others)

    assert fixed == text.replace("name", "key")


async def test_the_base_is_wrong_when_the_other_overrides_agree(tmp_path: Path) -> None:
    classes = "".join(
        f"\n\nclass {name}(Store):\n    def save(self, key):\n        return key\n" for name in ("A", "B", "C")
    )
    text = f"class Store:\n    def save(self, kye):\n        return kye\n{classes}"

    assert await first_fix(tmp_path, text, "lost-keyword-for-regular-parameter") == text.replace("kye", "key")


async def test_a_parameter_that_the_body_needs_is_not_taken_out(tmp_path: Path) -> None:
    text = (
        f"{BASE}class Memory(Store):\n"
        "    def save(self, key: str, value: int = 0, *, twice: bool) -> int:\n"
        "        return value * (1 + twice)\n"
    )

    search = await search_for(tmp_path, text, "incompatible-method-override")

    assert [fix.candidate.title for fix in search.found if "Take twice" in fix.candidate.title] == []


async def test_an_override_of_nothing_is_named_as_the_base_has_it(tmp_path: Path) -> None:
    text = (
        "from typing import override\n\n\nclass Store:\n    def save(self) -> int:\n        return 0\n\n\n"
        "class Memory(Store):\n    @override\n    def saev(self) -> int:\n        return 1\n"
    )

    assert await first_fix(tmp_path, text, "invalid-explicit-override") == text.replace("saev", "save")


async def test_an_overload_has_the_names_of_the_implementation(tmp_path: Path) -> None:
    text = (
        "from typing import overload\n\n\n@overload\ndef twice(the_value: int) -> int: ...\n@overload\n"
        "def twice(value: str) -> str: ...\ndef twice(value):\n    return value * 2\n"
    )
    inside = "class A:\n" + "".join(f"    {line}\n" for line in text.split("\n\n\n")[1].splitlines())
    inside = "from typing import overload\n\n\n" + inside.replace("twice(", "twice(self, ")

    fixed = await first_fix(tmp_path, inside, "inconsistent-overload-implementation")

    assert fixed == inside.replace("the_value", "value")
