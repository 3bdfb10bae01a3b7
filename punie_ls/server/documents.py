"""The editor's open documents, mirrored exactly; pygls' own mirror breaks lines at form feeds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from punie_semantic.overlay import Buffer
from punie_semantic.wire.positions import Encoding, apply_change
from punie_semantic.wire.uris import path_of


class Documents:
    """Open documents by URI."""

    def __init__(self) -> None:
        self.encoding: Encoding = "utf-16"
        self._open: dict[str, Buffer] = {}

    def open(self, uri: str, version: int, text: str) -> None:
        """The editor opened a document, or it is replayed after a restart."""
        self._open[uri] = Buffer(text, version, uri)

    def change(self, uri: str, version: int, changes: list[dict[str, Any]]) -> None:
        """The editor changed a document, in several steps each on the result of the one before."""
        text = self._open[uri].text if uri in self._open else ""
        for change in changes:
            text = apply_change(text, change, self.encoding)
        self._open[uri] = Buffer(text, version, uri)

    def close(self, uri: str) -> None:
        """The editor closed a document; the disk counts again."""
        self._open.pop(uri, None)

    def get(self, uri: str) -> Buffer | None:
        """The document, when it is open."""
        return self._open.get(uri)

    def version(self, uri: str) -> int | None:
        """The document's version; None when it is not open."""
        document = self._open.get(uri)
        return document.version if document else None

    def below(self, folder: Path, root: Path) -> dict[Path, Buffer]:
        """The open Python files of a folder, as the tools take them: by their path below `root`.

        Args:
            folder: the workspace folder as the editor names it.
            root: the same folder without symlinks.
        """
        found = {}
        for uri, buffer in self._open.items():
            path = path_of(uri)
            if path and path.suffix in (".py", ".pyi") and path.is_relative_to(folder):
                found[root / path.relative_to(folder)] = buffer
        return found
