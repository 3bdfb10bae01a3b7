"""Questions about git, in a repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

from punie_agent.session import open_session
from punie_semantic.workspace import Workspace
from tests.integration.agent.planner.conftest import Reply, note
from tests.integration.semantic.projects import write_project


def git(root: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments],
        cwd=root,
        check=True,
        capture_output=True,
    )


async def test_git_is_asked_and_told(tmp_path: Path) -> None:
    root = write_project(tmp_path / "project", {"app.py": "x = 1\ny = 2\n", ".gitignore": ".venv\n"})
    git(root, "init", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-m", "Begin")
    (root / "app.py").write_text("x = 3\ny = 2\nz = 4\n")
    (root / "new.py").write_text("")
    replies: dict[str, Reply] = {}
    async with Workspace.open(root) as workspace, open_session(workspace) as session:
        for prompt in ("git status", "git diff", "show git diff statistics with additions and deletions", "git log"):
            replies[prompt] = Reply()
            async for event in session.prompt(prompt):
                note(event, replies[prompt])

    status, diff, statistics, log = (reply.text for reply in replies.values())
    assert status == "On `main`. 2 files changed:\n\n- `app.py` modified\n- `new.py` new, not tracked"
    assert diff.startswith("1 file changed, +2 -1:\n\n```diff\ndiff --git a/app.py b/app.py\n")
    assert statistics == "1 file changed, 2 additions, 1 deletion:\n\n- `app.py`: +2 -1"
    assert log.startswith("The last 1 commit:\n\n- `")
    assert log.endswith("Ada: Begin")
    assert [reply.errors for reply in replies.values()] == [[], [], [], []]
