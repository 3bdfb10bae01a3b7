"""Workspaces on real projects."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from punie_semantic.workspace import Workspace
from tests.integration.semantic.projects import write_project

Project = Callable[[dict[str, str | bytes]], Path]

SHOP: dict[str, str | bytes] = {
    "pyproject.toml": '[tool.ruff]\nlint.select = ["E", "F", "I"]\n',
    "shop/__init__.py": "",
    "shop/prices.py": "def price(name: str) -> int:\n    return len(name)\n\n\nVAT = 20\n",
    "shop/cart.py": (
        "import os\n"
        "\n"
        "from shop.prices import VAT, price\n"
        "\n"
        "\n"
        "class Cart:\n"
        "    def total(self, names: list[str]) -> int:\n"
        "        return sum(price(n) for n in names) * VAT\n"
    ),
    "shop/wrong.py": 'x: int = "one"\n',
    "shop/clean.py": "one = 1\n",
    "shop/syntax.py": "def f(:\n    pass\n",
    "shop/latin.py": "# coding: latin-1\nimport os\n\nname = 'ü'\n".encode("latin-1"),
    "shop/binary.py": b"\xff\xfe\x00",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Writes a project."""
    return lambda files: write_project(tmp_path / "project", files)


@pytest.fixture
async def shop(project: Project) -> AsyncGenerator[Workspace]:
    """A workspace on a small project with one fault of each kind."""
    async with Workspace.open(project(SHOP)) as workspace:
        yield workspace
