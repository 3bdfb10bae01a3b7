"""The overlay: base texts (disk, or unsaved buffers) plus the edits of one turn. Disk stays untouched."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.exceptions import EditError
from punie_semantic.paths import existing_file, inside, relative
from punie_semantic.sources import Source, read_source
from punie_semantic.text_edits import unified_diff


@dataclass(frozen=True)
class Buffer:
    """An open document of the editor; `uri` is the editor's own spelling."""

    text: str
    version: int
    uri: str = ""


@dataclass(frozen=True)
class FileChange:
    """One changed file: what it was based on and what it becomes; `buffer` is None for a file that is not open."""

    path: Path
    file: str
    source: Source
    text: str
    buffer: Buffer | None

    @property
    def diff(self) -> str:
        """Unified diff against the base."""
        return unified_diff(self.source.text, self.text, self.file)


State = Mapping[Path, str]


class Overlay:
    """Texts of a workspace as one turn sees them, with checkpoints to go back to."""

    def __init__(self, root: Path, buffers: Mapping[Path, Buffer] | None = None) -> None:
        self.root = root
        self._buffers = dict(buffers or {})
        self._bases: dict[Path, Source] = {}
        self._edited: dict[Path, str] = {}
        self._checkpoints: list[dict[Path, str]] = []

    def base(self, path: Path) -> Source:
        """The text that edits start from. Raises SourceError when it cannot be read as text."""
        if path not in self._bases:
            buffer = self._buffers.get(path)
            self._bases[path] = Source(buffer.text) if buffer else read_source(path)
        return self._bases[path]

    def resolve(self, file: str) -> Path:
        """A file of the workspace that exists, on disk or as an unsaved buffer. Raises PathError."""
        path = inside(self.root, file)
        return path if path in self._buffers else existing_file(self.root, file)

    def text(self, path: Path, state: State | None = None) -> str:
        """The text in a state; in the present one by default."""
        edited = self._edited if state is None else state
        return edited[path] if path in edited else self.base(path).text

    def write(self, path: Path, text: str) -> None:
        """Replace a file's text in the overlay. Raises SourceError when its encoding cannot hold it."""
        base = self.base(path)
        base.encode(text)
        if text == base.text:
            self._edited.pop(path, None)
        else:
            self._edited[path] = text

    @property
    def state(self) -> State:
        """A copy of the present edits, by path."""
        return dict(self._edited)

    def checkpoint(self) -> int:
        """Remember the present edits; gives the number to roll back to."""
        self._checkpoints.append(dict(self._edited))
        return len(self._checkpoints) - 1

    def checkpoint_state(self, number: int) -> State:
        """The edits at a checkpoint. Raises EditError when there is none of that number."""
        if not 0 <= number < len(self._checkpoints):
            raise EditError(f"There is no checkpoint {number}. Call checkpoint() first and pass its result.")
        return self._checkpoints[number]

    def rollback(self, number: int) -> None:
        """Go back to a checkpoint."""
        self._edited = dict(self.checkpoint_state(number))

    def changes(self, since: State | None = None) -> list[FileChange]:
        """Files whose text differs from the base, or from an earlier state, sorted by path."""
        earlier = since or {}
        paths = sorted({*self._edited, *earlier})
        return [
            FileChange(path, relative(self.root, path), source, self.text(path), self.buffer(path))
            for path in paths
            if (source := self._at(path, earlier)).text != self.text(path)
        ]

    def buffer(self, path: Path) -> Buffer | None:
        """The editor's document, when the file is open there."""
        return self._buffers.get(path)

    @property
    def buffers(self) -> Mapping[Path, Buffer]:
        """All open documents of the workspace."""
        return self._buffers

    def _at(self, path: Path, state: State) -> Source:
        base = self.base(path)
        return Source(self.text(path, state), base.encoding, base.bom)


def state_key(state: State) -> str:
    """A short name for a state: equal edits have equal keys."""
    digest = hashlib.blake2b(digest_size=12)
    for path in sorted(state):
        digest.update(str(path).encode("utf-8", "surrogateescape") + b"\0")
        digest.update(state[path].encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()
