"""Some hunks of proposed changes: made anew on the texts as they are now, and re-checked before they count."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from punie_semantic.exceptions import EditError, StaleError
from punie_semantic.overlay import FileChange
from punie_semantic.text_edits import split_lines

if TYPE_CHECKING:
    from punie_semantic.workspace import Workspace

# Lines around a hunk, as the diffs that are shown have them.
_CONTEXT = 2


def hunk_count(change: FileChange) -> int:
    """How many hunks a change has; what creates, deletes or renames a file is one."""
    return len(_groups(change)) if change.kind == "edit" else 1


async def checked_part(
    workspace: Workspace, changes: Sequence[FileChange], chosen: Sequence[Collection[int]]
) -> list[FileChange]:
    """The changes of the chosen hunks, which re-check clean.

    Args:
        workspace: in a turn of its own, on the texts as they are now; it gets the edits.
        changes: what was proposed.
        chosen: for each change the numbers of its hunks, from 0.

    Raises:
        StaleError: a file changed since the changes were made.
        EditError: the chosen hunks alone do not re-check clean.
    """
    from punie_semantic.verify import verify

    overlay = workspace.overlay
    for change, numbers in zip(changes, chosen, strict=True):
        if not numbers:
            continue
        if change.before is not None and overlay.text(change.before) != change.source.text:
            raise StaleError(f"{change.old_file or change.file} changed meanwhile, so nothing was applied. Ask again.")
        if change.kind == "delete":
            overlay.delete(change.path)
            continue
        if change.kind == "rename" and change.old_path is not None:
            overlay.rename(change.old_path, change.path)
        overlay.write(change.path, _text(change, numbers) if change.kind == "edit" else change.text)
    report = await verify(workspace.checker, workspace.files, {})
    if report.state != "clean":
        problem = report.introduced[0] if report.introduced else None
        why = f"{problem.file}:{problem.line} {problem.message}" if problem else report.reason
        raise EditError(f"These hunks alone do not re-check clean, so nothing was applied: {why.rstrip('.')}.")
    return overlay.changes()


def _groups(change: FileChange) -> list[list[tuple[str, int, int, int, int]]]:
    before, after = split_lines(change.source.text), split_lines(change.text)
    # As difflib's unified_diff makes its hunks.
    return list(difflib.SequenceMatcher(None, before, after).get_grouped_opcodes(_CONTEXT))


def _text(change: FileChange, numbers: Collection[int]) -> str:
    """A file's text with some hunks of its change."""
    before, after = split_lines(change.source.text), split_lines(change.text)
    parts: list[str] = []
    at = 0
    for number, group in enumerate(_groups(change)):
        for tag, i1, i2, j1, j2 in group if number in numbers else ():
            if tag != "equal":
                parts += [*before[at:i1], *after[j1:j2]]
                at = i2
    return "".join([*parts, *before[at:]])
