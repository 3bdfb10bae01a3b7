"""What the editor has open, so that a restarted server can be told. Knows the sync notifications, no child.

Changes are kept as they came and folded into the text only when it is asked for, or when many are waiting: a
keystroke must not cost a walk over the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from punie_ls.relay import methods
from punie_ls.relay.messages import decode, encode, notification
from punie_semantic.wire.positions import Encoding, characters

MAX_PENDING = 64
MAX_PENDING_BYTES = 1 << 20

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


class _TextDocument(msgspec.Struct):
    uri: str
    version: int | None = None
    languageId: str = "python"  # noqa: N815 - the wire's name
    text: str = ""


class _Change(msgspec.Struct):
    textDocument: _TextDocument  # noqa: N815 - the wire's name
    contentChanges: Raw = Raw(b"[]")  # noqa: N815 - the wire's name


class _TextMessage(msgspec.Struct):
    params: _Change


class _NotebookId(msgspec.Struct):
    uri: str


class _NotebookParams(msgspec.Struct):
    notebookDocument: _NotebookId  # noqa: N815 - the wire's name


class _NotebookMessage(msgspec.Struct):
    params: _NotebookParams


_decode_text = msgspec.json.Decoder(_TextMessage).decode
_decode_notebook = msgspec.json.Decoder(_NotebookMessage).decode


class Document:
    """One open text document: a base text and the changes since."""

    def __init__(self, opened: _TextDocument) -> None:
        self.uri = opened.uri
        self.language_id = opened.languageId
        self.version = opened.version
        self._text = opened.text
        self._pending: list[Raw] = []
        self._pending_bytes = 0

    def change(self, version: int | None, changes: Raw, encoding: Encoding) -> None:
        """Note the `contentChanges` of one notification."""
        self.version = version
        self._pending.append(changes.copy())
        self._pending_bytes += len(bytes(changes))
        if len(self._pending) > MAX_PENDING or self._pending_bytes > MAX_PENDING_BYTES:
            self.text(encoding)

    def text(self, encoding: Encoding) -> str:
        """The current text."""
        if self._pending:
            changes = [change for raw in self._pending for change in decode(raw)]
            self._pending.clear()
            self._pending_bytes = 0
            self._text = fold(self._text, changes, encoding)
        return self._text


class Documents:
    """All open text documents and notebooks, in the order of their opening."""

    def __init__(self) -> None:
        self.encoding: Encoding = "utf-16"
        self._texts: dict[str, Document] = {}
        self._notebooks: dict[str, list[bytes]] = {}
        self._updates: dict[str, Callable[[bytes], None]] = {
            methods.DID_OPEN: self._open,
            methods.DID_CHANGE: self._change,
            methods.DID_CLOSE: self._close,
            methods.NOTEBOOK_DID_OPEN: self._open_notebook,
            methods.NOTEBOOK_DID_CHANGE: self._change_notebook,
            methods.NOTEBOOK_DID_CLOSE: self._close_notebook,
        }
        self.on_close: Callable[[str], None] = lambda uri: None

    def update(self, method: str, body: bytes) -> None:
        """Follow a notification; others than sync are none of its business. Raises msgspec.DecodeError."""
        if update := self._updates.get(method):
            update(body)

    def version(self, uri: str) -> int | None:
        """The version the editor has; None for a document that is not open."""
        document = self._texts.get(uri)
        return document.version if document else None

    def text(self, uri: str) -> str | None:
        """The text the editor has; None for a document that is not open."""
        document = self._texts.get(uri)
        return document.text(self.encoding) if document else None

    def replay(self) -> Iterator[bytes]:
        """The notifications that bring a fresh server to the current state."""
        for document in self._texts.values():
            item = {
                "uri": document.uri,
                "languageId": document.language_id,
                "version": document.version or 0,
                "text": document.text(self.encoding),
            }
            yield notification(methods.DID_OPEN, encode({"textDocument": item}))
        for bodies in self._notebooks.values():
            yield from bodies

    def _open(self, body: bytes) -> None:
        opened = _decode_text(body).params.textDocument
        self._texts[opened.uri] = Document(opened)

    def _change(self, body: bytes) -> None:
        params = _decode_text(body).params
        if document := self._texts.get(params.textDocument.uri):
            document.change(params.textDocument.version, params.contentChanges, self.encoding)

    def _close(self, body: bytes) -> None:
        uri = _decode_text(body).params.textDocument.uri
        self._texts.pop(uri, None)
        self.on_close(uri)

    def _open_notebook(self, body: bytes) -> None:
        self._notebooks[_decode_notebook(body).params.notebookDocument.uri] = [body]

    def _change_notebook(self, body: bytes) -> None:
        if bodies := self._notebooks.get(_decode_notebook(body).params.notebookDocument.uri):
            bodies.append(body)

    def _close_notebook(self, body: bytes) -> None:
        self._notebooks.pop(_decode_notebook(body).params.notebookDocument.uri, None)


def fold(text: str, changes: Sequence[Mapping[str, Any]], encoding: Encoding) -> str:
    """`text` after all changes, in order; the lines are split once, not once per change."""
    lines = _split(text)
    for change in changes:
        if change.get("range") is None:
            lines = _split(change["text"])
        else:
            _replace(lines, change, encoding)
    return "".join(lines)


def _split(text: str) -> list[str]:
    """Lines with their ends; the last one, which has none, may be empty."""
    lines = _LINE.findall(text)
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def _replace(lines: list[str], change: Mapping[str, Any], encoding: Encoding) -> None:
    first, before = _locate(lines, change["range"]["start"], encoding)
    last, after = _locate(lines, change["range"]["end"], encoding)
    if (last, after) < (first, before):
        last, after = first, before
    middle = lines[first][:before] + change["text"] + lines[last][after:]
    if middle.startswith("\n") and first and lines[first - 1].endswith("\r"):
        first -= 1
        middle = lines[first] + middle
    new = _split(middle)
    if last + 1 < len(lines) and new[-1] == "":
        new.pop()
    lines[first : last + 1] = new


def _locate(lines: list[str], position: Mapping[str, int], encoding: Encoding) -> tuple[int, int]:
    """Index of the line, and code points into it, clamped as LSP asks."""
    number = position["line"]
    if number >= len(lines):
        return len(lines) - 1, len(lines[-1])
    return number, characters(lines[number].rstrip("\r\n"), position["character"], encoding)
