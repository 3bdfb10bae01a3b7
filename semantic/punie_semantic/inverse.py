"""What takes a transaction back, given what its files are now: steps for the disk, or changes for the editor."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.disk import look, refuse_read_only, same
from punie_semantic.entries import Content, Entry, FileHead, Step
from punie_semantic.exceptions import ConflictError, EditError, SemanticError, SourceError
from punie_semantic.merging import Misplaced, hunks_between, take_back
from punie_semantic.overlay import Buffer, ChangeKind, FileChange
from punie_semantic.paths import inside
from punie_semantic.sources import Source, check_declaration, decode, source_of_buffer
from punie_semantic.transactions import head_of

_OPPOSITE: dict[str, ChangeKind] = {"edit": "edit", "create": "delete", "delete": "create", "rename": "rename"}


@dataclass(frozen=True)
class Inverse:
    """The way back.

    Attributes:
        files: as people see them.
        steps: the same on disk.
        folders: those that the transaction made; they go when they are empty.
        changes: the same for the editor.
        partial: there is more in the transaction than was asked for.
    """

    files: tuple[FileHead, ...]
    steps: tuple[Step, ...]
    folders: tuple[bytes, ...]
    changes: tuple[FileChange, ...]
    partial: bool


class TakenBack(EditError):
    """There is nothing to do."""


@dataclass(frozen=True)
class _Present:
    """A file as it is now."""

    content: Content | None
    source: Source | None
    buffer: Buffer | None = None


class _Conflict(Exception):
    def __init__(self, why: str, hunks: tuple[int, ...] = (0,)) -> None:
        super().__init__(why)
        self.hunks = hunks


def invert(
    root: Path,
    entry: Entry,
    files: Collection[str],
    hunks: Mapping[str, Collection[int]],
    buffers: Mapping[Path, Buffer],
) -> Inverse:
    """The way back from a transaction, or from some of its files and hunks. Raises ConflictError or EditError."""
    changes: list[tuple[FileChange, tuple[Step, ...]]] = []
    conflicts: list[tuple[str, int, str]] = []
    for file in _chosen(entry, files, hunks):
        try:
            if change := _Way(root, entry, file, buffers).back(hunks.get(file.file)):
                changes.append(change)
        except _Conflict as conflict:
            conflicts += [(file.file, hunk, str(conflict)) for hunk in conflict.hunks]
    if conflicts:
        raise _conflict_error(entry, conflicts)
    if not changes:
        raise TakenBack(f"{entry.head.title!r} is taken back already; there is nothing to do.")
    heads: list[FileHead] = []
    steps: list[Step] = []
    for change, wanted in changes:
        heads.append(head_of(change.kind, change.file, change.old_file, change.source.text, change.text, len(steps)))
        steps += wanted
    whole = tuple(change for change, _ in changes)
    return Inverse(tuple(heads), tuple(steps), entry.head.folders, whole, _is_partial(entry, files, hunks))


def _is_partial(entry: Entry, files: Collection[str], hunks: Mapping[str, Collection[int]]) -> bool:
    if not files and not hunks:
        return False
    return any(
        (file.file not in files and file.file not in hunks)
        or (file.file in hunks and len(set(hunks[file.file])) < len(hunks_between(*texts_of(entry, file))))
        for file in entry.head.files
    )


def texts_of(entry: Entry, file: FileHead) -> tuple[str, str]:
    """A file's text before and after a transaction; empty where there is none, or where it is no text."""
    first, last = entry.steps[file.steps[0]], entry.steps[file.steps[-1]]
    return _text(entry, first.before, first.path), _text(entry, last.after, last.path)


def _text(entry: Entry, content: Content | None, path: bytes) -> str:
    if content is None or content.link:
        return ""
    if entry.head.editor:
        return content.data.decode("utf-8", "surrogatepass")
    try:
        return decode(content.data, os.fsdecode(path)).text
    except SourceError:
        return ""


def _chosen(entry: Entry, files: Collection[str], hunks: Mapping[str, Collection[int]]) -> Iterator[FileHead]:
    known = {file.file for file in entry.head.files}
    if strange := next((name for name in (*files, *hunks) if name not in known), None):
        raise EditError(f"{strange} is not in {entry.head.title!r}. It has {', '.join(sorted(known))}.")
    for file in entry.head.files:
        numbers = hunks.get(file.file)
        if numbers is not None:
            count = len(hunks_between(*texts_of(entry, file)))
            if wrong := next((n for n in numbers if not 1 <= n <= count), None):
                raise EditError(f"{file.file} has no hunk {wrong} in {entry.head.title!r}; it has {count}.")
        if numbers is not None or file.file in files or not (files or hunks):
            yield file


def _conflict_error(entry: Entry, conflicts: list[tuple[str, int, str]]) -> ConflictError:
    places = "; ".join(f"{file}{f', hunk {hunk}' if hunk else ''}: {why}" for file, hunk, why in conflicts)
    return ConflictError(
        f"{entry.head.title!r} cannot be taken back: {places}. Nothing was written. Choose other files or hunks.",
        tuple(conflicts),
    )


class _Way:
    """The way back of one file."""

    def __init__(self, root: Path, entry: Entry, file: FileHead, buffers: Mapping[Path, Buffer]) -> None:
        self._root = root
        self._entry = entry
        self._file = file
        self._buffers = buffers
        self._steps = [entry.steps[index] for index in file.steps]

    def back(self, hunks: Collection[int] | None) -> tuple[FileChange, tuple[Step, ...]] | None:
        """The change; None when it is made already."""
        if hunks is not None and self._file.kind in ("create", "delete"):
            verb = "created" if self._file.kind == "create" else "deleted"
            raise EditError(f"{self._file.file} was {verb} as a whole. Undo it by its file, not by hunks.")
        match self._file.kind:
            case "edit":
                return self._back_to_text(self._steps[0], hunks)
            case "create":
                return self._back_to_nothing()
            case "delete":
                return self._back_to_life()
            case "rename" if hunks is not None:
                return self._back_to_text(self._steps[1], hunks)
            case _:
                return self._back_to_name()

    def _back_to_text(self, step: Step, hunks: Collection[int] | None) -> tuple[FileChange, tuple[Step, ...]] | None:
        now = self._present(step)
        before = self._before()
        if hunks is None and self._is(now, before):
            return None
        content, text = self._taken_back(now, before, step.after, hunks)
        if now.source is None or (text == now.source.text and same(content, now.content)):
            return None
        return self._change("edit", step, now, content, text)

    def _back_to_nothing(self) -> tuple[FileChange, tuple[Step, ...]] | None:
        step = self._steps[0]
        now = self._present(step)
        if now.content is None:
            return None
        if not self._is(now, step.after):
            raise _Conflict("it was edited since it was created, and would be lost")
        return self._change("delete", step, now, None, "")

    def _back_to_life(self) -> tuple[FileChange, tuple[Step, ...]] | None:
        step = self._steps[0]
        now = self._present(step)
        if self._is(now, step.before):
            return None
        if now.content is not None:
            raise _Conflict("there is another file in its place now")
        return self._change("create", step, now, step.before, self._old_text())

    def _back_to_name(self) -> tuple[FileChange, tuple[Step, ...]] | None:
        old, new = self._steps
        there, now = self._present(old), self._present(new)
        if now.content is None and self._is(there, old.before):
            return None
        if there.content is not None:
            raise _Conflict(f"there is another file at {self._file.old_file} now")
        content, text = self._taken_back(now, old.before, new.after, None)
        source = now.source or Source("")
        change = FileChange(
            self._root / os.fsdecode(old.path),
            os.fsdecode(old.path),
            source,
            text,
            now.buffer,
            "rename",
            new.under(self._root),
            os.fsdecode(new.path),
        )
        return change, (Step(new.path, now.content, None), Step(old.path, None, content))

    def _taken_back(
        self, now: _Present, before: Content | None, after: Content | None, hunks: Collection[int] | None
    ) -> tuple[Content, str]:
        if now.content is None or now.source is None:
            raise _Conflict("it is not there any more" if now.content is None else "it is no text any more")
        if hunks is None and before is not None and self._is(now, after):
            text = self._old_text()
            data = now.source.encode(text) if self._entry.head.editor or now.buffer else before.data
            return Content(data, now.content.mode), text
        try:
            text = take_back(*texts_of(self._entry, self._file), now.source.text, hunks)
        except Misplaced as error:
            numbers = tuple(hunk.number for hunk in error.hunks)
            raise _Conflict("its lines were edited since, or are there more than once", numbers) from error
        try:
            check_declaration(now.source, text, self._file.file)
            return Content(now.source.encode(text), now.content.mode), text
        except SourceError as error:
            raise _Conflict(str(error)) from error

    def _before(self) -> Content | None:
        return self._steps[0].before

    def _old_text(self) -> str:
        return texts_of(self._entry, self._file)[0]

    def _text_of(self, content: Content) -> str:
        """The text of one of this file's contents; a renamed file has its own name's encoding on either side."""
        step = next(s for s in self._steps if content in (s.before, s.after))
        return _text(self._entry, content, step.path)

    def _is(self, now: _Present, content: Content | None) -> bool:
        """Whether a file is as the transaction has it; as text where an editor is, or was, in between."""
        if now.content is None or content is None:
            return now.content is content
        if self._entry.head.editor or now.buffer is not None:
            return now.source is not None and now.source.text == self._text_of(content)
        return same(now.content, content)

    def _present(self, step: Step) -> _Present:
        path = inside(self._root, step.under(self._root))
        for name, buffer in self._buffers.items():
            if name == path or (name.parent.resolve() / name.name) == path or name.resolve() == path:
                return _Present(
                    Content(buffer.text.encode("utf-8", "surrogatepass")),
                    source_of_buffer(buffer.text, path.name),
                    buffer,
                )
        if path.parent.resolve() != path.parent:
            raise _Conflict("a folder above it leads elsewhere now")
        try:
            content = look(path)
            if content is None or content.link:
                return _Present(content, None)
            refuse_read_only(path, self._file.file)
        except (SemanticError, OSError) as error:
            raise _Conflict(str(error)) from error
        try:
            return _Present(content, decode(content.data, path.name))
        except SourceError:
            return _Present(content, None)

    def _change(
        self, kind: ChangeKind, step: Step, now: _Present, content: Content | None, text: str
    ) -> tuple[FileChange, tuple[Step, ...]]:
        file = os.fsdecode(step.path)
        change = FileChange(self._root / file, file, now.source or Source(""), text, now.buffer, kind)
        return change, (Step(step.path, now.content, content),)
