"""write_file, edit_file and delete_file: forms are kept, errors tell what to do."""

from __future__ import annotations

import pytest

from punie_semantic.exceptions import EditError, PathError, SourceError
from punie_semantic.tools.edits import delete_file, write_file
from punie_semantic.tools.files import edit_file
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project


def text(workspace: Workspace, name: str) -> str:
    return workspace.overlay.text(workspace.root / name)


async def test_a_new_file_ends_with_a_newline_and_is_not_on_disk(project: Project) -> None:
    async with Workspace.open(project({"a.py": ""})) as workspace:
        result = await write_file(workspace, "new/deep/b.py", "\ufeffx = 1\r\ny = '📚'")

        assert result.model_dump() == {
            "file": "new/deep/b.py",
            "changed": True,
            "diff": "diff --git a/new/deep/b.py b/new/deep/b.py\nnew file mode 100644\n--- /dev/null\n"
            "+++ b/new/deep/b.py\n@@ -0,0 +1,2 @@\n+x = 1\n+y = '📚'\n",
            "syntax_error": "",
            "note": "",
        }
        assert not (workspace.root / "new").exists()


@pytest.mark.parametrize(
    ("before", "passed", "after"),
    [
        (b"a = 1\r\nb = 2\r\n", "a = 1\nb = 3\nc = 4", "a = 1\r\nb = 3\r\nc = 4\r\n"),
        (b"\xef\xbb\xbfa = 1\n", "\ufeffa = 2\n", "a = 2\n"),
        (b"a = 1", "a = 2", "a = 2"),
        (b"a = 1\rb = 2\r", "a = 1\r\nb = 3\r\n", "a = 1\rb = 3\r"),
        (b"a\nb\r\n\f\r\nc\r\n", "a\nb\n\f\nd\nc\n", "a\nb\r\n\f\r\nd\r\nc\r\n"),
    ],
)
async def test_a_replaced_file_keeps_its_form(project: Project, before: bytes, passed: str, after: str) -> None:
    async with Workspace.open(project({"a.py": before})) as workspace:
        await write_file(workspace, "a.py", passed)

        assert text(workspace, "a.py") == after
        assert workspace.overlay.base(workspace.root / "a.py").bom == before.startswith(b"\xef\xbb\xbf")


async def test_an_edit_that_breaks_the_syntax_is_taken_and_said(project: Project) -> None:
    async with Workspace.open(project({"a.py": "x = 1\n"})) as workspace:
        result = await edit_file(workspace, "a.py", "x = 1", "x = (")
        repaired = await edit_file(workspace, "a.py", "x = (", "type X[T] = list[T]")

    assert (result.changed, result.syntax_error.split(":")[0]) == (True, "line 2")
    assert repaired.syntax_error == ""


async def test_a_syntax_error_in_another_kind_of_file_is_none(project: Project) -> None:
    async with Workspace.open(project({"a.md": "x\n"})) as workspace:
        assert (await edit_file(workspace, "a.md", "x", "x = (")).syntax_error == ""


async def test_a_text_that_is_not_there_is_shown_with_the_nearest_lines(project: Project) -> None:
    async with Workspace.open(project({"a.py": "def total(names):\n\treturn sum(names)\n"})) as workspace:
        with pytest.raises(EditError, match="Nearest: line 1 of the file:\ndef total"):
            await edit_file(workspace, "a.py", "def totals(names):", "x")
        with pytest.raises(
            EditError, match=r"Only its white space is different. The file is indented with tabs. line 2"
        ):
            await edit_file(workspace, "a.py", "    return sum(names)", "x")
        with pytest.raises(EditError, match=r"was not found in a.py. Read the file"):
            await edit_file(workspace, "a.py", "@@@@@", "x")
        assert workspace.overlay.changes() == []


async def test_several_matches_are_told_with_their_lines_or_all_replaced(project: Project) -> None:
    async with Workspace.open(project({"a.py": b"x = 1\r\ny = x\nz = x\r\n"})) as workspace:
        with pytest.raises(EditError, match=r"matches 3 times in a\.py, in lines 1, 2, 3"):
            await edit_file(workspace, "a.py", "x", "w")
        await edit_file(workspace, "a.py", "x", "w", replace_all=True)

        assert text(workspace, "a.py") == "w = 1\r\ny = w\nz = w\r\n"


async def test_any_line_ends_match(project: Project) -> None:
    async with Workspace.open(project({"a.py": b"a\r\nb\nc\rd\n"})) as workspace:
        await edit_file(workspace, "a.py", "b\r\nc\r\nd", "b\nC\nd")

        assert text(workspace, "a.py") == "a\r\nb\nC\rd\n"


async def test_a_deleted_file_is_gone_and_its_importers_are_named(project: Project) -> None:
    files: dict[str, str | bytes] = {
        "pkg/__init__.py": "",
        "pkg/a.py": "x = 1\n",
        "pkg/b.py": "from .a import x\n",
        "c.py": "import pkg.a\n",
        "d.py": "# pkg.a\n",
    }
    async with Workspace.open(project(files)) as workspace:
        result = await delete_file(workspace, "pkg/a.py")

        assert result.note == "Still imported by c.py, pkg/b.py."
        assert result.diff.startswith("diff --git a/pkg/a.py b/pkg/a.py\ndeleted file mode 100644\n")
        with pytest.raises(PathError, match="was deleted or renamed"):
            await delete_file(workspace, "pkg/a.py")
        await write_file(workspace, "pkg/a.py", "y = 2\n")
        assert text(workspace, "pkg/a.py") == "y = 2\n"
        assert (workspace.root / "pkg/a.py").read_text() == "x = 1\n"


@pytest.mark.parametrize("path", ["../a.py", "/etc/passwd", "b/../../a.py", "out/a.py", "b", "a\0.py", "a.py/c.py"])
async def test_places_where_no_file_may_be_written(project: Project, path: str) -> None:
    root = project({"a.py": "x\n", "b/c.py": ""})
    (root / "out").symlink_to(root.parent, target_is_directory=True)
    async with Workspace.open(root) as workspace:
        with pytest.raises(PathError):
            await write_file(workspace, path, "x")
        assert workspace.overlay.changes() == []


@pytest.mark.parametrize(
    ("name", "content"), [("bin.py", b"\0\1"), ("bad.py", b"\xff\xfe"), ("big.py", b"#" * (5 << 20) + b"\n")]
)
async def test_files_that_are_no_text_are_left_alone(project: Project, name: str, content: bytes) -> None:
    async with Workspace.open(project({name: content})) as workspace:
        for call in (
            write_file(workspace, name, "x"),
            edit_file(workspace, name, "x", "y"),
            delete_file(workspace, name),
        ):
            with pytest.raises(SourceError):
                await call
        assert workspace.overlay.changes() == []


async def test_a_read_only_file_and_an_encoding_that_cannot_hold_the_text(project: Project) -> None:
    root = project({"locked.py": "x = 1\n", "latin.py": b"# coding: latin-1\nx = '\xfc'\n"})
    (root / "locked.py").chmod(0o444)
    async with Workspace.open(root) as workspace:
        with pytest.raises(PathError, match=r"locked\.py"):
            await edit_file(workspace, "locked.py", "x", "y")
        with pytest.raises(SourceError, match="cannot hold"):
            await write_file(workspace, "latin.py", "# coding: latin-1\nx = '📚'\n")
        await edit_file(workspace, "latin.py", "ü", "é")
        assert [c.file for c in workspace.overlay.changes()] == ["latin.py"]
