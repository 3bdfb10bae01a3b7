"""git_status, git_diff, git_log: what git knows, without running anything that the repository names."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from punie_semantic.exceptions import EditError, PathError, ToolUnavailable
from punie_semantic.tools.git import git_diff, git_log, git_status
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.projects import snapshot

IDENTITY = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
async def repository(project: Project) -> AsyncGenerator[Workspace]:
    """A repository with two commits, whose workspace is a folder of it."""
    root = project(
        {".gitignore": ".venv/\nout/\n", "app/a.py": "a = 1\n", "app/b b é.py": "b = 1\n", "app/c.py": "c = 1\nd = 1\n"}
    )
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "First: é 📚")
    (root / "app" / "a.py").write_text("a = 2\n")
    git(root, "commit", "-q", "-am", "Second")
    async with Workspace.open(root / "app") as workspace:
        yield workspace


async def test_status_of_a_folder_of_a_repository(repository: Workspace) -> None:
    root = repository.root
    (root / "a.py").write_text("a = 3\n")
    (root / "new.py").touch()
    git(root, "mv", "c.py", "moved.py")
    git(root, "rm", "-q", "b b é.py")

    status = await git_status(repository)

    assert (status.state, status.branch, status.ahead, status.behind) == ("clean", "main", 0, 0)
    found = [(f.file, f.index, f.worktree, f.old_file) for f in status.files]
    assert sorted(found) == [
        ("a.py", ".", "M", ""),
        ("b b é.py", "D", ".", ""),
        ("moved.py", "R", ".", "c.py"),
        ("new.py", "?", "?", ""),
    ]


async def test_diffs(repository: Workspace) -> None:
    (repository.root / "a.py").write_text("a = 3\n")
    git(repository.root, "add", "a.py")
    (repository.root / "a.py").write_text("a = 4\n")

    assert "-a = 3\n+a = 4" in (await git_diff(repository, "a.py")).diff
    assert "-a = 2\n+a = 3" in (await git_diff(repository, staged=True)).diff
    assert "-a = 1\n+a = 4" in (await git_diff(repository, revision="HEAD~1")).diff
    assert (await git_diff(repository, "c.py")).diff == ""
    assert "--- a/a.py" in (await git_diff(repository)).diff


async def test_the_log(repository: Workspace) -> None:
    log = await git_log(repository)
    one = await git_log(repository, "c.py")

    assert [(c.subject, c.author) for c in log.commits] == [("Second", "Ada"), ("First: é 📚", "Ada")]
    assert [c.subject for c in one.commits] == ["First: é 📚"]
    assert [c.subject for c in (await git_log(repository, limit=1)).commits] == ["Second"]


@pytest.mark.parametrize("revision", ["--output=x", "-p", "a b", "HEAD:a.py", "", "\n", "$(id)"])
async def test_what_is_no_revision(repository: Workspace, revision: str) -> None:
    with pytest.raises(EditError, match="is no revision"):
        await git_log(repository, revision=revision)


async def test_a_revision_that_does_not_exist(repository: Workspace) -> None:
    with pytest.raises(ToolUnavailable, match="git diff failed"):
        await git_diff(repository, revision="nowhere")


@pytest.mark.parametrize("path", ["../x", "/etc", "a\0b"])
async def test_paths_outside(repository: Workspace, path: str) -> None:
    for tool in (git_status, git_diff, git_log):
        with pytest.raises(PathError):
            await tool(repository, path)


async def test_paths_are_no_patterns_and_no_options(repository: Workspace) -> None:
    (repository.root / "a.py").write_text("a = 3\n")

    for tool, path in ((git_diff, "*.py"), (git_diff, ":(top)app/a.py"), (git_status, "--short"), (git_log, "*.py")):
        with pytest.raises(PathError, match="does not exist"):
            await tool(repository, path)


async def test_a_file_that_is_gone_is_known_to_git(repository: Workspace) -> None:
    (repository.root / "c.py").unlink()

    assert [(f.file, f.worktree) for f in (await git_status(repository, "c.py")).files] == [("c.py", "D")]
    assert "-c = 1" in (await git_diff(repository, "c.py")).diff
    assert (await git_diff(repository, "c.py", staged=True)).diff == ""
    assert [c.subject for c in (await git_log(repository, "c.py")).commits] == ["First: é 📚"]


async def test_no_repository(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")

    with pytest.raises(PathError, match="in no git repository"):
        await git_status(shop)


async def test_a_repository_without_a_commit(project: Project) -> None:
    root = project({"a.py": ""})
    git(root, "init", "-q", "-b", "main")
    async with Workspace.open(root) as workspace:
        status = await git_status(workspace)

        assert (status.branch, status.commit) == ("main", "(initial)")
        with pytest.raises(ToolUnavailable, match="git log failed"):
            await git_log(workspace)


async def test_a_long_diff_is_cut_and_says_so(repository: Workspace) -> None:
    (repository.root / "a.py").write_text("x = 1\n" * 100_000)

    result = await git_diff(repository)

    assert (result.state, len(result.diff)) == ("partial", 200_000)


def hostile(root: Path, mark: Path) -> None:
    """A repository whose settings and attributes run a program wherever git lets them."""
    script = root / "run.sh"
    script.write_text(f'#!/bin/sh\necho "$0 $@" >> {mark}\ncat\n')
    script.chmod(0o755)
    run = str(script)
    settings = {
        "core.fsmonitor": run,
        "core.pager": run,
        "core.sshCommand": run,
        "core.hooksPath": str(root / "hooks"),
        "diff.external": run,
        "diff.evil.command": run,
        "diff.evil.textconv": run,
        "filter.evil.clean": run,
        "filter.evil.smudge": run,
        "filter.evil.process": run,
        "filter.evil.required": "true",
        "filter.a=b.clean": run,
        "gpg.program": run,
        "log.showSignature": "true",
        "alias.status": f"!{run}",
        "interactive.diffFilter": run,
        "pager.log": run,
        "pager.diff": run,
    }
    (root / "hooks").mkdir()
    for hook in ("post-index-change", "post-checkout", "pre-commit", "reference-transaction"):
        (root / "hooks" / hook).write_text(script.read_text())
        (root / "hooks" / hook).chmod(0o755)
    for key, value in settings.items():
        subprocess.run(["git", "config", key, value], cwd=root, check=True, capture_output=True)
    (root / ".gitattributes").write_text("a.py filter=evil diff=evil\nc.py filter=a=b\n")


async def test_a_hostile_repository_runs_nothing(repository: Workspace, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    hostile(repository.root, mark)
    for name in ("a.py", "c.py"):
        (repository.root / name).write_text("changed = 1\n")
    mark.unlink(missing_ok=True)
    before = snapshot(repository.root.parent)

    status, diff, log = await git_status(repository), await git_diff(repository), await git_log(repository)
    revision = await git_diff(repository, revision="HEAD~1")

    assert not mark.exists(), mark.read_text()
    assert snapshot(repository.root.parent) == before
    assert {"a.py", "c.py"} <= {f.file for f in status.files}
    assert "+changed = 1" in diff.diff
    assert "+changed = 1" in revision.diff
    assert len(log.commits) == 2


def test_the_trap_itself_works(project: Project, tmp_path: Path) -> None:
    root = project({"a.py": "a = 1\n"})
    git(root, "init", "-q")
    git(root, "add", "a.py")
    mark = tmp_path / "mark"
    hostile(root, mark)
    (root / "a.py").write_text("changed = 1\n")

    subprocess.run(["git", "diff"], cwd=root, capture_output=True, check=False)

    assert mark.exists()


async def test_a_repository_whose_files_are_elsewhere_is_not_read(repository: Workspace, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("s3cret\n")
    git(repository.root, "config", "core.worktree", str(tmp_path / "secret"))

    with pytest.raises(PathError, match=r"outside the workspace|in no git repository"):
        await git_diff(repository)


async def test_a_bare_repository_among_the_files_is_none(project: Project, tmp_path: Path) -> None:
    root = project({"a.py": ""})
    git(root, "init", "-q", "--bare", ".")
    async with Workspace.open(root) as workspace:
        with pytest.raises(PathError, match="in no git repository"):
            await git_status(workspace)
