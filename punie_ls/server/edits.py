"""From the agent's changes to an LSP WorkspaceEdit: the smallest edits, in the client's encoding, with versions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from punie_semantic.text_edits import lsp_edits
from punie_semantic.wire.positions import Encoding, TextLines, translate_range

if TYPE_CHECKING:
    from punie_semantic.overlay import FileChange


def workspace_edit(
    changes: Sequence[FileChange], folder: Path, encoding: Encoding, *, versioned: bool
) -> types.WorkspaceEdit:
    """One edit for all changes of a workspace folder; `versioned` when the client supports documentChanges."""
    if not versioned:
        return types.WorkspaceEdit(changes={uri_of(c, folder): text_edits(c, encoding) for c in changes})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                text_document=types.OptionalVersionedTextDocumentIdentifier(
                    uri=uri_of(c, folder), version=c.buffer.version if c.buffer else None
                ),
                edits=list(text_edits(c, encoding)),
            )
            for c in changes
        ]
    )


def uri_of(change: FileChange, folder: Path) -> str:
    """The file as the editor names it: an open document by its own URI, another one below the folder."""
    return change.buffer.uri if change.buffer else (folder / change.file).as_uri()


def text_edits(change: FileChange, encoding: Encoding) -> list[types.TextEdit]:
    """The change of one file in the client's encoding."""
    lines = TextLines(change.source.text)
    edits = []
    for edit in lsp_edits(change.source.text, change.text):
        span = translate_range(edit["range"], lines, "utf-32", encoding)
        start, end = types.Position(**span["start"]), types.Position(**span["end"])
        edits.append(types.TextEdit(range=types.Range(start=start, end=end), new_text=edit["newText"]))
    return edits
