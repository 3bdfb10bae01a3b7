"""Questions to git: what changed, how much, and who did it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from punie_agent.planner.asking import FIND
from punie_agent.planner.file_questions import one
from punie_agent.planner.recipe import Recipe, Slots
from punie_agent.planner.telling import block, caveat, code, count, joined, listed

DIFF_LINES = 200

_STATUS = """
seen = git_status()
{
    "state": seen.state,
    "reason": seen.reason,
    "branch": seen.branch,
    "commit": seen.commit,
    "upstream": seen.upstream,
    "ahead": seen.ahead,
    "behind": seen.behind,
    "files": seen.files[:20],
    "total": len(seen.files),
}
"""

_DIFF = """
if path.endswith(".py"):
    path = found(path)
seen = git_diff(path, revision, staged)
files, name = [], ""
for text in seen.diff.splitlines():
    if text.startswith("diff --git "):
        name = text.split(" b/", 1)[-1]
        files.append({"file": name, "added": 0, "removed": 0})
        head = True
    elif text.startswith("@@"):
        head = False
    elif files and not head and text.startswith("+"):
        files[-1]["added"] = files[-1]["added"] + 1
    elif files and not head and text.startswith("-"):
        files[-1]["removed"] = files[-1]["removed"] + 1
lines = seen.diff.splitlines()
{
    "state": seen.state,
    "reason": seen.reason,
    "files": files[:20],
    "total": len(files),
    "added": sum([f["added"] for f in files]),
    "removed": sum([f["removed"] for f in files]),
    "diff": "\\n".join([line[:300] for line in lines[:most]]),
    "lines": len(lines),
}
"""

_LOG = """
if path.endswith(".py"):
    path = found(path)
seen = git_log(path, limit)
{"state": seen.state, "reason": seen.reason, "commits": seen.commits, "total": len(seen.commits)}
"""


def _tell_status(slots: Slots, result: Mapping[str, Any]) -> str:
    track = ""
    if result["upstream"] and (result["ahead"] or result["behind"]):
        track = f", {result['ahead']} ahead of and {result['behind']} behind {code(result['upstream'])}"
    head = (
        f"On {code(result['branch'])}{track}" if result["branch"] else f"On no branch, at {code(result['commit'][:10])}"
    )
    if not result["total"]:
        return joined(f"{head}. Nothing has changed since the last commit.", caveat(result))
    lines = [f"{code(f['file'])} {_change(f)}" for f in result["files"]]
    return joined(f"{head}. {count(result['total'], 'file')} changed:", listed(lines, result["total"]), caveat(result))


_CHANGES = {
    "M": "modified",
    "A": "added",
    "D": "deleted",
    "R": "renamed",
    "C": "copied",
    "U": "in conflict",
    "?": "new",
    "T": "type changed",
}


def _change(item: Mapping[str, Any]) -> str:
    staged, unstaged = _CHANGES.get(item["index"], ""), _CHANGES.get(item["worktree"], "")
    if item["index"] == "?" or item["worktree"] == "?":
        return "new, not tracked"
    words = [f"{staged} (staged)" if staged else "", unstaged]
    old = f" from {code(item['old_file'])}" if item["old_file"] else ""
    return ", ".join(w for w in words if w) + old


def _tell_statistics(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["total"]:
        return joined("git shows no changes.", caveat(result))
    lines = [f"{code(f['file'])}: +{f['added']} -{f['removed']}" for f in result["files"]]
    lines_ = f"{count(result['added'], 'addition')}, {count(result['removed'], 'deletion')}"
    head = f"{count(result['total'], 'file')} changed, {lines_}:"
    return joined(head, listed(lines, result["total"]), caveat(result))


def _tell_diff(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["total"]:
        return joined("git shows no changes.", caveat(result))
    head = f"{count(result['total'], 'file')} changed, +{result['added']} -{result['removed']}:"
    cut = f"The first {DIFF_LINES} of {result['lines']} lines." if result["lines"] > DIFF_LINES else ""
    return joined(head, block(result["diff"], "diff"), cut, caveat(result))


def _tell_log(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["total"]:
        return joined("git knows no commits.", caveat(result))
    lines = [f"{code(c['id'][:10])} {c['date'][:10]} {c['author']}: {c['subject']}" for c in result["commits"]]
    return joined(f"The last {count(result['total'], 'commit')}:", listed(lines), caveat(result))


_DIFF_VALUES: dict[str, Any] = {"path": ".", "revision": "", "staged": False, "most": DIFF_LINES}

RECIPES = (
    Recipe(
        name="git_status",
        does="git's status",
        phrases=(
            f"[{FIND}] git status",
            "[what|which files] [have|has|is|are|was|were] (changed|modified|uncommitted) [since the last commit]",
            "what (have i|did i|has been) (change|changed)",
            f"{FIND} (changed|modified|uncommitted) files",
            "(which|what) branch (am i on|is this|are we on|is checked out)",
            "[the] status",
        ),
        example="git status",
        step=one(_STATUS, _tell_status),
        weight=1,
    ),
    Recipe(
        name="git_diff",
        does="git's diff",
        phrases=(
            f"[{FIND}] [git] diff [of|for|in] [{{path}}]",
            f"{FIND} [my|uncommitted|git] changes [in|of|to] [{{path}}]",
        ),
        example="show the diff of src/app.py",
        step=one(_DIFF, _tell_diff, **_DIFF_VALUES),
        weight=1,
        about="folder",
    ),
    Recipe(
        name="diff_statistics",
        does="Additions and deletions by file",
        phrases=(
            (
                f"[{FIND}] [git] (diff|change) (statistics|stats|stat|numbers|summary) [with additions and "
                f"deletions] [(of|for|in) {{path}}]"
            ),
            "how many lines (have changed|changed|were changed|did i change)",
        ),
        example="show git diff statistics",
        step=one(_DIFF, _tell_statistics, **_DIFF_VALUES),
        weight=2,
        about="folder",
    ),
    Recipe(
        name="git_log",
        does="git's last commits",
        phrases=(
            f"[{FIND}] [git] (log|history|commits|commit history) [(of|for|in) {{path}}]",
            f"{FIND} [last|latest|recent] [{{number}}] commits [(of|for|in|to) {{path}}]",
            "(who|what) (changed|modified|touched|edited|wrote) {file}",
        ),
        example="show the last 5 commits",
        step=one(_LOG, _tell_log, path=".", limit=20),
        about="folder",
    ),
)
