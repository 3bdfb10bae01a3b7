"""Carrying out a journal entry on disk, and putting it back. Either may be cut short, and putting back run again."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.disk import look, prepare, put, same
from punie_semantic.entries import Content, Entry, Step
from punie_semantic.exceptions import StaleError
from punie_semantic.journal import sync_folder


@dataclass(frozen=True)
class Places:
    """Where the steps of an entry stand."""

    before: tuple[Step, ...]
    after: tuple[Step, ...]
    other: tuple[Step, ...]


def places(root: Path, steps: Sequence[Step]) -> Places:
    """Which paths are as before a transaction, which as after it, and which are neither."""
    before, after, other = [], [], []
    for step in steps:
        found = _found(root, step)
        place = before if found == "before" else after if found == "after" else other
        place.append(step)
    return Places(tuple(before), tuple(after), tuple(other))


def carry_out(root: Path, entry: Entry, done: list[Step]) -> None:
    """Do all steps; what is deleted goes first. Raises StaleError or OSError; `done` has the steps done so far."""
    for folder in entry.head.folders:
        (root / os.fsdecode(folder)).mkdir(exist_ok=True)
    for step in entry.steps:
        if step.after is not None:
            prepare(_temporary(root, step), step.after, step.under(root))
    for step in entry.steps:
        _refuse_changed(root, step)
    for step in sorted(entry.steps, key=lambda step: step.after is not None):
        _refuse_changed(root, step)
        if step.after is None:
            step.under(root).unlink()
        else:
            put(_temporary(root, step), step.under(root), fresh=step.before is None)
        done.append(step)
    _sync(root, entry)


def put_back(root: Path, entry: Entry) -> tuple[Step, ...]:
    """Undo the steps that are done. Gives those whose path is neither as before nor as after; they are left alone."""
    clear(root, entry)
    found = places(root, entry.steps)
    for step in sorted(found.after, key=lambda step: step.before is not None):
        path = step.under(root)
        if step.before is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            prepare(_temporary(root, step), step.before, path)
            put(_temporary(root, step), path, fresh=step.after is None)
    remove_empty(root, entry.head.folders)
    _sync(root, entry)
    return found.other


def settle(root: Path, entry: Entry) -> None:
    """What is left to do when all steps are done."""
    clear(root, entry)
    remove_empty(root, entry.head.empties)


def clear(root: Path, entry: Entry) -> None:
    """Remove the prepared contents."""
    for step in entry.steps:
        temporary = _temporary(root, step)
        if os.path.lexists(temporary):
            temporary.unlink()


def remove_empty(root: Path, folders: Sequence[bytes]) -> None:
    """Remove those of the folders that are empty, innermost first."""
    for folder in reversed(folders):
        with contextlib.suppress(OSError):
            (root / os.fsdecode(folder)).rmdir()


def missing_folders(root: Path, paths: Sequence[Path]) -> tuple[bytes, ...]:
    """The folders that must be made for the paths, outermost first."""
    missing = {
        parent for path in paths for parent in path.parents if parent.is_relative_to(root) and not parent.exists()
    }
    return tuple(os.fsencode(folder.relative_to(root)) for folder in sorted(missing))


def _found(root: Path, step: Step) -> str:
    path = step.under(root)
    if path.parent.resolve() != path.parent:
        return "moved away"
    try:
        content: Content | None = look(path)
    except (StaleError, OSError):
        return "no file"
    return "before" if same(content, step.before) else "after" if same(content, step.after) else "other"


def _refuse_changed(root: Path, step: Step) -> None:
    if _found(root, step) != "before":
        name = os.fsdecode(step.path)
        raise StaleError(f"{name} changed on disk meanwhile. Nothing was written; run the fix again.")


def _temporary(root: Path, step: Step) -> Path:
    return step.under(root).with_name(step.temporary)


def _sync(root: Path, entry: Entry) -> None:
    for folder in {step.under(root).parent for step in entry.steps}:
        sync_folder(folder)
