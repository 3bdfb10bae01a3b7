"""`self` and `cls`: left out before an attribute, or missing among the parameters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search

CODE = "unresolved-reference"
BASE = "class A:\n    def get(self):\n        return 1\n\n\n"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            "class A:\n    total = 0\n\n    def show(self):\n        return total\n",
            "class A:\n    total = 0\n\n    def show(self):\n        return self.total\n",
        ),
        (
            "class A:\n    name = '🙂'\n\n    def show():\n        return self.name\n",
            "class A:\n    name = '🙂'\n\n    def show(self):\n        return self.name\n",
        ),
        (
            "class A:\n    name = ''\n\n    def show(slef, n):\n        return self.name * n\n",
            "class A:\n    name = ''\n\n    def show(self, n):\n        return self.name * n\n",
        ),
        (
            "class A:\r\n    name = ''\r\n\r\n    def show(self):\r\n        return selfname\r\n",
            "class A:\r\n    name = ''\r\n\r\n    def show(self):\r\n        return self.name\r\n",
        ),
        (
            f"{BASE}class B(A):\n    def show(self):\n        return get()\n",
            f"{BASE}class B(A):\n    def show(self):\n        return self.get()\n",
        ),
        (
            "class A:\n    limit = 1\n\n    @classmethod\n    def show(cls):\n        return self.limit\n",
            "class A:\n    limit = 1\n\n    @classmethod\n    def show(cls):\n        return cls.limit\n",
        ),
    ],
)
async def test_the_first_fix(tmp_path: Path, wrong: str, right: str) -> None:
    assert await first_fix(tmp_path, wrong, CODE) == right


async def test_self_outside_of_a_class_is_left_alone(tmp_path: Path) -> None:
    found = await search(tmp_path, "def show():\n    return self.name\n", CODE)

    assert found.found == []
