"""Where edits never go: what git and Python would run."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from punie_semantic.exceptions import SemanticError
from punie_semantic.registry import TOOLS
from punie_semantic.workspace import Workspace
from tests.integration.semantic.projects import write_project
from tests.integration.semantic.test_git import git
from tests.security.tools.boundary import attacked, in_time, seen

PLACES = (
    *(".git/config", ".git/hooks/pre-commit", ".git/hooks/new.py", ".git/info/attributes", ".git/HEAD"),
    *("./.git/config", "shop/../.git/config", ".GIT/config", ".Git/hooks/evil", ".git./config", ".git /config"),
    *("vendor/.git/config", ".git", ".venv/pyvenv.cfg", ".venv/bin/python", "venv/bin/evil"),
    ".venv/lib/python3.11/site-packages/evil.pth",
    "vendor/site-packages/sitecustomize.py",
    "hooks/pre-commit",  # a link into .git
)


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncGenerator[Workspace]:
    root = write_project(tmp_path / "project", {"shop/cart.py": "x = 1\n", "vendor/x.py": ""})
    git(root, "init", "-q", "-b", "main")
    (root / ".git" / "hooks" / "pre-commit").write_text("#!/bin/sh\n")
    (root / "hooks").symlink_to(".git/hooks")
    before = seen(root)
    async with attacked(root) as opened:
        yield opened
    assert seen(root) == before


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("tool", ["write_file", "edit_file", "rename_file", "rename_file away", "delete_file"])
async def test_no_tool_edits_it(workspace: Workspace, tool: str, place: str) -> None:
    arguments = {
        "write_file": {"path": place, "text": "evil = 1\n"},
        "edit_file": {"path": place, "old": "#!/bin/sh", "new": "#!/bin/sh\nevil"},
        "rename_file": {"path": "shop/cart.py", "new_path": place},
        "rename_file away": {"path": place, "new_path": "shop/new.py"},
        "delete_file": {"path": place},
    }[tool]

    result = await in_time(TOOLS[tool.split()[0]].call(workspace, **arguments))

    assert isinstance(result, SemanticError), result
    assert workspace.overlay.changes() == []
    assert await workspace.commit("Evil") is None


async def test_names_that_only_look_like_it_are_edited(workspace: Workspace) -> None:
    for place in (".gitignore", ".github/workflows/ci.yml", "git/config", "shop/git.py", ".gitattributes"):
        await TOOLS["write_file"].call(workspace, path=place, text="x\n")

    assert len(workspace.overlay.changes()) == 5
