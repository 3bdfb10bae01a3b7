"""The params of the sync notifications, as far as the relay reads them. Anything else in them is left out.

A wrong shape is an error here, because ty and ruff read it each in its own way.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Raw

from punie_ls.relay.messages import Integer

# The limits of ty and ruff, which read positions as 32 bits: some editors send the largest for "to the end".
Offset = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Uri = Annotated[str, Meta(pattern="^[A-Za-z][A-Za-z0-9+.-]*:")]


class Position(msgspec.Struct, order=True):
    """A position in the negotiated encoding."""

    line: Offset
    character: Offset


class Range(msgspec.Struct):
    """A range; its end may lie before its start."""

    start: Position
    end: Position


class Event(msgspec.Struct, omit_defaults=True):
    """One content change; without a range it is the whole text."""

    text: Raw
    range: Range | None = None


class Identifier(msgspec.Struct):
    """A document by its URI."""

    uri: Uri


class Versioned(msgspec.Struct):
    """A document in a version."""

    uri: Uri
    version: Integer


class Item(msgspec.Struct):
    """A whole document."""

    uri: Uri
    languageId: str  # noqa: N815 - the wire's name
    version: Integer
    text: Raw


class Opened(msgspec.Struct):
    """`textDocument/didOpen`."""

    textDocument: Item  # noqa: N815 - the wire's name


class Changed(msgspec.Struct):
    """`textDocument/didChange`."""

    textDocument: Versioned  # noqa: N815 - the wire's name
    contentChanges: list[Event]  # noqa: N815 - the wire's name


class Closed(msgspec.Struct):
    """`textDocument/didClose`."""

    textDocument: Identifier  # noqa: N815 - the wire's name


class Cell(msgspec.Struct):
    """A cell of a notebook."""

    kind: int
    document: Uri


class Notebook(msgspec.Struct):
    """A whole notebook."""

    uri: Uri
    notebookType: str  # noqa: N815 - the wire's name
    version: Integer
    cells: list[Cell]


class OpenedNotebook(msgspec.Struct):
    """`notebookDocument/didOpen`."""

    notebookDocument: Notebook  # noqa: N815 - the wire's name
    cellTextDocuments: list[Item]  # noqa: N815 - the wire's name


class CellArray(msgspec.Struct):
    """Cells that replace others."""

    start: Offset
    deleteCount: Offset  # noqa: N815 - the wire's name
    cells: list[Cell] | None = None


class Structure(msgspec.Struct):
    """Cells that come and go."""

    array: CellArray
    didOpen: list[Item] | None = None  # noqa: N815 - the wire's name
    didClose: list[Identifier] | None = None  # noqa: N815 - the wire's name


class CellText(msgspec.Struct):
    """Changes in the text of one cell."""

    document: Versioned
    changes: list[Event]


class CellChanges(msgspec.Struct):
    """All that can change about cells."""

    structure: Structure | None = None
    data: list[Cell] | None = None
    textContent: list[CellText] | None = None  # noqa: N815 - the wire's name


class NotebookChange(msgspec.Struct):
    """What has changed in a notebook."""

    cells: CellChanges | None = None


class ChangedNotebook(msgspec.Struct):
    """`notebookDocument/didChange`."""

    notebookDocument: Versioned  # noqa: N815 - the wire's name
    change: NotebookChange


class ClosedNotebook(msgspec.Struct):
    """`notebookDocument/didClose`."""

    notebookDocument: Identifier  # noqa: N815 - the wire's name


decode_opened = msgspec.json.Decoder(Opened).decode
decode_changed = msgspec.json.Decoder(Changed).decode
decode_closed = msgspec.json.Decoder(Closed).decode
decode_opened_notebook = msgspec.json.Decoder(OpenedNotebook).decode
decode_changed_notebook = msgspec.json.Decoder(ChangedNotebook).decode
decode_closed_notebook = msgspec.json.Decoder(ClosedNotebook).decode
