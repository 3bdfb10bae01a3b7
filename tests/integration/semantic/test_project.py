"""project_structure, dependency_graph and import_path_of, with the turn's edits in view."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from punie_semantic.exceptions import PathError, SourceError, UnknownSymbol
from punie_semantic.overlay import Buffer
from punie_semantic.tools.files import edit_file
from punie_semantic.tools.project import dependency_graph, import_path_of, project_structure
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project

FILES: dict[str, str | bytes] = {
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["httpx>=1", "rich"]\n',
    "README.md": "# Shop\n",
    "src/shop/__init__.py": "",
    "src/shop/models.py": "class Item: ...\n",
    "src/shop/prices.py": "from .models import Item\n\n\ndef price(item: Item) -> int:\n    return 1\n",
    "src/shop/cart.py": "from shop import prices\nfrom shop.store import save\n",
    "src/shop/store.py": "import json\n\n\ndef save() -> None:\n    import shop.cart\n",
    "src/shop/broken.py": "from shop import models\ndef f(:\n",
    "tests/helpers.py": "from shop.models import Item\n",
    "tests/test_cart.py": "import helpers\nimport shop.cart\n",
    "scripts/run-me.py": "import shop.prices\n",
    "data/one.txt": "1\n",
    "data/deep/two.txt": "2\n",
}


@pytest.fixture
async def workspace(project: Project) -> AsyncGenerator[Workspace]:
    async with Workspace.open(project(FILES)) as opened:
        yield opened


async def test_the_structure(workspace: Workspace) -> None:
    result = await project_structure(workspace, 2)

    assert (result.state, result.name, result.python_files) == ("clean", "project", 9)
    assert result.source_roots == ["src", "."]
    assert (result.settings_files, result.dependencies) == (["pyproject.toml"], ["httpx", "rich"])
    found = [(f.path, f.python_files, f.other_files, f.package) for f in result.folders]
    assert found == [
        (".", 9, 4, ""),
        ("data", 0, 2, ""),
        ("data/deep", 0, 1, ""),
        ("scripts", 1, 0, ""),
        ("src", 6, 0, ""),
        ("src/shop", 6, 0, "shop"),
        ("tests", 2, 0, ""),
    ]
    assert [f.path for f in (await project_structure(workspace, 0)).folders] == ["."]


async def test_who_imports_whom(workspace: Workspace) -> None:
    graph = await dependency_graph(workspace)

    edges = {m.module: m.imports for m in graph.modules}
    assert (graph.state, graph.total) == ("clean", 9)
    assert edges == {
        "scripts.run-me": ["shop.prices"],
        "shop": [],
        "shop.broken": ["shop.models"],
        "shop.cart": ["shop.prices", "shop.store"],
        "shop.models": [],
        "shop.prices": ["shop.models"],
        "shop.store": ["shop.cart"],
        "tests.helpers": ["shop.models"],
        "tests.test_cart": ["shop.cart", "tests.helpers"],
    }
    assert graph.cycles == [["shop.cart", "shop.store", "shop.cart"]]


@pytest.mark.parametrize("name", ["shop.prices", "src/shop/prices.py"])
async def test_one_module(workspace: Workspace, name: str) -> None:
    graph = await dependency_graph(workspace, name)

    assert [(m.module, m.file, m.imports) for m in graph.modules] == [
        ("shop.prices", "src/shop/prices.py", ["shop.models"])
    ]
    assert graph.modules[0].imported_by == ["scripts.run-me", "shop.cart"]
    assert graph.depends_on == ["shop.models"]
    assert graph.dependents == ["scripts.run-me", "shop.cart", "shop.store", "tests.test_cart"]
    assert (graph.cycles, graph.chain) == ([], [])


async def test_the_shortest_way_between_two_modules(workspace: Workspace) -> None:
    graph = await dependency_graph(workspace, "tests/test_cart.py", chain_to="shop.models")
    back = await dependency_graph(workspace, "shop.models", chain_to="tests.test_cart")

    assert graph.chain == ["tests.test_cart", "tests.helpers", "shop.models"]
    assert back.chain == []


async def test_the_graph_sees_the_edits_and_the_unsaved_documents(workspace: Workspace) -> None:
    store = workspace.root / "src" / "shop" / "store.py"
    await workspace.begin({store: Buffer("import json\n", 4)})
    workspace.overlay.create(workspace.root / "src" / "shop" / "new.py", "import shop.models\n")
    workspace.overlay.delete(workspace.root / "src" / "shop" / "prices.py")
    await edit_file(workspace, "src/shop/models.py", "class", "import shop.new\n\n\nclass")

    graph = await dependency_graph(workspace)

    assert graph.cycles == [["shop.models", "shop.new", "shop.models"]]
    assert "shop.prices" not in {m.module for m in graph.modules}
    assert graph.versions == {"src/shop/store.py": 4}


async def test_a_long_circle_is_one_cycle(project: Project) -> None:
    files: dict[str, str | bytes] = {f"m{n}.py": f"import m{(n + 1) % 1200}\n" for n in range(1200)}
    async with Workspace.open(project(files)) as workspace:
        graph = await dependency_graph(workspace, "m0")

    assert [len(cycle) for cycle in graph.cycles] == [1201]
    assert len(graph.depends_on) == 1199


@pytest.mark.parametrize("name", ["shop.nothing", "nowhere"])
async def test_an_unknown_module(workspace: Workspace, name: str) -> None:
    with pytest.raises(UnknownSymbol, match="has no module"):
        await dependency_graph(workspace, name)


async def test_an_unknown_module_with_a_near_name(workspace: Workspace) -> None:
    with pytest.raises(UnknownSymbol, match=r"Did you mean shop\.cart") as caught:
        await dependency_graph(workspace, "cart")

    assert caught.value.nearest == ["shop.cart"]


@pytest.mark.parametrize(
    ("path", "symbol", "statement"),
    [
        ("src/shop/cart.py", "", "import shop.cart"),
        ("src/shop/models.py", "Item", "from shop.models import Item"),
        ("src/shop/cart.py", "prices", "from shop.cart import prices"),
        ("src/shop/__init__.py", "", "import shop"),
        ("tests/helpers.py", "", "import tests.helpers"),
        ("scripts/run-me.py", "", ""),
    ],
)
async def test_how_something_is_imported(workspace: Workspace, path: str, symbol: str, statement: str) -> None:
    assert (await import_path_of(workspace, path, symbol)).statement == statement


@pytest.mark.parametrize(
    ("path", "symbol", "error"),
    [
        ("src/shop/models.py", "item", UnknownSymbol),
        ("src/shop/broken.py", "f", UnknownSymbol),
        ("README.md", "", SourceError),
        ("../x.py", "", PathError),
        ("src/shop/gone.py", "", PathError),
        ("src/shop", "", PathError),
    ],
)
async def test_what_cannot_be_imported(workspace: Workspace, path: str, symbol: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await import_path_of(workspace, path, symbol)


async def test_a_package_that_is_the_workspace_itself(project: Project) -> None:
    root = project({"__init__.py": "", "a.py": "from . import b\n", "b.py": ""})
    async with Workspace.open(root) as workspace:
        graph = await dependency_graph(workspace)

    assert {m.module: m.imports for m in graph.modules if m.module in ("a", "b")} == {"a": ["b"], "b": []}


async def test_symlinks_out_of_the_workspace_are_refused(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("key = 1\n")
    (workspace.root / "link.py").symlink_to(tmp_path / "secret.py")

    with pytest.raises(PathError, match="leaves the workspace"):
        await import_path_of(workspace, "link.py", "key")
