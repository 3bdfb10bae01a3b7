"""A part of the proposed edits, as the user chose it hunk by hunk: made anew and re-checked before it counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from punie_ls.server.edits import uri_of
from punie_semantic.exceptions import EditError, StaleError
from punie_semantic.partial_changes import checked_part, hunk_count

if TYPE_CHECKING:
    from punie_ls.server.project import Project
    from punie_semantic.overlay import FileChange
    from punie_semantic.workspace import Workspace


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
    if all(len(numbers) == hunk_count(change) for change, numbers in zip(changes, chosen, strict=True)):
        return list(changes)
    if not any(chosen):
        return []

    async def work(workspace: Workspace) -> list[FileChange]:
        try:
            return await checked_part(workspace, changes, chosen)
        except (EditError, StaleError) as error:
            raise PartRefused(str(error)) from error

    return await project.in_turn(work)


def _read(project: Project, changes: Sequence[FileChange], hunks: object) -> list[Collection[int]]:
    """The chosen hunks of each change. Raises PartRefused for what was not offered."""
    try:
        wanted: Mapping[str, frozenset[int]] = msgspec.convert(hunks, dict[str, frozenset[int]])
    except msgspec.ValidationError as error:
        raise PartRefused(f"hunks must be numbers by URI, so nothing was applied: {error}.") from error
    offered = {uri_of(change, project.folder): range(hunk_count(change)) for change in changes}
    for uri, numbers in wanted.items():
        if uri not in offered or not numbers <= set(offered[uri]):
            raise PartRefused(f"{uri} was not offered with these hunks, so nothing was applied.")
    return [wanted.get(uri, every) for uri, every in offered.items()]
