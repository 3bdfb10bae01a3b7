"""What the editor has open, so that a restarted server can be told. Knows the sync notifications, no child.

Nobody answers a notification, and ty and ruff read a wrong one each in its own way: a change with a bad range
replaces the whole text, a column beyond the line lies behind the line's end, and a range that ends before it starts,
or inside a character, ends the server. So changes are applied here first, and the servers get the places that LSP
means, or nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Raw

from punie_ls.relay import methods
from punie_ls.relay.messages import decode, encode, is_no_path, notification, unfit
from punie_ls.relay.sync_params import (
    CellChanges,
    Event,
    Item,
    OpenedNotebook,
    Position,
    Range,
    Structure,
    decode_changed,
    decode_changed_notebook,
    decode_closed,
    decode_closed_notebook,
    decode_opened,
    decode_opened_notebook,
)
from punie_ls.relay.virtual_documents import is_virtual
from punie_semantic.wire.positions import Encoding, units

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_CODECS: dict[Encoding, tuple[str, int]] = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2)}


class Document:
    """One open text document. Its text stays raw JSON until the first edit; from then on it is kept as lines."""

    def __init__(self, opened: Item) -> None:
        self.uri = opened.uri
        self.language_id = opened.languageId
        self.version = opened.version
        # A copy, or the whole message would be kept for it.
        self._raw = opened.text.copy()
        self._lines: list[str] | None = None

    def change(self, version: int, changes: list[Event], encoding: Encoding) -> None:
        """Apply the `contentChanges` of one notification; their ranges become what every server reads alike."""
        self.version = version
        for change in changes:
            if change.range is None:
                self._raw, self._lines = change.text.copy(), None
            else:
                if self._lines is None:
                    self._lines = _split(decode(self._raw, type=str))
                _replace(self._lines, change.range, decode(change.text, type=str), encoding)

    @property
    def text(self) -> str:
        """The current text."""
        return decode(self._raw, type=str) if self._lines is None else "".join(self._lines)

    def line(self, number: int) -> str:
        """One line; empty behind the last one."""
        if self._lines is None:
            self._lines = _split(decode(self._raw, type=str))
        return self._lines[number] if number < len(self._lines) else ""


class Documents:
    """All open text documents and notebooks, in the order of their opening."""

    def __init__(self) -> None:
        self.encoding: Encoding = "utf-16"
        # Those that only Punie knows; there are hardly ever any.
        self.virtual: set[str] = set()
        self._texts: dict[str, Document] = {}
        self._notebooks: dict[str, _OpenNotebook] = {}
        self._updates: dict[str, Callable[[bytes], bytes]] = {
            methods.DID_OPEN: self._open,
            methods.DID_CHANGE: self._change,
            methods.DID_CLOSE: self._close,
            methods.NOTEBOOK_DID_OPEN: self._open_notebook,
            methods.NOTEBOOK_DID_CHANGE: self._change_notebook,
            methods.NOTEBOOK_DID_CLOSE: self._close_notebook,
        }
        self.on_open: Callable[[str], None] = lambda uri: None
        self.on_change: Callable[[str], None] = lambda uri: None
        self.on_close: Callable[[str], None] = lambda uri: None

    def follows(self, method: str) -> bool:
        """Whether the method is one of document synchronization."""
        return method in self._updates

    def update(self, method: str, params: bytes) -> bytes:
        """Follow a notification of document synchronization; returns its params as the servers shall see them.

        Raises msgspec.DecodeError for what no server may see. Then nothing has changed here either.
        """
        return self._updates[method](params)

    def version(self, uri: str) -> int | None:
        """The version the editor has; None for a document that is not open."""
        document = self._texts.get(uri)
        return document.version if document else None

    def text(self, uri: str) -> str | None:
        """The text the editor has; None for a document that is not open."""
        document = self._texts.get(uri)
        return document.text if document else None

    def line(self, uri: str, number: int) -> str:
        """A line of an open document; empty when there is none."""
        document = self._texts.get(uri)
        return document.line(number) if document else ""

    def replay(self, wanted: Callable[[str], bool] = lambda uri: True) -> Iterator[bytes]:
        """The notifications that bring a fresh server to the current state, of the text documents it shall know."""
        for document in self._texts.values():
            if not wanted(document.uri):
                continue
            item = {
                "uri": document.uri,
                "languageId": document.language_id,
                "version": document.version,
                "text": document.text,
            }
            yield notification(methods.DID_OPEN, encode({"textDocument": item}))
        for notebook in self._notebooks.values():
            yield from notebook.messages

    def _open(self, params: bytes) -> bytes:
        opened = decode_opened(params)
        item = opened.textDocument
        _check_path(item.uri)
        _check_text(item.text)
        if item.uri in self._texts:
            self.on_change(item.uri)
        self._texts[item.uri] = Document(item)
        if is_virtual(item.uri):
            self.virtual.add(item.uri)
        self.on_open(item.uri)
        return encode(opened)

    def _change(self, params: bytes) -> bytes:
        changed = decode_changed(params)
        document = _get(self._texts, changed.textDocument.uri)
        for change in changed.contentChanges:
            _check_text(change.text)
        document.change(changed.textDocument.version, changed.contentChanges, self.encoding)
        self.on_change(changed.textDocument.uri)
        return encode(changed)

    def _close(self, params: bytes) -> bytes:
        closed = decode_closed(params)
        uri = closed.textDocument.uri
        _get(self._texts, uri)
        del self._texts[uri]
        self.virtual.discard(uri)
        self.on_close(uri)
        return encode(closed)

    def _open_notebook(self, params: bytes) -> bytes:
        _check(params)
        opened = decode_opened_notebook(params)
        _check_cells(opened.cellTextDocuments)
        self._notebooks[opened.notebookDocument.uri] = _OpenNotebook(opened, params)
        return params

    def _change_notebook(self, params: bytes) -> bytes:
        _check(params)
        changed = decode_changed_notebook(params)
        notebook = _get(self._notebooks, changed.notebookDocument.uri)
        return notebook.change(changed.change.cells or CellChanges(), params, self.encoding)

    def _close_notebook(self, params: bytes) -> bytes:
        _check(params)
        uri = decode_closed_notebook(params).notebookDocument.uri
        _get(self._notebooks, uri)
        del self._notebooks[uri]
        return params


class _OpenNotebook:
    """A notebook as the messages that led to it; its cells' texts only to know where changes in them are."""

    def __init__(self, opened: OpenedNotebook, params: bytes) -> None:
        self.messages = [notification(methods.NOTEBOOK_DID_OPEN, params)]
        self._count = len(opened.notebookDocument.cells)
        self._cells = {item.uri: Document(item) for item in opened.cellTextDocuments}

    def change(self, cells: CellChanges, params: bytes, encoding: Encoding) -> bytes:
        """Follow a change; returns its params with the places that LSP means."""
        if cells.structure is not None:
            self._check_structure(cells.structure)
        for text in cells.textContent or ():
            _get(self._cells, text.document.uri)
            for change in text.changes:
                _check_text(change.text)
        if cells.structure is not None:
            self._restructure(cells.structure)
        if cells.textContent:
            for text in cells.textContent:
                self._cells[text.document.uri].change(text.document.version, text.changes, encoding)
            whole = decode(params)
            whole["change"]["cells"]["textContent"] = cells.textContent
            params = encode(whole)
        self.messages.append(notification(methods.NOTEBOOK_DID_CHANGE, params))
        return params

    def _check_structure(self, structure: Structure) -> None:
        array = structure.array
        if array.start + array.deleteCount > self._count:
            # ruff exits on it.
            raise msgspec.ValidationError(f"the notebook has only {self._count} cells")
        _check_cells(structure.didOpen or ())

    def _restructure(self, structure: Structure) -> None:
        self._count += len(structure.array.cells or ()) - structure.array.deleteCount
        for closed in structure.didClose or ():
            self._cells.pop(closed.uri, None)
        for item in structure.didOpen or ():
            self._cells[item.uri] = Document(item)


def _get(things: Mapping[str, Any], uri: str) -> Any:  # noqa: ANN401 - what the mapping holds
    if uri not in things:
        raise msgspec.ValidationError(f"{uri} is not open")
    return things[uri]


def _check(params: bytes) -> None:
    """For params that go on with all that is in them."""
    if problem := unfit(params):
        raise msgspec.ValidationError(problem)


def _check_path(uri: str) -> None:
    if is_no_path(uri):
        raise msgspec.ValidationError(f"the path of {uri} is no UTF-8")


def _check_text(text: Raw) -> None:
    if memoryview(text)[0] != ord('"'):
        raise msgspec.ValidationError("a text is no string")


def _check_cells(items: Iterable[Item]) -> None:
    for item in items:
        _check_text(item.text)


def _split(text: str) -> list[str]:
    """Lines with their ends; the last one, which has none, may be empty."""
    lines = _LINE.findall(text)
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def _replace(lines: list[str], span: Range, text: str, encoding: Encoding) -> None:
    """Put `text` in the place of `span`, which comes to mean the same place to every reader."""
    before = _locate(lines, span.start, encoding)
    after = _locate(lines, span.end, encoding)
    if span.end < span.start:
        span.end, after = span.start, before
    first, last = span.start.line, span.end.line
    middle = lines[first][:before] + text + lines[last][after:]
    if middle.startswith("\n") and first and lines[first - 1].endswith("\r"):
        first -= 1
        middle = lines[first] + middle
    new = _split(middle)
    if last + 1 < len(lines) and new[-1] == "":
        new.pop()
    lines[first : last + 1] = new


def _locate(lines: list[str], position: Position, encoding: Encoding) -> int:
    """How many characters of its line are before a position, which is moved to where LSP means it to be.

    That is the line's end at most, without `\\r\\n`, and the start of a character that it cuts in two.
    """
    if position.line >= len(lines):
        position.line, position.character = len(lines) - 1, 2**32 - 1
    line = lines[position.line].rstrip("\r\n")
    if line.isascii() or encoding == "utf-32":
        position.character = min(position.character, len(line))
        return position.character
    codec, width = _CODECS[encoding]
    start = line.encode(codec)[: position.character * width].decode(codec, "ignore")
    position.character = units(start, encoding)
    return len(start)
