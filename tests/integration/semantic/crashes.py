"""A program that kills transactions at every line they run, repairs what is left, and says what it found.

It is run with a folder to work in, the operation, and how many of the lines to try; it prints one JSON object.
Each attempt is a fork of this process, which is killed by SIGKILL; the repair runs here.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from punie_semantic.exceptions import SemanticError
from punie_semantic.history import history, redo, undo
from punie_semantic.overlay import Overlay
from punie_semantic.recovery import recover
from punie_semantic.transactions import commit

TRACED = ("disk.py", "placing.py", "journal.py", "entries.py", "recovery.py", "transactions.py")

FILES: dict[str, tuple[bytes, int]] = {
    "crlf.py": ("# 漢字\r\nx = '📚'\r\ny = 2".encode(), 0o644),
    "mark.py": (b"\xef\xbb\xbfx = 1\n\x0cy = 2\n", 0o755),
    "latin.py": ("# coding: latin-1\nx = 'ü'\n".encode("latin-1"), 0o600),
    "gone.py": (b"gone = 1\n", 0o640),
    "pkg/__init__.py": (b"", 0o644),
    "pkg/moved.py": (b"moved = 1\r", 0o751),
    "same.py": (b"same = 1\n", 0o644),
}


def build(root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    shutil.rmtree(os.environ["PUNIE_STATE_DIR"], ignore_errors=True)
    for name, (data, mode) in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
        (root / name).chmod(mode)
    (root / "link.py").symlink_to("same.py")


def edit(root: Path) -> None:
    overlay = Overlay(root)
    for name in ("crlf.py", "mark.py", "latin.py"):
        overlay.write(root / name, overlay.text(root / name).replace("x = ", "xyz = "))
    overlay.delete(root / "gone.py")
    overlay.delete(root / "link.py")
    overlay.rename(root / "pkg/moved.py", root / "new/deep/there.py")
    overlay.write(root / "new/deep/there.py", "moved = 2\r")
    overlay.create(root / "new/made.py", "made = '📚'\n")
    commit(root, overlay.changes())


def tree(root: Path) -> dict[str, tuple[str, bytes]]:
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        data = (
            os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else b"a folder"
        )
        found[str(path.relative_to(root))] = (stat.filemode(status.st_mode), data)
    return found


def lines_of(action: Callable[[], object], kill_at: int = -1) -> int:
    """How many lines an action runs in the traced modules; the process is killed before the chosen one."""
    count = 0

    def on_line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if event == "line":
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1
        return on_line

    def on_call(frame: FrameType, event: str, argument: Any) -> Any:
        path = Path(frame.f_code.co_filename)
        return on_line if path.name in TRACED and path.parent.name == "punie_semantic" else None

    sys.settrace(on_call)
    try:
        action()
    finally:
        sys.settrace(None)
    return count


def killed_at(action: Callable[[], object], line: int) -> bool:
    """Run an action in a fork that is killed at a line; true when it was."""
    child = os.fork()
    if not child:
        lines_of(action, line)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def refused_by_the_disk(root: Path, largest: int) -> dict[str, Any]:
    """Commit with ever larger limits on the size of a file; what the disk refuses is taken back at once."""
    build(root)
    old = tree(root)
    edit(root)
    new = tree(root)
    results: dict[str, Any] = {"lines": 0, "points": 0, "old": 0, "new": 0, "bad": []}
    for limit in range(0, largest, 7):
        build(root)
        child = os.fork()
        if not child:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            try:
                edit(root)
            except (OSError, SemanticError):
                os._exit(1)
            os._exit(0)
        results["points"] += 1
        refused = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if refused and tree(root) != old:
            results["bad"].append(f"limit {limit}: the files are not as before")
        judge(root, old, new, 0, f"limit {limit}", results)
    return results


def not_permitted(root: Path) -> dict[str, Any]:
    """Commit as a user who may not write to one of the folders; the others are reached before it."""
    results: dict[str, Any] = {"lines": 0, "points": 0, "old": 0, "new": 0, "bad": []}
    build(root)
    edit(root)  # what Python imports late, somebody else may not be able to read
    build(root)
    child = os.fork()
    if not child:
        if os.geteuid() == 0:
            for path in (root, *root.rglob("*")):
                os.lchown(path, 65534, 65534)
            state = Path(os.environ["PUNIE_STATE_DIR"])
            state.mkdir()
            os.chown(state, 65534, 65534)
            os.setgid(65534)
            os.setuid(65534)
        (root / "pkg").chmod(0o555)
        old = tree(root)
        try:
            edit(root)
        except PermissionError:
            os._exit(0 if tree(root) == old else 2)
        os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    (root / "pkg").chmod(0o755)
    if code:
        results["bad"].append("it was permitted" if code == 1 else "the files are not as before")
    judge(root, tree(root), None, 0, "not permitted", results)
    return results


def main(folder: Path, operation: str, wanted: int) -> dict[str, Any]:
    root = folder / "project"

    if operation == "limit":
        return refused_by_the_disk(root, wanted)
    if operation == "permission":
        return not_permitted(root)

    def start() -> None:
        build(root)
        if operation in ("undo", "redo"):
            edit(root)
        if operation == "redo":
            undo(root)

    action: Callable[[], object] = {
        "commit": lambda: edit(root),
        "undo": lambda: undo(root),
        "redo": lambda: redo(root),
        "recover": lambda: recover(root),
    }[operation]
    start()
    old, entries = tree(root), len(history(root))
    if operation == "recover":
        edit(root)
        new = tree(root)
        return during_recovery(root, action, old, new, wanted)
    total = lines_of(action)
    new = tree(root)
    results: dict[str, Any] = {"lines": total, "points": 0, "old": 0, "new": 0, "bad": []}
    for line in range(0, total, max(1, total // wanted)):
        start()
        if not killed_at(action, line):
            continue
        results["points"] += 1
        recover(root)
        judge(root, old, new, entries, f"{operation} line {line}", results)
    return results


def during_recovery(root: Path, action: Callable[[], object], old: Any, new: Any, wanted: int) -> dict[str, Any]:
    """Kill a transaction, kill its repair, and repair again."""
    results: dict[str, Any] = {"lines": 0, "points": 0, "old": 0, "new": 0, "bad": []}
    build(root)
    total = lines_of(lambda: edit(root))
    for line in range(total // 3, total, total // 16):
        build(root)
        if not killed_at(lambda: edit(root), line):
            continue
        shutil.copytree(root, root.with_name("crashed"), symlinks=True, dirs_exist_ok=False)
        state = Path(os.environ["PUNIE_STATE_DIR"])
        if state.exists():
            shutil.copytree(state, state.with_name("crashed-state"), dirs_exist_ok=False)
        repair = lines_of(action)
        results["lines"] += repair
        for at in range(0, repair, max(1, repair * 11 // wanted)):
            for place, copy in ((root, root.with_name("crashed")), (state, state.with_name("crashed-state"))):
                shutil.rmtree(place, ignore_errors=True)
                if copy.exists():
                    shutil.copytree(copy, place, symlinks=True)
            if killed_at(action, at):
                results["points"] += 1
                recover(root)
                judge(root, old, new, 0, f"line {line}, repair line {at}", results)
        shutil.rmtree(root.with_name("crashed"))
        shutil.rmtree(state.with_name("crashed-state"), ignore_errors=True)
    return results


def judge(root: Path, old: Any, new: Any, entries: int, what: str, results: dict[str, Any]) -> None:
    found, listed = tree(root), len(history(root)) - entries
    if recover(root):
        results["bad"].append(f"{what}: a second repair found something to do")
    elif found == old and listed == 0:
        results["old"] += 1
    elif found == new and listed == 1:
        results["new"] += 1
    else:
        changed = sorted(k for k in {*found, *old} if found.get(k) != old.get(k))
        missing = sorted(k for k in {*found, *new} if found.get(k) != new.get(k))
        results["bad"].append(f"{what}: {listed} in the history; not as before: {changed}; not as after: {missing}")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))
