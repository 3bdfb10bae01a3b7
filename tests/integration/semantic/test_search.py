"""Text and files, as git and the overlay see them."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic import regex_worker, text_search, visible_files
from punie_semantic.exceptions import PathError, PatternError
from punie_semantic.results import SearchResult
from punie_semantic.tools.search import list_files, search_text
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project

FILES: dict[str, str | bytes] = {
    ".gitignore": "*.log\n/out/\n!keep.log\n",
    "a.py": "Name = 1\nname = Name\nrename = 2\n",
    "notes.md": "# name\n\nnames\n",
    "old.log": "name\n",
    "keep.log": "name\n",
    "out/made.py": "name\n",
    "pkg/out/b.py": "name = 'name'\n",
    "pkg/.gitignore": "c.py\n!old.log\n",
    "pkg/c.py": "name\n",
    "pkg/old.log": "name\n",
    ".hidden/d.py": "name\n",
    "pkg/data.bin": b"name\0name\n",
    "pkg/broken.py": b"name = '\xff'\n",
    "node_modules/e.py": "name\n",
    "environment/pyvenv.cfg": "",
    "environment/f.py": "name\n",
}


def found(result: SearchResult) -> list[tuple[str, int, int]]:
    return [(m.file, m.line, m.column) for m in result.matches]


async def test_what_git_ignores_is_left_out(project: Project) -> None:
    root = project(FILES)
    Path(root, "link.py").symlink_to(root / "a.py")
    async with Workspace.open(root) as workspace:
        result = await search_text(workspace, "name")

    assert found(result) == [
        ("a.py", 2, 1),
        ("a.py", 3, 3),
        ("keep.log", 1, 1),
        ("notes.md", 1, 3),
        ("notes.md", 3, 1),
        ("pkg/broken.py", 1, 1),
        ("pkg/old.log", 1, 1),
        ("pkg/out/b.py", 1, 1),
    ]
    assert (result.state, result.truncated) == ("clean", False)


async def test_files_are_listed_by_the_same_rules(project: Project) -> None:
    async with Workspace.open(project(FILES)) as workspace:
        workspace.overlay.write(workspace.root / "a.py", "changed\n")
        everything = await list_files(workspace)
        python = await list_files(workspace, "*.py, *.md", "pkg")
        deep = await list_files(workspace, "pkg/**/b.py")
        hidden = await list_files(workspace, ".hidden/*", hidden=True)
        two = await list_files(workspace, limit=2)

    assert everything.files == [
        *("a.py", "keep.log", "notes.md", "pkg/broken.py", "pkg/data.bin", "pkg/old.log", "pkg/out/b.py")
    ]
    assert python.files == ["pkg/broken.py", "pkg/out/b.py"]
    assert deep.files == ["pkg/out/b.py"]
    assert hidden.files == [".hidden/d.py"]
    assert (two.files, two.total, two.state) == (["a.py", "keep.log"], 7, "partial")


async def test_rules_of_the_repository_above_count(project: Project) -> None:
    files: dict[str, str | bytes] = {
        ".git/info/exclude": "secret.py\n",
        ".gitignore": "inner/gone/\n",
        "inner/gone/a.py": "",
        "inner/b.py": "",
        "inner/secret.py": "",
    }
    async with Workspace.open(project(files) / "inner") as workspace:
        assert (await list_files(workspace)).files == ["b.py"]


async def test_a_file_that_is_named_is_searched_anyway(project: Project) -> None:
    async with Workspace.open(project(FILES)) as workspace:
        assert found(await search_text(workspace, "name", "old.log")) == [("old.log", 1, 1)]


async def test_case_words_and_globs(project: Project) -> None:
    async with Workspace.open(project(FILES)) as workspace:
        word = await search_text(workspace, "name", "a.py", word=True)
        any_case = await search_text(workspace, "NAME", "a.py", ignore_case=True)
        chosen = await search_text(workspace, "name", include="*.py,*.md", exclude="pkg/**")

    assert found(word) == [("a.py", 2, 1)]
    assert found(any_case) == [("a.py", 1, 1), ("a.py", 2, 1), ("a.py", 3, 3)]
    assert {m.file for m in chosen.matches} == {"a.py", "notes.md"}


async def test_lines_around_a_match(project: Project) -> None:
    text = "one\r\ntwo\f2\r\n  three📚 = 書\r\nfour"
    async with Workspace.open(project({"a.py": text})) as workspace:
        result = await search_text(workspace, "書", context=5)

    match = result.matches[0]
    assert (match.line, match.column, match.text) == (3, 12, "  three📚 = 書")
    assert (match.before, match.after) == (["one", "two\f2"], ["four"])


async def test_the_overlay_is_searched(project: Project) -> None:
    async with Workspace.open(project({"a.py": "old = 1\n"})) as workspace:
        workspace.overlay.write(workspace.root / "a.py", "fresh = 1\n")

        assert found(await search_text(workspace, "old")) == []
        assert found(await search_text(workspace, "fre.h", regex=True)) == [("a.py", 1, 1)]


async def test_a_limit_makes_the_answer_partial(project: Project) -> None:
    root = project({"a.py": "x\n", "b/c.py": "x\nx\nx\n", "b/d.py": "y\n"})
    async with Workspace.open(root) as workspace:
        result = await search_text(workspace, "x", "b", limit=2)
        exact = await search_text(workspace, "x", "b", limit=3)

    assert (found(result), result.truncated) == ([("b/c.py", 1, 1), ("b/c.py", 2, 1)], True)
    assert (result.state, result.reason) == (
        "partial",
        "There are more than 2 matching lines. Pass a larger limit or a folder.",
    )
    assert (len(exact.matches), exact.truncated, exact.state) == (3, False, "clean")


async def test_regular_expressions(project: Project) -> None:
    async with Workspace.open(project({"a.py": "a.b\naxb\nAXB\n"})) as workspace:
        assert len((await search_text(workspace, "a.b")).matches) == 1
        assert len((await search_text(workspace, "^a.b$", regex=True)).matches) == 2
        assert len((await search_text(workspace, "^a.b$", regex=True, ignore_case=True)).matches) == 3
        assert found(await search_text(workspace, "x|b", regex=True, word=True)) == [("a.py", 1, 3)]


async def test_a_pattern_that_never_ends_is_ended(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regex_worker, "SECONDS", 1.0)
    files: dict[str, str | bytes] = {"a.py": "aaa\n", "b.py": "a" * 60 + "!\n", "c.py": "aaa\n"}
    async with Workspace.open(project(files)) as workspace:
        result = await search_text(workspace, "^(a+)+$", regex=True)

    assert found(result) == [("a.py", 1, 1)]
    assert result.state == "partial"
    assert "The pattern was given up on in b.py (time ran out). Make it simpler." in result.reason


@pytest.mark.parametrize("pattern", ["((a{1,9000}){1,9000}){1,9000}", "(?:" * 900 + "a" + ")" * 900])
async def test_a_pattern_that_cannot_be_compiled_harms_nobody(
    project: Project, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    monkeypatch.setattr(regex_worker, "SECONDS", 1.0)
    monkeypatch.setattr(regex_worker, "START_SECONDS", 5.0)
    async with Workspace.open(project({"a.py": "aaa\n"})) as workspace:
        try:
            result = await search_text(workspace, pattern[:1999], regex=True)
        except PatternError:
            return

    assert (result.state, result.matches) == ("partial", []) or result.matches


@pytest.mark.parametrize(
    ("pattern", "regex", "message"),
    [
        ("", False, "is empty"),
        ("(", True, "is no regular expression"),
        ("a\nb", False, "has a line break"),
        ("x" * 2001, False, "over 2000 characters"),
    ],
)
async def test_patterns_that_are_none(project: Project, pattern: str, regex: bool, message: str) -> None:
    async with Workspace.open(project({"a.py": "x\n"})) as workspace:
        with pytest.raises(PatternError, match=message):
            await search_text(workspace, pattern, regex=regex)


async def test_a_file_that_is_too_large_is_told(project: Project) -> None:
    async with Workspace.open(project({"a.py": "x\n", "large.txt": "x\n" * 3_000_000})) as workspace:
        result = await search_text(workspace, "x")

    assert found(result) == [("a.py", 1, 1)]
    assert (result.state, result.reason) == ("partial", "1 files over 5 MB were not searched.")


@pytest.mark.parametrize("path", ["..", "/etc", "a\0"])
async def test_places_outside_the_workspace(project: Project, path: str) -> None:
    async with Workspace.open(project({"a.py": "x\n"})) as workspace:
        with pytest.raises(PathError):
            await search_text(workspace, "x", path)
        with pytest.raises(PathError):
            await list_files(workspace, path=path)


async def test_a_place_that_does_not_exist(project: Project) -> None:
    async with Workspace.open(project({"a.py": "x\n"})) as workspace:
        with pytest.raises(PathError, match="gone does not exist"):
            await search_text(workspace, "x", "gone")
        with pytest.raises(PathError, match="gone does not exist"):
            await list_files(workspace, path="gone")


async def test_files_that_only_the_overlay_has_or_lacks(project: Project) -> None:
    async with Workspace.open(project({".gitignore": "*.log\n", "a.py": "x\n", "b.py": "x\n"})) as workspace:
        root = workspace.root
        workspace.overlay.create(root / "new/c.py", "x = '📚'\n")
        workspace.overlay.create(root / "new/d.log", "x\n")
        workspace.overlay.delete(root / "b.py")

        assert found(await search_text(workspace, "x")) == [("a.py", 1, 1), ("new/c.py", 1, 1)]
        assert found(await search_text(workspace, "x", "new")) == [("new/c.py", 1, 1)]
        assert (await list_files(workspace)).files == ["a.py", "new/c.py"]


async def test_rules_of_the_workspace_count_below_a_folder(project: Project) -> None:
    async with Workspace.open(project({".gitignore": "*.log\n", "a/b.log": "", "a/c.py": ""})) as workspace:
        assert (await list_files(workspace, path="a")).files == ["a/c.py"]


async def test_a_search_that_is_cut_short_says_so(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Workspace.open(project({"a.py": "x\n", "b.py": "x\n"})) as workspace:
        monkeypatch.setattr(text_search, "MAX_SECONDS", -1.0)
        late = await search_text(workspace, "x")
        monkeypatch.undo()
        monkeypatch.setattr(visible_files, "MAX_FILES", 1)
        many = await search_text(workspace, "x")
        listed = await list_files(workspace)

    assert (late.state, late.matches) == ("partial", [])
    assert "The search was ended" in late.reason
    assert (many.state, found(many), listed.state, listed.files) == ("partial", [("a.py", 1, 1)], "partial", ["a.py"])
    assert many.reason == listed.reason == "There are too many files. Pass a folder as path."
