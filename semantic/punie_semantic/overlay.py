"""The overlay: base texts (disk, or unsaved buffers) plus the edits of one turn. Disk stays untouched."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from punie_semantic.disk import listed, refuse_read_only, same_file
from punie_semantic.exceptions import EditError, PathError
from punie_semantic.paths import existing_file, inside, refuse_protected, relative
from punie_semantic.sources import Source, check_declaration, read_source, source_of_buffer, source_of_new
from punie_semantic.states import GONE, Layout, State, state_key
from punie_semantic.text_edits import unified_diff

__all__ = ["GONE", "Buffer", "FileChange", "Layout", "Overlay", "State", "state_key"]

ChangeKind = Literal["edit", "create", "delete", "rename"]


@dataclass(frozen=True)
class Buffer:
    """An open document of the editor; `uri` is the editor's own spelling."""

    text: str
    version: int
    uri: str = ""


@dataclass(frozen=True)
class FileChange:
    """One changed file: what it was based on and what it becomes; `buffer` is None for a file that is not open.

    Attributes:
        path: where the file is afterwards; where it was, when it is deleted.
        file: the same, relative to the workspace.
        source: what the edits started from; empty for a new file.
        text: what it becomes; empty for a deleted one.
        buffer: the editor's document, of the old path when the file is renamed.
        kind: what happens to the file.
        old_path: where a renamed file was; None for the others.
        old_file: the same, relative to the workspace; empty for the others.
    """

    path: Path
    file: str
    source: Source
    text: str
    buffer: Buffer | None
    kind: ChangeKind = "edit"
    old_path: Path | None = None
    old_file: str = ""

    @property
    def before(self) -> Path | None:
        """Where the file is before the change; None when it is created."""
        return None if self.kind == "create" else self.old_path or self.path

    @property
    def after(self) -> Path | None:
        """Where the file is after the change; None when it is deleted."""
        return None if self.kind == "delete" else self.path

    @property
    def diff(self) -> str:
        """Unified diff against the base, with git's headers where a file comes, goes or moves."""
        return unified_diff(self.source.text, self.text, self.file, kind=self.kind, old_name=self.old_file)


class Overlay:
    """Texts of a workspace as one turn sees them, with checkpoints to go back to."""

    def __init__(self, root: Path, buffers: Mapping[Path, Buffer] | None = None) -> None:
        self.root = root
        self._buffers = dict(buffers or {})
        self._unsaved = {path for path in self._buffers if not path.exists()}
        self._bases: dict[Path, Source] = {}
        self._new: set[Path] = set()
        self._edited: dict[Path, str] = {}
        self._origins: dict[Path, Path] = {}
        self._checkpoints: list[tuple[dict[Path, str], dict[Path, Path]]] = []

    def base(self, path: Path) -> Source:
        """The text that edits start from; empty for a file that this turn created. Raises SourceError."""
        if path not in self._bases:
            buffer = self._buffers.get(path)
            self._bases[path] = source_of_buffer(buffer.text, path.name) if buffer else read_source(path)
        return self._bases[path]

    def resolve(self, file: str) -> Path:
        """A file of the workspace that exists in the present state. Raises PathError."""
        path = inside(self.root, file)
        if path in self._edited:
            self._refuse_gone(path, self._edited)
            return path
        return path if path in self._buffers else existing_file(self.root, file)

    def exists(self, path: Path, state: State | None = None) -> bool:
        """Whether there is a file in a state; in the present one by default."""
        edited = self._edited if state is None else state
        if path in edited:
            return edited[path] is not GONE
        return self._in_base(path)

    def text(self, path: Path, state: State | None = None) -> str:
        """The text in a state; in the present one by default. Raises SourceError, or PathError for a deleted file."""
        edited = self._edited if state is None else state
        if path in edited:
            self._refuse_gone(path, edited)
            return edited[path]
        if path in self._new:
            raise PathError(f"{relative(self.root, path)} does not exist at that point of the turn.")
        return self.base(path).text

    def write(self, path: Path, text: str) -> None:
        """Replace a file's text in the overlay; a file that does not exist is created.

        Raises:
            SourceError: the file's encoding cannot hold the text.
            PathError: the file is read-only.
        """
        if not self.exists(path):
            self.create(path, text)
            return
        base = self.base(path)
        refuse_protected(self.root, path)
        check_declaration(base, text, path.name)
        if path not in self._edited and path not in self._buffers:
            refuse_read_only(path, relative(self.root, path))
        self._put(path, text)

    def create(self, path: Path, text: str) -> None:
        """A new file. Raises EditError when there is one, PathError for a bad place, SourceError for a bad text."""
        name = relative(self.root, path)
        inside(self.root, path)
        if self.exists(path):
            raise EditError(f"{name} exists already. Edit it, or choose another path.")
        self._check_place(path, name)
        if not self._in_base(path):
            self._new.add(path)
            self._bases[path] = source_of_new(text, path.name)
        check_declaration(self.base(path), text, path.name)
        self._origins.pop(path, None)
        self._put(path, text)

    def delete(self, path: Path) -> None:
        """Delete a file. Raises PathError when there is none, SourceError when it is no text."""
        name = relative(self.root, path)
        if not self.exists(path):
            raise PathError(f"{name} does not exist in the workspace, so it cannot be deleted.")
        refuse_protected(self.root, path)
        self.base(path)
        if path not in self._edited and path not in self._buffers and not path.is_symlink():
            refuse_read_only(path, name)
        self._origins.pop(path, None)
        self._take_away(path)

    def rename(self, old: Path, new: Path) -> None:
        """Move a file with its present text. Names that differ only in case are two names.

        Raises:
            EditError: there is a file at the new path, or the old one is a symlink.
            PathError: there is no file at the old path, or the new one is no place for a file.
            SourceError: it is no text.
        """
        old_name, new_name = relative(self.root, old), relative(self.root, new)
        text, source = self.text(self.resolve(old_name)), self.base(old)
        inside(self.root, new)
        refuse_protected(self.root, old)
        if old.is_symlink() and old not in self._origins:
            raise EditError(f"{old_name} is a symlink to {old.readlink()}. Rename that file instead.")
        if self.exists(new) and not (same_file(old, new) and not listed(new)):
            raise EditError(f"{new_name} exists already. Delete it first, or choose another path.")
        self._check_place(new, new_name)
        if old not in self._edited and old not in self._buffers:
            refuse_read_only(old, old_name)
        origin = self._origins.pop(old, old if self._in_base(old) else None)
        self._take_away(old)
        if not self._in_base(new):
            self._new.add(new)
            self._bases[new] = Source("", source.encoding, source.bom)
        check_declaration(self.base(new), text, new.name)
        if origin is not None and origin != new:
            self._origins[new] = origin
        self._put(new, text)

    def layout(self, state: State | None = None) -> Layout:
        """Which files of a state are not on disk, and which of the disk's it lacks; a buffer may be of a new file."""
        edited = self._edited if state is None else state
        created = {path for path, text in edited.items() if path in self._new and text is not GONE}
        unsaved = {path for path in self._unsaved if edited.get(path) is not GONE}
        gone = {path for path, text in edited.items() if text is GONE and path not in self._unsaved}
        return Layout(frozenset(created | unsaved), frozenset(gone))

    @property
    def state(self) -> State:
        """A copy of the present edits, by path."""
        return dict(self._edited)

    def checkpoint(self) -> int:
        """Remember the present edits; gives the number to roll back to."""
        self._checkpoints.append((dict(self._edited), dict(self._origins)))
        return len(self._checkpoints) - 1

    def checkpoint_state(self, number: int) -> State:
        """The edits at a checkpoint. Raises EditError when there is none of that number."""
        if not 0 <= number < len(self._checkpoints):
            raise EditError(f"There is no checkpoint {number}. Call checkpoint() first and pass its result.")
        return self._checkpoints[number][0]

    def rollback(self, number: int) -> None:
        """Go back to a checkpoint."""
        self.checkpoint_state(number)
        edited, origins = self._checkpoints[number]
        self._edited, self._origins = dict(edited), dict(origins)

    def forget(self, number: int) -> None:
        """Drop a checkpoint and those after it; the edits stay as they are."""
        del self._checkpoints[number:]

    def changes(self, since: State | None = None) -> list[FileChange]:
        """Files that differ from the base, or from an earlier state, sorted by path.

        A renamed file is one change; when its old path is a file again, or its new path was one, it is two.
        """
        earlier = since or {}
        found: list[FileChange] = []
        moved = self._moved(earlier)
        for path in sorted({*self._edited, *earlier} - set(moved.values())):
            if path in moved:
                found.append(self._rename(path, moved[path], earlier))
            elif (change := self._change(path, earlier)) is not None:
                found.append(change)
        return found

    def buffer(self, path: Path) -> Buffer | None:
        """The editor's document, when the file is open there."""
        return self._buffers.get(path)

    @property
    def buffers(self) -> Mapping[Path, Buffer]:
        """All open documents of the workspace."""
        return self._buffers

    def _moved(self, earlier: State) -> dict[Path, Path]:
        """New path to old path of the files that are renamed between an earlier state and now."""
        return {
            new: old
            for new, old in self._origins.items()
            if self.exists(new) and not self.exists(new, earlier) and self.exists(old, earlier) and not self.exists(old)
        }

    def _rename(self, new: Path, old: Path, earlier: State) -> FileChange:
        names = relative(self.root, new), relative(self.root, old)
        source, text, buffer = self._at(old, earlier), self.text(new), self.buffer(old)
        return FileChange(new, names[0], source, text, buffer, "rename", old, names[1])

    def _change(self, path: Path, earlier: State) -> FileChange | None:
        file, buffer = relative(self.root, path), self.buffer(path)
        before, now = self.exists(path, earlier), self.exists(path)
        if before and now:
            source, text = self._at(path, earlier), self.text(path)
            return FileChange(path, file, source, text, buffer) if source.text != text else None
        if now:
            base = self.base(path)
            return FileChange(path, file, Source("", base.encoding, base.bom), self.text(path), buffer, "create")
        return FileChange(path, file, self._at(path, earlier), "", buffer, "delete") if before else None

    def _at(self, path: Path, state: State) -> Source:
        base = self.base(path)
        return Source(self.text(path, state), base.encoding, base.bom)

    def _in_base(self, path: Path) -> bool:
        if path in self._new:
            return False
        return path in self._bases or path in self._buffers or (path.is_file() and listed(path))

    def _put(self, path: Path, text: str) -> None:
        if self._in_base(path) and text == self.base(path).text:
            self._edited.pop(path, None)
        else:
            self._edited[path] = text

    def _take_away(self, path: Path) -> None:
        if self._in_base(path):
            self._edited[path] = GONE
        else:
            self._edited.pop(path, None)

    def _refuse_gone(self, path: Path, state: State) -> None:
        if state.get(path) is GONE:
            raise PathError(f"{relative(self.root, path)} was deleted or renamed in this turn. Use its new path.")

    def _check_place(self, path: Path, name: str) -> None:
        """A file can be put here: no folder is in the way, and no file where a folder has to be."""
        refuse_protected(self.root, path)
        if path.is_dir():
            raise PathError(f"{name} is a folder. Pass a file.")
        if os.path.lexists(path) and not path.is_file() and listed(path):
            raise PathError(
                f"{name} is no regular file: a device, a pipe or a link that leads nowhere. Pass another path."
            )
        for parent in path.parents:
            if parent == self.root:
                break
            if self.exists(parent) or (os.path.lexists(parent) and not parent.is_dir() and parent not in self._edited):
                raise PathError(f"{relative(self.root, parent)} is a file, so {name} cannot be below it.")
