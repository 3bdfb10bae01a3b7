"""What would be written for an editor, and how it is now. Writes nothing."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from punie_ls.init import records
from punie_ls.init.editors.editor import Editor
from punie_ls.init.exceptions import Broken, InitError, Kept
from punie_ls.init.surroundings import Surroundings
from punie_ls.init.targets import Change, Kind, State, Target
from punie_ls.init.text_file import TextFile, read

EditorState = Literal["configured", "not configured", "differs", "broken", "not found", "not available"]


@dataclass(frozen=True)
class FilePlan:
    """A file as it is, and its text as it would be. No changes: it is good as it is."""

    file: TextFile
    kind: Kind
    text: str
    changes: tuple[Change, ...]
    state: State


@dataclass(frozen=True)
class Plan:
    """What there is to do for an editor.

    `problem` says what must be mended first, with the file; then nothing is written. `missing` is what the user must do
    in the editor. `notes` are sentences.
    """

    editor: Editor
    state: EditorState
    files: tuple[FilePlan, ...] = ()
    problem: str = ""
    missing: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def to_write(self) -> tuple[FilePlan, ...]:
        """The files that would be written."""
        return tuple(plan for plan in self.files if plan.changes)


def make_plan(editor: Editor, around: Surroundings, *, named: bool) -> Plan:
    """What there is to do for an editor. One that the user named is configured even if it is not found."""
    found = editor.found(around)
    if not found and not named:
        return Plan(editor, "not found")
    if (reason := editor.unavailable(around)) is not None:
        return Plan(editor, "not available", problem=reason)
    notes = editor.notes(around)
    if not found:
        notes = (f"{editor.title} was not found on this machine.", *notes)
    try:
        files = tuple(_file_plan(editor, target) for target in editor.targets(around))
    except InitError as error:
        state: EditorState = "differs" if isinstance(error.__cause__, Kept) else "broken"
        return Plan(editor, state, problem=str(error), notes=notes)
    missing = editor.missing(around) or ""
    return Plan(editor, _state(files, missing), files, missing=missing, notes=notes)


def _file_plan(editor: Editor, target: Target) -> FilePlan:
    """Raises InitError, which names the file and the line, with the reason as its cause."""
    line = None
    try:
        file = read(target.path)
        written = records.settled(records.load(editor.name), file)
        merged = target.merge(file, written.after if written else None)
        if merged.changes:
            again = target.merge(_as_if(file, merged.text), None)
            if again.changes:
                raise Broken("it is written in a way that cannot be merged safely; configure Punie in it by hand")
    except (Broken, Kept) as error:
        line = error.line if isinstance(error, Broken) else None
        where = f"{target.path}, line {line}" if line else str(target.path)
        raise InitError(f"{where}: {error}.") from error
    return FilePlan(file, target.kind, merged.text, merged.changes, merged.state)


def _as_if(file: TextFile, text: str) -> TextFile:
    """The file, once a text is written."""
    return TextFile(file.path, file.target, file.encode(text), text, file.mode)


def _state(files: Sequence[FilePlan], missing: str) -> EditorState:
    states = {plan.state for plan in files}
    if states == {"configured"}:
        return "not configured" if missing else "configured"
    return "not configured" if states == {"not configured"} else "differs"


def diff(path: Path, before: str | None, after: str | None) -> str:
    """A unified diff; None stands for no file."""
    lines = difflib.unified_diff(
        _lines(before or ""),
        _lines(after or ""),
        "/dev/null" if before is None else str(path),
        "/dev/null" if after is None else str(path),
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
