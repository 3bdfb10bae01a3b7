"""Checks of files that are odd, broken, huge or gone: a typed error or unknown, and positions that are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.exceptions import PathError, SourceError
from punie_semantic.sources import MAX_SOURCE_BYTES
from punie_semantic.tools.checks import diagnostics, ruff_check, typecheck
from punie_semantic.tools.files import edit_file
from punie_semantic.tools.review import checkpoint, verify_edits
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.test_ty_restart import kill_ty


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("s = '📚é中'; x: int = ''\n".encode(), 1, 21),
        (b"a = 1\r\nx: int = ''\r\n", 2, 10),
        (b"\xef\xbb\xbfx: int = ''\n", 1, 10),
        (b"a = 1\n\fx: int = ''\n", 2, 11),
        (b"x: int = ''", 1, 10),
        ("# coding: latin-1\ns = 'é'; x: int = ''\n".encode("latin-1"), 2, 19),
    ],
    ids=["emoji", "CRLF", "BOM", "form feed", "no final newline", "latin-1"],
)
async def test_places_are_code_points(project: Project, source: bytes, line: int, column: int) -> None:
    async with Workspace.open(project({"a.py": source})) as workspace:
        error = (await typecheck(workspace, "a.py")).errors[0]

    assert (error.line, error.column, error.code) == (line, column, "invalid-assignment")


async def test_a_file_that_is_deleted_meanwhile(shop: Workspace) -> None:
    (shop.root / "shop" / "clean.py").unlink()

    for tool in (typecheck, ruff_check, diagnostics):
        with pytest.raises(PathError, match="does not exist"):
            await tool(shop, "shop/clean.py")
    folder = await typecheck(shop, "shop")

    assert folder.state == "unknown"
    assert "clean.py cannot be read" in folder.reason


async def test_a_file_of_five_megabytes_is_unknown(project: Project) -> None:
    root = project({"big.py": b"x = 1\n" * (MAX_SOURCE_BYTES // 6 + 1), "a.py": "x: int = ''\n"})
    async with Workspace.open(root) as workspace:
        alone, folder = await typecheck(workspace, "big.py"), await ruff_check(workspace)

    assert alone.state == folder.state == "unknown"
    assert "big.py has 5242884 bytes" in alone.reason


@pytest.mark.parametrize("path", ["readme.md", "link.py", "SHOP/../../x.py", "a\0b.py", "shop/none"])
async def test_paths_that_are_no_python_file(shop: Workspace, tmp_path: Path, path: str) -> None:
    (shop.root / "readme.md").touch()
    (tmp_path / "outside.py").touch()
    (shop.root / "link.py").symlink_to(tmp_path / "outside.py")

    for tool in (typecheck, ruff_check, diagnostics):
        with pytest.raises((PathError, SourceError)):
            await tool(shop, path)


async def test_circular_imports_and_a_syntax_error_elsewhere(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "a.py": "import b\n\n\ndef f() -> int:\n    return b.g()\n",
        "b.py": "import a\nimport c\n\n\ndef g() -> int:\n    return 1\n",
        "c.py": "def h(:\n",
    }
    async with Workspace.open(project(files)) as workspace:
        start = await checkpoint(workspace)
        await edit_file(workspace, "b.py", "-> int:\n    return 1", "-> str:\n    return ''")
        report = await verify_edits(workspace, start)

    assert (report.state, {p.file for p in report.introduced}) == ("errors", {"a.py"})


async def test_a_killed_ty_is_started_again_for_a_folder(shop: Workspace) -> None:
    await typecheck(shop, "shop/wrong.py")
    await kill_ty()
    await edit_file(shop, "shop/clean.py", "one = 1", "one: str = 1")

    result = await typecheck(shop)

    assert {"shop/clean.py", "shop/wrong.py"} <= {e.file for e in result.errors}


async def test_a_folder_that_takes_too_long_is_partial(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("punie_semantic.tools.checks.FOLDER_SECONDS", -1.0)

    types, lint = await typecheck(shop), await ruff_check(shop)

    for result in (types, lint):
        assert (result.state, result.success, result.files_checked, result.missing) == ("partial", False, 0, 8)
        assert "only 0 of 8 files were checked" in result.reason


async def test_a_workspace_with_too_many_files_is_partial(project: Project) -> None:
    async with Workspace.open(project({"a.py": "", "b.py": ""})) as workspace:
        workspace.files.complete = False

        assert (await typecheck(workspace, "a.py")).state == "clean"
        assert (await typecheck(workspace)).state == "partial"
        assert (await ruff_check(workspace)).state == "partial"
