"""rename_symbol where ty does not see all: values without a type, stubs, `**`, subclasses by another name."""

from __future__ import annotations

import pytest

from punie_semantic.exceptions import EditError
from punie_semantic.tools.symbol_edits import rename_symbol
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project

LINK = "class Link:\n    def __init__(self) -> None:\n        self.expires = 1\n"


async def test_an_attribute_of_an_unknown_value_is_refused(project: Project) -> None:
    text = f"{LINK}\n\ndef late(link, now):\n    return link.expires < now\n"
    async with Workspace.open(project({"links.py": text})) as workspace:
        with pytest.raises(EditError, match=r"What link\.expires in links\.py:7 is, ty does not know"):
            await rename_symbol(workspace, "ends", "Link.expires")

        assert workspace.overlay.changes() == []


async def test_the_same_in_a_comment_or_a_string_is_not_refused(project: Project) -> None:
    text = f'{LINK}\n\nNOTE = "see link.expires"  # or link.expires\n'
    async with Workspace.open(project({"links.py": text})) as workspace:
        result = await rename_symbol(workspace, "ends", "Link.expires")

        assert result.note == "expires is still in links.py:6."


async def test_an_attribute_of_another_class_stays(project: Project) -> None:
    other = "class Token:\n    expires: int = 0\n\n\nprint(Token().expires)\n"
    async with Workspace.open(project({"links.py": LINK, "tokens.py": other})) as workspace:
        assert (await rename_symbol(workspace, "ends", "Link.expires")).files == ["links.py"]


async def test_a_stub_beside_the_module_follows(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "cache.py": "def fifo(size):\n    return size\n",
        "cache.pyi": "def fifo(size: int) -> int: ...\n",
        "use.py": "import cache\n\nprint(cache.fifo(1))\n",
    }
    async with Workspace.open(project(files)) as workspace:
        result = await rename_symbol(workspace, "lifo", "fifo", path="cache.py")

        assert result.files == ["cache.py", "cache.pyi", "use.py"]
        assert workspace.overlay.text(workspace.root / "use.py") == "import cache\n\nprint(cache.lifo(1))\n"


async def test_a_parameter_that_may_be_passed_with_stars_is_refused(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "cache.py": "def read(size: int = 1) -> int:\n    return size\n",
        "use.py": "from cache import read\n\nfor kwargs in ({'size': 2}, {}):\n    read(**kwargs)\n",
    }
    async with Workspace.open(project(files)) as workspace:
        with pytest.raises(EditError, match=r"use\.py calls read with \*\*, and size in line 3 may be passed so"):
            await rename_symbol(workspace, "length", path="cache.py", line=1, column=10)

        assert workspace.overlay.changes() == []


@pytest.mark.parametrize(
    ("imports", "base"),
    [
        ("from base import Cart", "Cart"),
        ("from base import Cart as Before", "Before"),
        ("import base as b", "b.Cart"),
        ("import base\n\nOther = base.Cart", "Other"),
        ("from again import Again", "Again"),
        ("from base import Cart", "\n    # a comment )\n    Cart,\n    object,\n"),
    ],
)
async def test_overrides_follow_however_the_base_is_called(project: Project, imports: str, base: str) -> None:
    files: dict[str, str | bytes] = {
        "base.py": "class Cart:\n    def total(self) -> int:\n        return 1\n",
        "again.py": "from base import Cart as Again\n",
        "middle.py": f"{imports}\n\n\nclass Middle({base}):\n    pass\n",
        "kid.py": "from middle import Middle\n\n\nclass Kid(Middle):\n    def total(self) -> int:\n        return 2\n",
    }
    async with Workspace.open(project(files)) as workspace:
        result = await rename_symbol(workspace, "amount", "Cart.total")

        assert result.files == ["base.py", "kid.py"]
