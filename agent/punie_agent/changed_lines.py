"""What differs in the working tree from a commit: files, and the lines in them. Read only, from git."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from punie_semantic.exceptions import EditError, ToolUnavailable
from punie_semantic.repository import git
from punie_semantic.sources import MAX_SOURCE_BYTES

_REVISION = re.compile(r"[\w@^][\w@^~.{}/+-]*")
_HUNK = re.compile(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")
_PLAIN = ["--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=all", "--relative"]
_EVERYTHING = (range(MAX_SOURCE_BYTES),)

# 0-based lines that were changed or added, by file. Where lines were only taken away, the two around count.
Lines = Mapping[Path, tuple[range, ...]]


async def changed_lines(root: Path, since: str = "HEAD") -> Lines:
    """The Python files that differ from a commit, those unknown to git among them, with the lines that differ.

    Args:
        root: the workspace, resolved.
        since: a commit, a branch or a tag.

    Raises:
        EditError: that is no revision.
        PathError: the workspace is in no repository.
        ToolUnavailable: git does not answer, or does not know the revision.
    """
    if not _REVISION.fullmatch(since):
        raise EditError(f"{since!r} is no revision. Pass a commit, a branch, a tag, or one like HEAD~2.")
    untracked = await _names(root, ["ls-files", "--others", "--exclude-standard", "-z", "--", "."])
    if since == "HEAD" and (await git(root, ["rev-parse", "--verify", "--quiet", "HEAD"])).returncode:
        # There is no commit yet, so all is new.
        tracked = await _names(root, ["ls-files", "-z", "--", "."])
        return {root / name: _EVERYTHING for name in (*tracked, *untracked) if _is_python(name)}
    names = await _names(root, ["diff", *_PLAIN, "--name-only", "-z", "--diff-filter=d", since, "--", "."])
    lines: dict[Path, tuple[range, ...]] = {root / name: _EVERYTHING for name in untracked if _is_python(name)}
    changed = [name for name in names if _is_python(name)]
    if changed:
        done = await git(root, ["diff", *_PLAIN, "--unified=0", "--diff-filter=d", since, "--", *changed])
        # One part for each file, in the order of the names; in a part no other line begins like its head.
        parts = re.split(rb"^diff --git ", done.stdout, flags=re.M)[1:]
        whole = not done.cut and len(parts) == len(changed)
        found = [hunks(part) for part in parts] if whole else [_EVERYTHING] * len(changed)
        lines |= {root / name: ranges for name, ranges in zip(changed, found, strict=True)}
    return lines


def hunks(diff: bytes) -> tuple[range, ...]:
    """The new lines of a diff without context, 0-based."""
    found = []
    for line in diff.split(b"\n"):
        match = _HUNK.match(line)
        if match:
            first, count = int(match[1]), int(match[2] or 1)
            found.append(range(first - 1, first - 1 + count) if count else range(max(first - 1, 0), first + 1))
    return tuple(found)


async def _names(root: Path, command: list[str]) -> list[str]:
    done = await git(root, command)
    if done.cut:
        raise ToolUnavailable("git names more files than can be read. Pass a folder without --changed.")
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


def _is_python(name: str) -> bool:
    return name.endswith((".py", ".pyi"))
