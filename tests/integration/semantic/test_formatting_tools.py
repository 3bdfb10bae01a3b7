"""format_code, ruff_format, organize_imports, add_import and remove_unused, with the project's own settings."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from punie_semantic.exceptions import EditError, PathError, SourceError
from punie_semantic.tools.actions import ruff_fix
from punie_semantic.tools.formatting import add_import, format_code, organize_imports, remove_unused, ruff_format
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project

FILES: dict[str, str | bytes] = {
    "pyproject.toml": "[tool.ruff]\nline-length = 30\n",
    "shop/__init__.py": "from shop.cart import total\n",
    "shop/cart.py": "from shop.prices import price\n\ntotal = price\n",
    "shop/prices.py": "from shop import tax\n\nprice = tax.VAT\n",
    "shop/tax.py": "VAT = 20\n",
    "ugly.py": "x = [1,2,3,  '📚', '價']\r\ny   = 1\r\nz   = 2\r\n".encode(),
    "long.py": "values = call(first, second, third)\n",
    "imports.py": "import sys, os\nimport abc\n\nprint(os)\n",
    "unused.py": "import os\nimport sys  # noqa: F401\n\n\ndef f() -> None:\n"
    "    y = 1\n    try:\n        pass\n    except OSError as e:\n        pass\n",
    "broken.py": "import os\nx = (\n",
    "sub/a.py": "a  = 1\n",
    "sub/b.py": "b  = (\n",
    "notes.md": "x  = 1\n",
}


@pytest.fixture
async def workspace(project: Project) -> AsyncGenerator[Workspace]:
    async with Workspace.open(project(FILES)) as opened:
        yield opened


def text(workspace: Workspace, name: str) -> str:
    return workspace.overlay.text(workspace.root / name)


async def test_a_file_is_formatted_with_the_project_s_settings(workspace: Workspace) -> None:
    await format_code(workspace, "ugly.py")
    await format_code(workspace, "long.py")

    assert text(workspace, "ugly.py") == ('x = [1, 2, 3, "📚", "價"]\r\ny = 1\r\nz = 2\r\n')
    assert text(workspace, "long.py") == "values = call(\n    first, second, third\n)\n"


@pytest.mark.parametrize(("lines", "expected"), [((2, 2), "y = 1\r\nz   = 2\r\n"), ((3, 0), "y   = 1\r\nz = 2\r\n")])
async def test_some_lines_are_formatted(workspace: Workspace, lines: tuple[int, int], expected: str) -> None:
    await format_code(workspace, "ugly.py", *lines)

    assert text(workspace, "ugly.py") == f"x = [1,2,3,  '📚', '價']\r\n{expected}"


async def test_a_folder_is_formatted_as_far_as_it_parses(workspace: Workspace) -> None:
    result = await ruff_format(workspace, "sub")

    assert (result.files, text(workspace, "sub/a.py")) == (["sub/a.py"], "a = 1\n")
    assert result.note.startswith("b.py does not parse, so ruff left it alone")


async def test_imports_are_sorted_and_none_is_lost(workspace: Workspace) -> None:
    result = await organize_imports(workspace, "imports.py")

    assert text(workspace, "imports.py") == "import abc\nimport os\nimport sys\n\nprint(os)\n"
    assert (await organize_imports(workspace, "imports.py")).changed is False
    assert result.changed is True


async def test_only_what_is_safe_to_remove_is_removed(workspace: Workspace) -> None:
    result = await remove_unused(workspace, "unused.py")

    assert text(workspace, "unused.py") == (
        "import sys  # noqa: F401\n\n\ndef f() -> None:\n    y = 1\n    try:\n        pass\n"
        "    except OSError:\n        pass\n"
    )
    assert result.removed == [
        "line 1: `os` imported but unused (F401)",
        "line 9: Local variable `e` is assigned to but never used (F841)",
    ]
    assert result.left == ["line 5: Local variable `y` is assigned to but never used (F841)"]


@pytest.mark.parametrize("tool", [format_code, organize_imports, remove_unused])
async def test_a_file_that_does_not_parse_is_left_alone(workspace: Workspace, tool: object) -> None:
    with pytest.raises(EditError, match=r"broken\.py (does not parse|has a syntax error)"):
        await tool(workspace, "broken.py")  # ty: ignore[not-callable]
    with pytest.raises(SourceError, match="no Python file"):
        await tool(workspace, "notes.md")  # ty: ignore[not-callable]
    with pytest.raises(PathError):
        await tool(workspace, "../x.py")  # ty: ignore[not-callable]

    assert workspace.overlay.changes() == []


async def test_ranges_that_are_none(workspace: Workspace) -> None:
    with pytest.raises(EditError, match="which has 3 lines"):
        await format_code(workspace, "ugly.py", 9, 12)


@pytest.mark.parametrize(
    ("before", "arguments", "after"),
    [
        ("", ("pathlib", "Path"), "from pathlib import Path\n"),
        ("'''Doc.'''", ("os",), "'''Doc.'''\n\nimport os\n"),
        ("#!/usr/bin/env python\n# License\n\nx = 1\n", ("os",),
         "#!/usr/bin/env python\n# License\n\nimport os\n\nx = 1\n"),
        ("x = 1\n", ("os",), "import os\n\nx = 1\n"),
        ("import os\n\nx = os\n", ("abc", "ABC"), "import os\nfrom abc import ABC\n\nx = os\n"),
        ("from abc import ABC\r\n\r\nx = ABC\r\n", ("abc", "abstractmethod"),
         "from abc import ABC, abstractmethod\r\n\r\nx = ABC\r\n"),
        ("import sys\nimport abc\nx = 1\n", ("os", "", "o"), "import sys\nimport abc\nimport os as o\nx = 1\n"),
        ("'''Doc.'''\nimport os\n", ("__future__", "annotations"),
         "'''Doc.'''\n\nfrom __future__ import annotations\n\nimport os\n"),
        ("from __future__ import annotations\n\nx = 1\n", ("os",),
         "from __future__ import annotations\n\nimport os\n\nx = 1\n"),
        ("from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from pathlib import Path\n", ("pathlib", "Path"),
         "from pathlib import Path\nfrom typing import TYPE_CHECKING\n\n"
         "if TYPE_CHECKING:\n    from pathlib import Path\n"),
        ("import os\n", ("os",), "import os\n"),
        ("import os\n", ("os.path",), "import os\nimport os.path\n"),
        ("from abc import (\n    ABC,  # base\n)\n", ("abc", "ABC"), "from abc import (\n    ABC,  # base\n)\n"),
    ],
)  # fmt: skip
async def test_an_import_is_put_in_its_place(
    project: Project, before: str, arguments: tuple[str, ...], after: str
) -> None:
    async with Workspace.open(project({"a.py": before.encode()})) as workspace:
        result = await add_import(workspace, "a.py", *arguments)

        assert text(workspace, "a.py") == after
        assert result.changed == (before != after)


@pytest.mark.parametrize(
    ("path", "arguments", "message"),
    [
        ("shop/tax.py", ("shop.cart", "total"),
         "circular import: shop.tax imports shop.cart imports shop.prices imports shop.tax"),
        ("shop/tax.py", ("shop", "total"), "circular import: shop.tax imports shop imports shop.cart"),
        ("shop/tax.py", ("shop.tax", "VAT"), "VAT is defined in line 1"),
        ("shop/cart.py", ("shop.tax", "VAT", "total"), "total is defined in line 3 of this file already"),
        ("shop/cart.py", ("shop.tax", "VAT", "price"), "price is imported already, by `from shop.prices import price`"),
        ("shop/cart.py", ("shop.nowhere", "x"), "There is no x in shop.nowhere to import"),
        ("shop/cart.py", ("shop.tax", "nothing"), "There is no nothing in shop.tax to import"),
        ("shop/cart.py", ("os", "class"), "'class' is no name"),
        ("shop/cart.py", ("os path",), "'os path' is no name"),
        ("shop/cart.py", ("",), "'' is no module"),
        ("shop/cart.py", (".tax",), "needs a name"),
        ("shop/cart.py", ("os", "*"), r"without `\*`"),
        ("broken.py", ("os",), "cannot be placed: The file has a syntax error"),
    ],
)  # fmt: skip
async def test_imports_that_are_refused(
    workspace: Workspace, path: str, arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(EditError, match=message):
        await add_import(workspace, path, *arguments)

    assert workspace.overlay.changes() == []


async def test_an_import_for_types_only_is_no_circle(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "a.py": "x = 1\n",
        "b.py": (
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import a\n\n\n"
            "def f() -> None:\n    import a\n\n\ny = 1\n"
        ),
    }
    async with Workspace.open(project(files)) as workspace:
        assert (await add_import(workspace, "a.py", "b", "y")).changed is True


async def test_fixes_keep_the_line_ends_of_the_file(project: Project) -> None:
    async with Workspace.open(project({"a.py": b"import os\r\nimport sys\nprint(1)\r\n"})) as workspace:
        await ruff_fix(workspace, "a.py", "F401")

        assert text(workspace, "a.py") == "print(1)\r\n"
