"""rename_symbol: every reference follows, also those that ty leaves out, or nothing is changed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from punie_semantic.exceptions import EditError, PositionError, SemanticError
from punie_semantic.tools.symbol_edits import rename_symbol
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project

FILES: dict[str, str | bytes] = {
    "shop/__init__.py": (
        "from shop.prices import price as cost\nfrom .prices import price\n\n__all__ = ['cost', 'price']\n"
    ),
    "shop/prices.py": (
        "VAT = 20\n\n\ndef price(name: str) -> int:\n    '''A price.'''\n    global VAT\n    VAT += 1\n"
        "    return len(name)  # price\n"
    ),
    "shop/cart.py": (
        "import shop.prices as pp\r\nfrom .prices import price\r\n\r\n"
        "x = '📚' + str(price('📚')) + '價' + str(pp.price(name='c'))\r\n"
    ).encode(),
    "main.py": "from shop import cost, price\n\nprint(price(''), cost(''))\n",
    "animals.py": (
        "import threading\nfrom dataclasses import dataclass\nfrom typing import TypedDict\n\n\n"
        "class Base:\n    def go(self) -> int:\n        return 1\n\n"
        "    @property\n    def size(self) -> int:\n        return 1\n\n"
        "    @size.setter\n    def size(self, v: int) -> None: ...\n\n\n"
        "class Kid(Base):\n    def go(self) -> int:\n        self.legs = 4\n"
        "        return 2 + super().go() + self.size\n\n"
        "    def stop(self) -> int:\n        return self.legs\n\n\n"
        "class Worker(threading.Thread):\n    def run(self) -> None: ...\n\n    def helper(self) -> None: ...\n\n\n"
        "@dataclass\nclass Point:\n    x: int\n\n\n"
        "class Row(TypedDict):\n    key: int\n\n\n"
        "def use(b: Base, p: 'Point', row: Row) -> str:\n    b.size = 3\n    match p:\n"
        "        case Point(x=found):\n            print(found, Point(x=1), row['key'])\n"
        "    return f'{b.go()} 📚 {p.x}'\n"
    ),
}


@pytest.fixture
async def workspace(project: Project) -> AsyncGenerator[Workspace]:
    async with Workspace.open(project(FILES)) as opened:
        yield opened


def changed(workspace: Workspace) -> dict[str, list[str]]:
    """The new lines of each changed file."""
    found = {}
    for change in workspace.overlay.changes():
        old = change.source.text.split("\n")
        found[change.file] = [new for new, was in zip(change.text.split("\n"), old, strict=True) if new != was]
    return found


async def test_a_function_in_all_files_with_aliases_and_exports(workspace: Workspace) -> None:
    result = await rename_symbol(workspace, "cash", "shop.prices.price")

    assert changed(workspace) == {
        "main.py": ["from shop import cost, cash", "print(cash(''), cost(''))"],
        "shop/__init__.py": [
            "from shop.prices import cash as cost",
            "from .prices import cash",
            "__all__ = ['cost', 'cash']",
        ],
        "shop/cart.py": [
            "from .prices import cash\r",
            "x = '📚' + str(cash('📚')) + '價' + str(pp.cash(name='c'))\r",
        ],
        "shop/prices.py": ["def cash(name: str) -> int:"],
    }
    assert result.files == ["main.py", "shop/__init__.py", "shop/cart.py", "shop/prices.py"]
    assert result.note == "price is still in shop/prices.py:5, shop/prices.py:8."


async def test_by_a_use_of_it(workspace: Workspace) -> None:
    await rename_symbol(workspace, "cash", path="main.py", line=3, column=7)

    assert changed(workspace)["shop/prices.py"] == ["def cash(name: str) -> int:"]


async def test_an_alias_alone(workspace: Workspace) -> None:
    await rename_symbol(workspace, "dear", path="shop/__init__.py", line=1, column=35)

    assert changed(workspace) == {
        "main.py": ["from shop import dear, price", "print(price(''), dear(''))"],
        "shop/__init__.py": ["from shop.prices import price as dear", "__all__ = ['dear', 'price']"],
    }


async def test_an_alias_of_a_module(workspace: Workspace) -> None:
    await rename_symbol(workspace, "money", path="shop/cart.py", line=1, column=23)

    assert changed(workspace) == {
        "shop/cart.py": [
            "import shop.prices as money\r",
            "x = '📚' + str(price('📚')) + '價' + str(money.price(name='c'))\r",
        ]
    }


@pytest.mark.parametrize(
    ("arguments", "new_name", "lines"),
    [
        (
            {"symbol": "Base.go"},
            "leave",
            ["    def leave(self) -> int:", "    def leave(self) -> int:",
             "        return 2 + super().leave() + self.size", "    return f'{b.leave()} 📚 {p.x}'"],
        ),
        (
            {"symbol": "Base.size"},
            "weight",
            ["    def weight(self) -> int:", "    @weight.setter", "    def weight(self, v: int) -> None: ...",
             "        return 2 + super().go() + self.weight", "    b.weight = 3"],
        ),
        ({"symbol": "Kid.legs"}, "feet", ["        self.feet = 4", "        return self.feet"]),
        (
            {"symbol": "Point.x"},
            "left",
            ["    left: int", "        case Point(left=found):", "            print(found, Point(left=1), row['key'])",
             "    return f'{b.go()} 📚 {p.left}'"],
        ),
        (
            {"symbol": "Point"},
            "Spot",
            ["class Spot:", "def use(b: Base, p: 'Spot', row: Row) -> str:", "        case Spot(x=found):",
             "            print(found, Spot(x=1), row['key'])"],
        ),
        ({"path": "animals.py", "line": 46, "column": 19}, "hit",
         ["        case Point(x=hit):", "            print(hit, Point(x=1), row['key'])"]),
    ],
)  # fmt: skip
async def test_members_with_their_kin_and_patterns(
    workspace: Workspace, arguments: dict[str, Any], new_name: str, lines: list[str]
) -> None:
    await rename_symbol(workspace, new_name, **arguments)

    assert changed(workspace) == {"animals.py": lines}


async def test_a_global_statement_follows(workspace: Workspace) -> None:
    await rename_symbol(workspace, "TAX", "VAT")

    assert changed(workspace) == {"shop/prices.py": ["TAX = 20", "    global TAX", "    TAX += 1"]}


@pytest.mark.parametrize(
    ("symbol", "new_name", "message"),
    [
        ("price", "9x", "is no identifier"),
        ("price", "a b", "is no identifier"),
        ("price", "class", "is a keyword"),
        ("price", "price", "is called price already"),
        ("price", "len", r"len means something else already at shop/prices.py:8"),
        ("price", "x", r"x means something else already at shop/cart.py:4"),
        ("price", "__price__", "mean something to Python"),
        ("VAT", "price", "price means something else already at"),
        ("Base.go", "size", "has a member size already"),
        ("Base.go", "stop", "animals.Kid has a member stop already"),
        ("Base.go", "__go", "private to their class"),
        ("Worker.run", "begin", "overrides Thread.run, which is outside the workspace"),
        ("Worker.helper", "start", "would override Thread.start"),
        ("Row.key", "id", 'finds a new problem in animals.py:46: Unknown key "key"'),
        ("Base.nothing", "x", "There is no symbol 'Base.nothing'"),
    ],
)
async def test_what_is_refused_changes_nothing(workspace: Workspace, symbol: str, new_name: str, message: str) -> None:
    with pytest.raises(SemanticError, match=message):
        await rename_symbol(workspace, new_name, symbol)

    assert workspace.overlay.changes() == []


@pytest.mark.parametrize(
    ("path", "line", "column", "message"),
    [
        ("animals.py", 1, 8, "There is no symbol of the workspace|cannot be renamed"),
        ("animals.py", 4, 1, "There is no symbol of the workspace"),
        ("shop/cart.py", 1, 13, "rename_file"),
    ],
)
async def test_places_of_what_is_not_the_project_s(
    workspace: Workspace, path: str, line: int, column: int, message: str
) -> None:
    with (
        pytest.raises(EditError, match=message)
        if "rename_file" in message
        else pytest.raises(SemanticError, match=message)
    ):
        await rename_symbol(workspace, "other", path=path, line=line, column=column)
    with pytest.raises(PositionError):
        await rename_symbol(workspace, "other", path=path, line=4000, column=1)

    assert workspace.overlay.changes() == []


async def test_a_syntax_error_elsewhere_does_not_matter(project: Project) -> None:
    async with Workspace.open(
        project({"a.py": "one = 1\n", "b.py": "from a import one\n\nprint((one)\n"})
    ) as workspace:
        await rename_symbol(workspace, "two", "a.one")

        assert changed(workspace) == {"a.py": ["two = 1"], "b.py": ["from a import two", "print((two)"]}


async def test_a_name_that_the_module_has_already_is_refused_though_nothing_uses_it(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "a.py": "class Cart:\n    n = 1\n\n\nclass Gift(Cart):\n    n = 2\n",
        "b.py": "from a import Cart\n\nprint(Cart().n)\n",
    }
    async with Workspace.open(project(files)) as workspace:
        with pytest.raises(EditError, match=r"Cart means something else already at a\.py"):
            await rename_symbol(workspace, "Cart", symbol="Gift")

        assert workspace.overlay.changes() == []
