"""What git knows about the workspace. Read only, on disk: this turn's edits are not in it."""

from __future__ import annotations

import os
import re

from punie_semantic.exceptions import EditError, PathError, ToolUnavailable
from punie_semantic.paths import inside, relative
from punie_semantic.repository import git
from punie_semantic.results import GitCommit, GitDiff, GitFile, GitLog, GitStatus
from punie_semantic.workspace import Workspace

DIFF_CHARACTERS = 200_000
MAX_COMMITS = 500
_REVISION = re.compile(r"[\w@^][\w@^~.{}/+-]*")
_NO_PROGRAMS = ["--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=all"]


async def git_status(workspace: Workspace, path: str = ".") -> GitStatus:
    """The branch, and the files that differ from the last commit, as on disk.

    Example: `[f.file for f in git_status().files if f.worktree == "M"]`
    """
    options = ["--porcelain=v2", "--branch", "-z", "--untracked-files=normal", "--ignore-submodules=all"]
    done = await git(workspace.root, ["status", *options, "--", _place(workspace, path)])
    prefix = (await git(workspace.root, ["rev-parse", "--show-prefix"])).stdout.decode(errors="replace").strip()
    heads, files = _parse(done.stdout.decode(errors="replace").split("\0"), prefix)
    await _refuse_absent(workspace, path, found=bool(files))
    ahead, behind = (abs(int(number)) for number in heads.get("branch.ab", "+0 -0").split())
    return GitStatus(
        state="partial" if done.cut else "clean",
        reason="the list was too long; ask for a smaller folder" if done.cut else "",
        branch=heads.get("branch.head", ""),
        commit=heads.get("branch.oid", ""),
        upstream=heads.get("branch.upstream", ""),
        ahead=ahead,
        behind=behind,
        files=files,
    )


def _parse(fields: list[str], prefix: str) -> tuple[dict[str, str], list[GitFile]]:
    """git's porcelain format, version 2. Names are relative to the repository, `prefix` is where the workspace is."""
    heads: dict[str, str] = {}
    files: list[GitFile] = []
    rest = iter(fields)
    for field in rest:
        kind, _, text = field.partition(" ")
        if kind == "#":
            key, _, heads[key] = text.partition(" ")
        elif kind in ("?", "!"):
            files.append(_file(text, "?", "?", "", prefix))
        elif kind in ("1", "2", "u"):
            letters, *_, name = text.split(" ", {"1": 7, "2": 8, "u": 9}[kind])
            files.append(_file(name, letters[0], letters[1], next(rest, "") if kind == "2" else "", prefix))
    return heads, files


def _file(name: str, index: str, worktree: str, old: str, prefix: str) -> GitFile:
    return GitFile(file=name.removeprefix(prefix), index=index, worktree=worktree, old_file=old.removeprefix(prefix))


async def git_diff(workspace: Workspace, path: str = ".", revision: str = "", staged: bool = False) -> GitDiff:
    """What differs on disk from the index, or with `staged` in the index from the last commit, or from a revision.

    Example: `git_diff("src/app.py", "HEAD~1").diff`
    """
    options = [*_NO_PROGRAMS, "--relative", *(["--cached"] if staged else [])]
    revisions = [_revision(revision)] if revision else []
    done = await git(workspace.root, ["diff", *options, *revisions, "--", _place(workspace, path)])
    text = done.stdout.decode(errors="replace")
    await _refuse_absent(workspace, path, found=bool(text))
    cut = done.cut or len(text) > DIFF_CHARACTERS
    return GitDiff(
        state="partial" if cut else "clean",
        reason="the diff is too long, and its beginning is missing; ask for a smaller folder or a file" if cut else "",
        diff=text[-DIFF_CHARACTERS:],
    )


async def git_log(workspace: Workspace, path: str = ".", limit: int = 20, revision: str = "HEAD") -> GitLog:
    """The last commits that changed a file or folder, newest first.

    Example: `git_log("src/app.py", 5).commits[0].subject`
    """
    count = min(max(limit, 1), MAX_COMMITS)
    options = [f"--max-count={count}", "-z", "--format=%H%x1f%an%x1f%aI%x1f%s", "--no-show-signature", "--no-color"]
    done = await git(workspace.root, ["log", *options, _revision(revision), "--", _place(workspace, path)])
    await _refuse_absent(workspace, path, found=bool(done.stdout))
    records = [record.split("\x1f", 3) for record in done.stdout.decode(errors="replace").split("\0") if record]
    return GitLog(commits=[GitCommit(id=r[0], author=r[1], date=r[2], subject=r[3]) for r in records if len(r) == 4])


def _place(workspace: Workspace, path: str) -> str:
    return relative(workspace.root, inside(workspace.root, path))


async def _refuse_absent(workspace: Workspace, path: str, *, found: bool) -> None:
    """Raises PathError when nothing was found about a path that is neither on disk nor in the index or last commit."""
    place = _place(workspace, path)
    if found or os.path.lexists(workspace.root / place):
        return
    for command in (["ls-files", "--", place], ["ls-tree", "--name-only", "HEAD", "--", place]):
        try:
            if (await git(workspace.root, command)).stdout:
                return
        except ToolUnavailable:  # there is no commit yet
            continue
    raise PathError(f"{path} does not exist in the workspace, and git does not know it. git_status lists what differs.")


def _revision(text: str) -> str:
    if not _REVISION.fullmatch(text):
        raise EditError(f"{text!r} is no revision. Pass a commit, a branch, a tag, or one like HEAD~2 or main..topic.")
    return text
