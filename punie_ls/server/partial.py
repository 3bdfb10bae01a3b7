"""A part of the proposed edits, as the user chose it hunk by hunk: made anew and re-checked before it counts."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import msgspec

from punie_ls.server.edits import uri_of
from punie_semantic.text_edits import split_lines

if TYPE_CHECKING:
    from punie_ls.server.project import Project
    from punie_semantic.overlay import FileChange
    from punie_semantic.workspace import Workspace

# Lines around a hunk, as the diffs that are shown have them.
_CONTEXT = 2


class PartRefused(Exception):
    """The part cannot be applied; the message says why."""


async def part_of(project: Project, changes: Sequence[FileChange], hunks: object) -> list[FileChange]:
    """The changes of the chosen hunks, which re-check clean; none when no hunk is chosen. Raises PartRefused.

    Args:
        project: whose files they are.
        changes: what was offered.
        hunks: for each file's URI the numbers of its diff's hunks, from 0. A file that is not named is taken whole.
    """
    chosen = _read(project, changes, hunks)
    if all(len(numbers) == _count(change) for change, numbers in zip(changes, chosen, strict=True)):
        return list(changes)
    if not any(chosen):
        return []

    async def work(workspace: Workspace) -> list[FileChange]:
        return await _checked(workspace, changes, chosen)

    return await project.in_turn(work)


def _read(project: Project, changes: Sequence[FileChange], hunks: object) -> list[Collection[int]]:
    """The chosen hunks of each change. Raises PartRefused for what was not offered."""
    try:
        wanted: Mapping[str, frozenset[int]] = msgspec.convert(hunks, dict[str, frozenset[int]])
    except msgspec.ValidationError as error:
        raise PartRefused(f"hunks must be numbers by URI, so nothing was applied: {error}.") from error
    offered = {uri_of(change, project.folder): range(_count(change)) for change in changes}
    for uri, numbers in wanted.items():
        if uri not in offered or not numbers <= set(offered[uri]):
            raise PartRefused(f"{uri} was not offered with these hunks, so nothing was applied.")
    return [wanted.get(uri, every) for uri, every in offered.items()]


def _count(change: FileChange) -> int:
    """How many hunks a change has; what creates, deletes or renames a file is one."""
    return len(_groups(change)) if change.kind == "edit" else 1


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


async def _checked(
    workspace: Workspace, changes: Sequence[FileChange], chosen: Sequence[Collection[int]]
) -> list[FileChange]:
    overlay = workspace.overlay
    for change, numbers in zip(changes, chosen, strict=True):
        if not numbers:
            continue
        if change.before is not None and overlay.text(change.before) != change.source.text:
            raise PartRefused(f"{change.old_file or change.file} changed meanwhile, so nothing was applied. Ask again.")
        if change.kind == "delete":
            overlay.delete(change.path)
            continue
        if change.kind == "rename" and change.old_path is not None:
            overlay.rename(change.old_path, change.path)
        overlay.write(change.path, _text(change, numbers) if change.kind == "edit" else change.text)
    report = await import_module("punie_semantic.verify").verify(workspace.checker, workspace.files, {})
    if report.state != "clean":
        problem = report.introduced[0] if report.introduced else None
        why = f"{problem.file}:{problem.line} {problem.message}" if problem else report.reason
        raise PartRefused(f"These hunks alone do not re-check clean, so nothing was applied: {why.rstrip('.')}.")
    return overlay.changes()
