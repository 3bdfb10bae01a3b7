"""From the agent's changes to an LSP WorkspaceEdit: the smallest edits, in the client's encoding, with versions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from punie_semantic.exceptions import EditError
from punie_semantic.text_edits import lsp_edits
from punie_semantic.wire.positions import Encoding, TextLines, translate_range

if TYPE_CHECKING:
    from punie_semantic.overlay import FileChange

DocumentChange = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile

ANNOTATION = "punie"

_OPERATIONS = {
    "create": types.ResourceOperationKind.Create,
    "rename": types.ResourceOperationKind.Rename,
    "delete": types.ResourceOperationKind.Delete,
}


def workspace_edit(
    changes: Sequence[FileChange],
    folder: Path,
    encoding: Encoding,
    *,
    versioned: bool,
    operations: Collection[types.ResourceOperationKind] = (),
    annotation: str = "",
) -> types.WorkspaceEdit:
    """One edit for all changes of a workspace folder.

    Args:
        changes: what is to change.
        folder: the workspace folder, as the editor names it.
        encoding: the client's position encoding.
        versioned: whether the client supports documentChanges.
        operations: the client's `workspace.workspaceEdit.resourceOperations`.
        annotation: what the edit is for, for clients that show it; only with documentChanges.

    Raises:
        EditError: the client cannot create, rename or delete files, which the changes need.
    """
    for change in changes:
        if change.kind != "edit" and (not versioned or _OPERATIONS[change.kind] not in operations):
            raise EditError(f"The editor cannot {change.kind} files ({change.file}). Use punie-ls on the command line.")
    if not versioned:
        return types.WorkspaceEdit(changes={uri_of(c, folder): text_edits(c, encoding) for c in changes})
    # What goes makes room for what comes, and a text is edited where the file is then.
    order = {"delete": 0, "rename": 1, "create": 2, "edit": 3}
    ordered = sorted(changes, key=lambda change: order[change.kind])
    parts = [part for c in ordered for part in _parts(c, folder, encoding)]
    if not annotation:
        return types.WorkspaceEdit(document_changes=parts)
    for part in parts:
        _annotate(part)
    return types.WorkspaceEdit(
        document_changes=parts, change_annotations={ANNOTATION: types.ChangeAnnotation(label=annotation)}
    )


def _annotate(part: DocumentChange) -> None:
    if isinstance(part, types.TextDocumentEdit):
        part.edits = [
            types.AnnotatedTextEdit(annotation_id=ANNOTATION, range=e.range, new_text=e.new_text)
            for e in part.edits
            if isinstance(e, types.TextEdit)
        ]
    else:
        part.annotation_id = ANNOTATION


def _parts(change: FileChange, folder: Path, encoding: Encoding) -> list[DocumentChange]:
    uri = uri_of(change, folder)
    edits = text_edits(change, encoding)
    version = change.buffer.version if change.buffer else None
    match change.kind:
        case "delete":
            return [
                types.DeleteFile(uri=uri, options=types.DeleteFileOptions(recursive=False, ignore_if_not_exists=False))
            ]
        case "create":
            options = types.CreateFileOptions(overwrite=False, ignore_if_exists=False)
            return [types.CreateFile(uri=uri, options=options), *_text_edit(uri, None, edits)]
        case "rename":
            # The text is edited under the old name, whose version is known.
            moved = types.RenameFile(
                old_uri=uri,
                new_uri=(folder / change.file).as_uri(),
                options=types.RenameFileOptions(overwrite=False, ignore_if_exists=False),
            )
            return [*_text_edit(uri, version, edits), moved]
        case "edit":
            return list(_text_edit(uri, version, edits))


def _text_edit(uri: str, version: int | None, edits: list[types.TextEdit]) -> Sequence[types.TextDocumentEdit]:
    if not edits:
        return ()
    document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
    return [types.TextDocumentEdit(text_document=document, edits=list(edits))]


def uri_of(change: FileChange, folder: Path) -> str:
    """The file as the editor names it now: an open document by its own URI, another one below the folder."""
    return change.buffer.uri if change.buffer else (folder / (change.old_file or change.file)).as_uri()


def text_edits(change: FileChange, encoding: Encoding) -> list[types.TextEdit]:
    """The change of one file's text in the client's encoding; none for a file that goes."""
    if change.kind == "delete":
        return []
    lines = TextLines(change.source.text)
    edits = []
    for edit in lsp_edits(change.source.text, change.text):
        span = translate_range(edit["range"], lines, "utf-32", encoding)
        start, end = types.Position(**span["start"]), types.Position(**span["end"])
        edits.append(types.TextEdit(range=types.Range(start=start, end=end), new_text=edit["newText"]))
    return edits
