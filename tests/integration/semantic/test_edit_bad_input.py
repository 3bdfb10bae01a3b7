"""The edit tools on files and servers that are not as they should be: a typed error, and nothing half-written."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest

from punie_semantic.exceptions import SemanticError
from punie_semantic.results import EditResult, EditsResult
from punie_semantic.tools.edits import delete_file, rename_file, write_file
from punie_semantic.tools.files import edit_file
from punie_semantic.tools.formatting import add_import, format_code, organize_imports, remove_unused, ruff_format
from punie_semantic.tools.symbol_edits import insert_at_symbol, rename_symbol, replace_symbol
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.test_ty_restart import kill_ty

Call = Callable[[Workspace, str], Awaitable[EditResult | EditsResult]]

BY_PATH: dict[str, Call] = {
    "edit_file": lambda w, p: edit_file(w, p, "price", "cost"),
    "write_file": lambda w, p: write_file(w, p, "x = 1\n"),
    "rename_file": lambda w, p: rename_file(w, p, "other.py"),
    "delete_file": delete_file,
    "insert_at_symbol": lambda w, p: insert_at_symbol(w, "price", "after", "x = 1", p),
    "replace_symbol": lambda w, p: replace_symbol(w, "price", "price = 1", p),
    "rename_symbol": lambda w, p: rename_symbol(w, "cost", "price", p),
    "format_code": format_code,
    "ruff_format": ruff_format,
    "organize_imports": organize_imports,
    "add_import": lambda w, p: add_import(w, p, "os"),
    "remove_unused": remove_unused,
}
FILES: dict[str, str | bytes] = {
    "good.py": "import abc, os\n\n\ndef price() -> int:\n  return 1\n",
    "binary.py": b"def price(): \0",
    "latin.py": b"price = '\xff'\n",
    "big.py": b"def price(): ...\n" + b"#" * (5 << 20),
    "locked.py": "import abc, os\n\n\ndef price() -> int:\n  return 1\n",
    "gone.py": "def price() -> int:\n    return 1\n",
}


@pytest.fixture
async def workspace(project: Project) -> AsyncGenerator[Workspace]:
    root = project(FILES)
    (root / "locked.py").chmod(0o444)
    (root / "link").symlink_to(root.parent, target_is_directory=True)
    async with Workspace.open(root) as opened:
        (root / "gone.py").unlink()
        yield opened


@pytest.mark.parametrize("tool", BY_PATH)
@pytest.mark.parametrize(
    "path",
    ["binary.py", "latin.py", "big.py", "locked.py", "gone.py", "../good.py", "/etc/hosts", "link/a.py", "GOOD.py"],
)
async def test_a_file_that_cannot_be_edited(workspace: Workspace, tool: str, path: str) -> None:
    if tool == "write_file" and path in ("gone.py", "GOOD.py"):
        assert (await BY_PATH[tool](workspace, path)).changed is True
        return
    if tool == "ruff_format" and path in ("binary.py", "latin.py", "big.py"):
        result = await ruff_format(workspace, path)
        assert (result.changed, result.note != "") == (False, True)
        return
    with pytest.raises(SemanticError) as caught:
        await BY_PATH[tool](workspace, path)

    assert len(str(caught.value)) > 20
    assert workspace.overlay.changes() == []


@pytest.mark.parametrize("tool", ["rename_symbol", "insert_at_symbol", "replace_symbol", "rename_file", "add_import"])
async def test_a_ty_that_was_killed_is_started_anew(workspace: Workspace, tool: str) -> None:
    await workspace.checker.by_ty(workspace.root / "good.py")
    await kill_ty()

    assert (await BY_PATH[tool](workspace, "good.py")).changed == (tool != "add_import")
