"""read_file and edit_file on the overlay."""

from __future__ import annotations

import pytest

from punie_semantic.exceptions import EditError, PathError, SourceError
from punie_semantic.tools.files import edit_file, read_file
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project


async def test_read_some_lines(project: Project) -> None:
    async with Workspace.open(project({"a.py": "1\r\n2\n3\f\n4"})) as workspace:
        result = await read_file(workspace, "a.py", 2, 2)

    assert result.model_dump() == {"file": "a.py", "text": "2\n3\f\n", "start_line": 2, "total_lines": 4}


async def test_an_edit_is_read_back(project: Project) -> None:
    root = project({"a.py": "old = 1\n", "b/c.py": "x = 'old'\n"})
    async with Workspace.open(root) as workspace:
        await edit_file(workspace, "a.py", "old", "fresh 📚")

        assert (await read_file(workspace, "a.py")).text == "fresh 📚 = 1\n"
    assert (root / "a.py").read_text() == "old = 1\n"


async def test_an_edit_takes_the_file_s_line_ends(project: Project) -> None:
    async with Workspace.open(project({"a.py": b"a = 1\r\nb = 2\r\n"})) as workspace:
        await edit_file(workspace, "a.py", "a = 1\nb", "a = 1\nc = 3\nb")

        assert workspace.overlay.changes()[0].text == "a = 1\r\nc = 3\r\nb = 2\r\n"


@pytest.mark.parametrize(("old", "message"), [("", "is empty"), ("nothing", "was not found"), ("x", "matches 2 times")])
async def test_the_text_to_replace_must_match_once(project: Project, old: str, message: str) -> None:
    async with Workspace.open(project({"a.py": "x = 1\ny = x\n"})) as workspace:
        with pytest.raises(EditError, match=message):
            await edit_file(workspace, "a.py", old, "z")

        assert workspace.overlay.changes() == []


async def test_a_text_that_the_encoding_cannot_hold_is_refused(project: Project) -> None:
    async with Workspace.open(project({"a.py": b"# coding: latin-1\nx = '\xfc'\n"})) as workspace:
        with pytest.raises(SourceError, match="cannot hold"):
            await edit_file(workspace, "a.py", "ü", "📚")


@pytest.mark.parametrize("path", ["../a.py", "/etc/passwd", "gone.py", ".", "a\0.py"])
async def test_paths_that_are_no_file_of_the_workspace(project: Project, path: str) -> None:
    async with Workspace.open(project({"a.py": ""})) as workspace:
        with pytest.raises(PathError):
            await read_file(workspace, path)
        with pytest.raises(PathError):
            await edit_file(workspace, path, "a", "b")
