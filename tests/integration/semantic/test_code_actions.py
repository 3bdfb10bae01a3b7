"""code_actions and apply_code_action: candidates in order, taken into the overlay exactly."""

from __future__ import annotations

import sys

import pytest

from punie_semantic.exceptions import EditError, PathError
from punie_semantic.tools.actions import apply_code_action, code_actions, ruff_fix
from punie_semantic.tools.checks import diagnostics
from punie_semantic.tools.files import edit_file
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.projects import broken_program

VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
INSTALLED = {
    f".venv/lib/{VERSION}/site-packages/a_package/__init__.py": "class Path: ...\n",
    f".venv/lib/{VERSION}/site-packages/a_package/parts.py": "",
}


async def apply_first(root: object, file: str, line: int, code: str) -> bytes:
    """Open, take the first candidate, and give the file's new bytes."""
    async with Workspace.open(str(root)) as workspace:
        actions = (await code_actions(workspace, file, line, code)).actions
        await apply_code_action(workspace, actions[0].id)
        return workspace.overlay.changes()[0].source.encode(workspace.overlay.changes()[0].text)


async def test_the_project_s_module_comes_before_the_library_s(project: Project) -> None:
    root = project({"app.py": "x = Path()\n", "pkg/__init__.py": "", "pkg/paths.py": "class Path: ...\n"})
    async with Workspace.open(root) as workspace:
        result = await code_actions(workspace, "app.py", 1, "unresolved-reference")

    titles = [a.title for a in result.actions]
    assert titles[0] == "import pkg.paths.Path"
    assert titles.index("import pathlib.Path") > 0
    assert [a.kind for a in result.actions] == ["import"] * (len(titles) - 1) + ["suppress"]
    assert result.reason == ""


@pytest.mark.parametrize(
    "known",
    [
        {"pyproject.toml": "[project]\nname = 'zoo'\nversion = '1'\ndependencies = ['a-package>=1']\n"},
        {"other.py": "import a_package.parts\n"},
    ],
    ids=["declared", "imported"],
)
async def test_installed_packages_come_after_the_standard_library(project: Project, known: dict[str, str]) -> None:
    root = project({"app.py": "x = Path()\n", "zoo.py": "class Path: ...\n", **known, **INSTALLED})
    async with Workspace.open(root) as workspace:
        result = await code_actions(workspace, "app.py", 1, "unresolved-reference")

    assert [a.title for a in result.actions] == [
        "import zoo.Path",
        "import pathlib.Path",
        "import zipfile.Path",
        "import a_package.Path",
        "Ignore 'unresolved-reference' for this line",
    ]


async def test_packages_that_merely_are_installed_are_not_offered(project: Project) -> None:
    root = project({"app.py": "x = Path()\n", **INSTALLED})
    async with Workspace.open(root) as workspace:
        result = await code_actions(workspace, "app.py", 1, "unresolved-reference")

    assert [a.title for a in result.actions] == [
        "import pathlib.Path",
        "import zipfile.Path",
        "Ignore 'unresolved-reference' for this line",
    ]


async def test_private_modules_come_last_among_imports(project: Project) -> None:
    root = project({"app.py": "x = deque()\n"})
    async with Workspace.open(root) as workspace:
        result = await code_actions(workspace, "app.py", 1, "unresolved-reference")

    titles = [a.title for a in result.actions if a.kind == "import"]
    assert titles[0] == "import collections.deque"
    private = [t.split()[1].startswith("_") for t in titles]
    assert private == sorted(private)


async def test_safe_fixes_come_before_unsafe_ones(project: Project) -> None:
    root = project({"pyproject.toml": '[tool.ruff]\nlint.select = ["F"]\n', "app.py": "def f():\n    x = f'a'\n"})
    async with Workspace.open(root) as workspace:
        result = await code_actions(workspace, "app.py", 2)

    assert [(a.kind, a.problem_id, a.preferred) for a in result.actions] == [
        ("fix", "ruff:F541:app.py:2:9", True),
        ("unsafe_fix", "ruff:F841:app.py:2:5", False),
    ]


async def test_a_code_chooses_among_the_problems_of_a_line(project: Project) -> None:
    root = project({"app.py": "import os; x = f'a'\n"})
    async with Workspace.open(root) as workspace:
        result = await code_actions(workspace, "app.py", 1, "F541")

    assert [a.problem_id for a in result.actions] == ["ruff:F541:app.py:1:16"]


async def test_a_line_without_problems_has_no_actions(project: Project) -> None:
    async with Workspace.open(project({"app.py": "x = 1\n"})) as workspace:
        assert (await code_actions(workspace, "app.py", 1)).actions == []


@pytest.mark.parametrize(
    ("before", "line", "code", "after"),
    [
        (b"import os\r\nx = 1\r\n", 1, "F401", b"x = 1\r\n"),
        ("# 📚\nx = '📚書' + f'a'\n".encode(), 2, "F541", "# 📚\nx = '📚書' + 'a'\n".encode()),
        (b"# coding: latin-1\nx = '\xfc' + f'a'\n", 2, "F541", b"# coding: latin-1\nx = '\xfc' + 'a'\n"),
        (b"\xef\xbb\xbfimport os\nx = 1\n", 1, "F401", b"\xef\xbb\xbfx = 1\n"),
        ("y = '👩\u200d💻e\u0301'; x = f'a'\n".encode(), 1, "F541", "y = '👩\u200d💻e\u0301'; x = 'a'\n".encode()),
        (b'"""Doc."""\r\n\r\nx = sqrt(2)\r\n', 3, "unresolved-reference", None),
        ("s = '📚'; x = sqrt(2)\n".encode(), 1, "unresolved-reference", None),
    ],
    ids=["crlf", "emoji", "latin-1", "bom", "joined emoji", "import into crlf", "import beside emoji"],
)
async def test_a_fix_changes_only_its_own_bytes(
    project: Project, before: bytes, line: int, code: str, after: bytes | None
) -> None:
    result = await apply_first(project({"app.py": before}), "app.py", line, code)

    if after is not None:
        assert result == after
    else:
        assert result.count(b"\r\n") * (b"\r\n" in before) == result.count(b"\n") * (b"\r\n" in before)
        rest = [part for part in result.splitlines() if b"import sqrt" not in part and part]
        assert rest == [part for part in before.splitlines() if part]


async def test_a_stale_candidate_is_refused(project: Project) -> None:
    async with Workspace.open(project({"app.py": "import os\nx = 1\n"})) as workspace:
        action = (await code_actions(workspace, "app.py", 1)).actions[0]
        await edit_file(workspace, "app.py", "x = 1", "x = 2")

        with pytest.raises(EditError, match="was edited after this action was offered"):
            await apply_code_action(workspace, action.id)

        assert [c.text for c in workspace.overlay.changes()] == ["import os\nx = 2\n"]


async def test_a_candidate_of_an_earlier_turn_is_refused(project: Project) -> None:
    async with Workspace.open(project({"app.py": "import os\n"})) as workspace:
        action = (await code_actions(workspace, "app.py", 1)).actions[0]
        await workspace.begin()

        with pytest.raises(EditError, match="There is no action"):
            await apply_code_action(workspace, action.id)


async def test_the_diff_and_the_disk(project: Project) -> None:
    root = project({"app.py": "import os\nx = 1\n"})
    async with Workspace.open(root) as workspace:
        action = (await code_actions(workspace, "app.py", 1, "F401")).actions[0]
        result = await apply_code_action(workspace, action.id)

    assert result.changed
    assert result.diff == "--- a/app.py\n+++ b/app.py\n@@ -1,2 +1 @@\n-import os\n x = 1\n"
    assert (root / "app.py").read_text() == "import os\nx = 1\n"


async def test_a_missing_ruff_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project({"app.py": "import os\n"})
    monkeypatch.setenv("PUNIE_RUFF", broken_program(root))
    async with Workspace.open(root) as workspace:
        result = await code_actions(workspace, "app.py", 1)
        with pytest.raises(EditError, match="ruff could not check"):
            await ruff_fix(workspace, "app.py")

    assert result.actions == []
    assert "ruff failed: it broke" in result.reason


async def test_ruff_fix_applies_all_safe_fixes_or_one_rule(project: Project) -> None:
    text = "import sys\nimport os\n\nx = f'a'\nprint(os)\n"
    root = project({"pyproject.toml": '[tool.ruff]\nlint.select = ["F", "I"]\n', "app.py": text})
    async with Workspace.open(root) as workspace:
        one = await ruff_fix(workspace, "app.py", "F541")
        assert one.diff.count("\n+") - 1 == 1
        await ruff_fix(workspace, "app.py")

        assert workspace.overlay.text(root / "app.py") == "import os\n\nx = 'a'\nprint(os)\n"
        assert (await diagnostics(workspace, "app.py")).state == "clean"
        assert not (await ruff_fix(workspace, "app.py")).changed


async def test_ruff_fix_leaves_unsafe_fixes_alone(project: Project) -> None:
    root = project({"app.py": "def f():\n    x = 1\n"})
    async with Workspace.open(root) as workspace:
        assert not (await ruff_fix(workspace, "app.py")).changed


async def test_paths_outside_are_refused(project: Project) -> None:
    async with Workspace.open(project({"app.py": ""})) as workspace:
        with pytest.raises(PathError):
            await code_actions(workspace, "../app.py", 1)
