"""Taking back what was written: the file as it was, or, if the user wrote in it since, only what is Punie's."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from punie_ls.init import json_target, line_target, own_file, records, toml_target
from punie_ls.init.exceptions import Broken, InitError, NotWritten
from punie_ls.init.records import Record, Written
from punie_ls.init.targets import Change, Kind, TakenBack
from punie_ls.init.text_file import TextFile, digest, read, write

_TAKE_BACK: dict[Kind, Callable[[str, Sequence[Change]], TakenBack]] = {
    "json": json_target.take_back,
    "toml": toml_target.take_back,
    "file": own_file.take_back,
    "line": line_target.take_back,
}


@dataclass(frozen=True)
class FileUndo:
    """A file as it is, and its bytes without Punie: None if it goes. `left` says what stays, and why."""

    file: TextFile
    written: Written
    data: bytes | None
    left: tuple[str, ...] = ()

    @property
    def changes_file(self) -> bool:
        """Whether there is something to write."""
        return self.data != self.file.data


def plan_undo(editor: str) -> list[FileUndo]:
    """What taking back would do. Raises InitError, with the file and the reason."""
    record = records.load(editor)
    undos = []
    for name in {**record.done, **record.pending}:
        path = Path(name)
        try:
            file = read(path)
            written = records.settled(record, file)
            if written is not None:
                undos.append(_undo(file, written))
        except Broken as error:
            where = f"{path}, line {error.line}" if error.line else str(path)
            raise InitError(f"{where}: {error}. Mend it and run this again.") from error
    return undos


def take_back(editor: str, seen: list[FileUndo]) -> list[FileUndo]:
    """Do it, and give what was done. Raises InitError when it is not what was seen."""
    with records.locked():
        undos = plan_undo(editor)
        if [(u.file.path, u.data) for u in undos] != [(u.file.path, u.data) for u in seen]:
            raise NotWritten(
                f"The configuration of {editor} was changed just now. Nothing was written; run this again."
            )
        for undo in undos:
            if undo.changes_file:
                write(undo.file, undo.data)
            _remove_folders(undo.written.folders)
            _forget(editor, undo)
        if not undos:
            records.save(editor, Record({}, {}))
    return undos


def _undo(file: TextFile, written: Written) -> FileUndo:
    if file.data is None:
        return FileUndo(file, written, None)
    if file.digest == written.before:
        return FileUndo(file, written, file.data)
    if file.digest == written.after and written.exact:
        if written.before is None:
            return FileUndo(file, written, None)
        if (data := _backup(written)) is not None:
            return FileUndo(file, written, data)
    taken = _TAKE_BACK[written.kind](file.text, written.changes)
    bare = taken.text.strip() in ("", "{}") and written.before is None
    return FileUndo(file, written, None if bare else file.encode(taken.text), taken.left)


def _backup(written: Written) -> bytes | None:
    """The file as it was, if the copy is there and is that."""
    if written.backup is None:
        return None
    try:
        data = Path(written.backup).read_bytes()
    except OSError:
        return None
    return data if digest(data) == written.before else None


def _remove_folders(folders: Sequence[str]) -> None:
    """Remove the folders that were made, if nothing is in them."""
    for folder in folders:
        with contextlib.suppress(OSError):
            Path(folder).rmdir()


def _forget(editor: str, undo: FileUndo) -> None:
    """The record without this file. The copy of it goes too, if the file is as it was."""
    record, name = records.load(editor), str(undo.file.path)
    done, pending = ({k: v for k, v in part.items() if k != name} for part in (record.done, record.pending))
    records.save(editor, Record(done, pending))
    if undo.written.backup is not None and undo.data is not None and digest(undo.data) == undo.written.before:
        Path(undo.written.backup).unlink(missing_ok=True)
