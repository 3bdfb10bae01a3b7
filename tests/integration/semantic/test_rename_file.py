"""rename_file: imports follow a file or a package, in every form; ty finds nothing new, or nothing is moved."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from punie_semantic.exceptions import EditError, PathError
from punie_semantic.tools.edits import rename_file, write_file
from punie_semantic.tools.files import edit_file
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project

FILES: dict[str, str | bytes] = {
    "shop/__init__.py": "from shop.prices import price as cost\nfrom .prices import price\n\n"
    "__all__ = ['cost', 'price']\n",
    "shop/prices.py": "def price(name: str) -> int:\n    return len(name)\n",
    "shop/cart.py": (
        "import shop.prices\r\nimport shop.prices as pp\r\nfrom . import prices\r\nfrom .prices import price\r\n\r\n"
        "x = shop.prices.price('📚') + price('') + prices.price('') + pp.price('')\r\n"
    ).encode(),
    "main.py": "from shop import cart, prices\nimport shop\n\n"
    "print(cart.x, prices, shop.prices)\nNAME = 'shop.prices'\n",
}


@pytest.fixture
async def workspace(project: Project) -> AsyncGenerator[Workspace]:
    async with Workspace.open(project(FILES)) as opened:
        yield opened


def text(workspace: Workspace, name: str) -> str:
    return workspace.overlay.text(workspace.root / name)


async def test_every_form_of_import_follows(workspace: Workspace) -> None:
    result = await rename_file(workspace, "shop/prices.py", "shop/costs.py")

    assert result.files == ["main.py", "shop/__init__.py", "shop/cart.py", "shop/costs.py"]
    assert "rename from shop/prices.py\nrename to shop/costs.py\n" in result.diff
    assert result.note == "Still named in text: main.py:5."
    assert text(workspace, "shop/cart.py") == (
        "import shop.costs\r\nimport shop.costs as pp\r\nfrom . import costs\r\nfrom .costs import price\r\n\r\n"
        "x = shop.costs.price('📚') + price('') + costs.price('') + pp.price('')\r\n"
    )
    assert text(workspace, "main.py") == (
        "from shop import cart, costs\nimport shop\n\nprint(cart.x, costs, shop.costs)\nNAME = 'shop.prices'\n"
    )
    assert (workspace.root / "shop/prices.py").exists()


async def test_into_another_folder_and_back(workspace: Workspace) -> None:
    await rename_file(workspace, "shop/cart.py", "shop/deep/cart.py")

    assert text(workspace, "shop/deep/cart.py").splitlines()[2:4] == [
        "from .. import prices",
        "from ..prices import price",
    ]
    assert text(workspace, "main.py").startswith("from shop.deep import cart\nfrom shop import prices\n")

    await rename_file(workspace, "shop/deep/cart.py", "shop/cart.py")

    assert [change.file for change in workspace.overlay.changes()] == ["main.py"]
    assert text(workspace, "main.py").startswith("from shop import cart\nfrom shop import prices\n")


async def test_into_a_new_folder_after_a_move_was_taken_back(workspace: Workspace) -> None:
    start = workspace.overlay.checkpoint()
    await rename_file(workspace, "shop/cart.py", "cart.py")
    workspace.overlay.rollback(start)

    assert "shop/inner/cart.py" in (await rename_file(workspace, "shop/cart.py", "shop/inner/cart.py")).files


async def test_a_whole_package(workspace: Workspace) -> None:
    result = await rename_file(workspace, "shop", "market")

    assert result.files == ["main.py", "market/__init__.py", "market/cart.py", "market/prices.py"]
    assert text(workspace, "main.py").startswith(
        "from market import cart, prices\nimport market\n\nprint(cart.x, prices, market.prices)\n"
    )


async def test_a_module_becomes_a_package(workspace: Workspace) -> None:
    await write_file(workspace, "shop/tax.py", "from .prices import price\n\nprint(price)\n")
    await rename_file(workspace, "shop/tax.py", "shop/tax/__init__.py")

    assert text(workspace, "shop/tax/__init__.py") == "from ..prices import price\n\nprint(price)\n"


async def test_a_stub_goes_with_its_module(workspace: Workspace) -> None:
    await write_file(workspace, "shop/prices.pyi", "def price(name: str) -> int: ...\n")
    result = await rename_file(workspace, "shop/prices.py", "shop/costs.py")

    assert {"shop/costs.py", "shop/costs.pyi"} <= set(result.files)


async def test_a_folder_src_is_no_package(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "src/a/__init__.py": "",
        "src/a/b.py": "x = 1\n",
        "src/a/c.py": "from a.b import x\n",
    }
    async with Workspace.open(project(files)) as workspace:
        await rename_file(workspace, "src/a/b.py", "src/a/d.py")

        assert text(workspace, "src/a/c.py") == "from a.d import x\n"


async def test_a_re_exported_module_keeps_its_name(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "pkg/__init__.py": "",
        "pkg/old.py": "x: int = 1\n",
        "api.py": "from pkg import old\n",
        "use.py": "from api import old\n\nprint(old.x)\n",
    }
    async with Workspace.open(project(files)) as workspace:
        await rename_file(workspace, "pkg/old.py", "pkg/new.py")

        assert text(workspace, "api.py") == "from pkg import new as old\n"
        assert text(workspace, "use.py") == "from api import old\n\nprint(old.x)\n"


async def test_a_file_that_is_no_module_just_moves(project: Project) -> None:
    async with Workspace.open(project({"notes.md": "# 📚\n", "a.py": ""})) as workspace:
        assert (await rename_file(workspace, "notes.md", "docs/notes.md")).files == ["docs/notes.md"]


@pytest.mark.parametrize(
    ("path", "new_path", "message"),
    [
        ("shop/prices.py", "shop/cart.py", "exists already"),
        ("shop/prices.py", "shop", "is a folder"),
        ("shop/__init__.py", "market/__init__.py", "Move the folder shop instead"),
        ("shop", "shop/inner", "into itself"),
        ("shop", ".", "exists already"),
        ("shop/prices.py", "shop/class.py", "is a Python keyword"),
        ("shop/prices.py", "shop/my-prices.py", "was not moved"),
        ("shop/prices.py", "shop/prices.txt", "was not moved"),
        ("shop/none.py", "shop/x.py", "does not exist"),
        ("shop/prices.py", "../prices.py", "outside the workspace"),
        ("../x.py", "x.py", "outside the workspace"),
    ],
)
async def test_what_is_refused_changes_nothing(workspace: Workspace, path: str, new_path: str, message: str) -> None:
    with pytest.raises((EditError, PathError), match=message):
        await rename_file(workspace, path, new_path)

    assert workspace.overlay.changes() == []


async def test_an_importer_that_does_not_parse_is_told(workspace: Workspace) -> None:
    await edit_file(workspace, "main.py", "print(", "print((")
    before = workspace.overlay.state

    with pytest.raises(EditError, match=r"main.py cannot follow the move: The file has a syntax error"):
        await rename_file(workspace, "shop/prices.py", "shop/costs.py")
    assert workspace.overlay.state == before
