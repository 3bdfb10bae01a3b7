"""Edits onto the editor's documents: only onto the texts they were made for, and into the history."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from punie_ls.server.edits import workspace_edit
from punie_semantic.exceptions import EditError, SemanticError, SourceError
from punie_semantic.sources import read_source
from punie_semantic.transactions import commit, record

if TYPE_CHECKING:
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer
    from punie_semantic.overlay import Buffer, FileChange

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Applied:
    """Whether an edit was applied, and a sentence about it.

    `transaction` is its name in the history; `rejected` is true when the user said no.
    """

    applied: bool
    sentence: str
    transaction: str = ""
    rejected: bool = False


def edit_of(
    server: PunieServer, project: Project, changes: Sequence[FileChange], label: str = ""
) -> types.WorkspaceEdit:
    """The changes as the client can apply them, onto its documents' present versions.

    Raises EditError when it cannot apply them.
    """
    buffers = project.buffers()
    return workspace_edit(
        [_for_document(change, buffers.get(change.before) if change.before else None) for change in changes],
        project.folder,
        server.documents.encoding,
        versioned=bool(server.client_supports("workspace.workspace_edit.document_changes")),
        operations=server.client_supports("workspace.workspace_edit.resource_operations") or (),
        annotation=label if server.client_supports("workspace.workspace_edit.change_annotation_support") else "",
    )


async def changed_since(project: Project, changes: Sequence[FileChange]) -> str:
    """The first file whose text is not the one that its change was made for; empty when there is none."""
    return await asyncio.to_thread(_changed_on_disk, changes) or changed_in_editor(project, changes)


def changed_in_editor(project: Project, changes: Sequence[FileChange]) -> str:
    """The first file whose document is closed, or has another text than its change was made for; empty for none."""
    now = project.buffers()
    for change in changes:
        document = now.get(change.before) if change.before else None
        same = change.buffer is None if document is None else document.text == change.source.text
        if not same:
            return change.old_file or change.file
        if change.after is not None and change.after != change.before and change.after in now:
            return change.file
    return ""


def _for_document(change: FileChange, document: Buffer | None) -> FileChange:
    """The change for a document that was opened or went through other versions, but has the text that it is for."""
    same = document is not None and document.text == change.source.text
    return replace(change, buffer=document) if same else change


def _for_disk_or_document(project: Project, changes: Sequence[FileChange]) -> list[FileChange]:
    """The changes for what the editor has open now; for what it has closed, the text on disk counts."""
    now = project.buffers()
    found = []
    for change in changes:
        document = now.get(change.before) if change.before else None
        found.append(_for_document(change, document) if document else replace(change, buffer=None))
    return found


def _changed_on_disk(changes: Sequence[FileChange]) -> str:
    for change in changes:
        if change.buffer is None and change.before is not None and not _is(change.before, change.source.text):
            return change.old_file or change.file
        if change.after is not None and change.after != change.before and change.after.exists():
            return change.file
    return ""


def _is(path: Path, text: str) -> bool:
    try:
        return read_source(path).text == text
    except (SourceError, OSError):
        return False


def can_apply(server: PunieServer) -> bool:
    """Whether the editor applies edits that a server sends."""
    return bool(server.client_supports("workspace.apply_edit"))


async def apply(
    server: PunieServer, project: Project, changes: Sequence[FileChange], label: str, *, undoes: str = ""
) -> Applied:
    """Let the editor apply changes, once it is sure that nothing has changed since, and note them in the history."""
    if not can_apply(server):
        return Applied(False, "This editor takes no edits from a server, so nothing was changed.")
    changes = _for_disk_or_document(project, changes)
    if stale := await changed_since(project, changes):
        return Applied(False, f"{stale} changed meanwhile, so nothing was applied. Ask again.")
    try:
        edit = edit_of(server, project, changes, label)
    except EditError as error:
        return Applied(False, str(error)) if undoes else await _write(project, changes, label, error)
    # What the editor has been told to do, it does: stopping the command must not keep it out of the history.
    return await asyncio.shield(_let_apply(server, project, changes, edit, label, undoes))


async def _let_apply(
    server: PunieServer,
    project: Project,
    changes: Sequence[FileChange],
    edit: types.WorkspaceEdit,
    label: str,
    undoes: str,
) -> Applied:
    params = types.ApplyWorkspaceEditParams(edit=edit, label=label)
    try:
        answer = await server.ask_client(types.WORKSPACE_APPLY_EDIT, params)
    except JsonRpcException as error:
        return Applied(False, f"The editor did not apply the edit: {error}. Nothing was changed.")
    if not answer.applied:
        why = f": {answer.failure_reason}" if answer.failure_reason else ""
        return Applied(False, f"The editor did not apply the edit{why}. Nothing was changed.")
    transaction = await note(project, changes, label, undoes=undoes)
    return Applied(True, "Applied.", transaction)


async def _write(project: Project, changes: Sequence[FileChange], label: str, error: EditError) -> Applied:
    """For editors that cannot create, rename or delete files: onto the disk, if nothing of it is open."""
    buffers: dict[Path, Buffer] = dict(project.buffers())
    if any(change.buffer is not None for change in changes):
        return Applied(False, str(error))
    try:
        head = await asyncio.to_thread(commit, project.root, changes, title=label, documents=buffers)
    except (SemanticError, OSError) as failure:
        return Applied(False, str(failure))
    return Applied(True, "Written to disk, because the editor cannot do that itself.", head.id if head else "")


async def note(project: Project, changes: Sequence[FileChange], label: str, *, undoes: str = "") -> str:
    """Put an edit that the editor applied into the history, to undo it by; without a journal it still holds.

    Gives the transaction's id, empty when there is none.
    """
    try:
        head = await asyncio.to_thread(record, project.root, changes, title=label, undoes=undoes)
    except (SemanticError, OSError):
        logger.exception("%s is not in the history", label)
        return ""
    return head.id if head else ""
