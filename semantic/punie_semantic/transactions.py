"""Writing an overlay to disk: all files or none, only onto what the edits were made for, and journalled."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.disk import look, refuse_read_only, same
from punie_semantic.entries import Content, Entry, FileHead, Head, Step
from punie_semantic.exceptions import EditError, SemanticError, StaleError
from punie_semantic.journal import Journal
from punie_semantic.overlay import Buffer, ChangeKind, FileChange
from punie_semantic.paths import inside, relative
from punie_semantic.placing import carry_out, missing_folders, places, put_back, settle
from punie_semantic.recovery import recover_locked
from punie_semantic.text_edits import line_edits

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """What a transaction is going to do.

    Attributes:
        files: as people see it.
        steps: path by path.
        folders: relative folders that it may leave empty and then removes.
    """

    files: tuple[FileHead, ...]
    steps: tuple[Step, ...]
    folders: tuple[bytes, ...] = ()


def commit(
    root: Path, changes: Sequence[FileChange], *, title: str = "", documents: Mapping[Path, Buffer] | None = None
) -> Head | None:
    """Write the changes. Encoding, BOM, line ends and file mode stay as they were.

    Args:
        root: the workspace, resolved.
        changes: as the overlay has them.
        title: what they are for, as the history shows it.
        documents: what is open in the editor now.

    Returns:
        The transaction; None when there is nothing to do.

    Raises:
        StaleError: a file on disk is no longer what the edits were based on; nothing is written.
        PathError: a path leaves the workspace, or is read-only.
        EditError: a file is open in the editor (use `record`), or two changes are of one file.
        JournalError: the journal cannot be written, or another Punie is writing; nothing is written.
        OSError: the disk refused; files already replaced are put back.
    """
    for change in changes:
        _refuse_open(change, documents or {})
    if not changes:
        return None
    journal = Journal(root)
    with journal.locked():
        recover_locked(journal)
        plan = _plan(root, changes)
        return execute(journal, plan, title or title_of(plan.files))


def record(root: Path, changes: Sequence[FileChange], *, title: str = "", undoes: str = "") -> Head | None:
    """Put changes into the history that the editor applied itself; their files are not touched.

    Args:
        root: the workspace, resolved.
        changes: what the editor was given, after it said that it applied them.
        title: what they are for.
        undoes: the transaction that they take back.
    """
    if not changes:
        return None
    files: list[FileHead] = []
    steps: list[Step] = []
    for change in changes:
        content = Content(change.source.text.encode("utf-8", "surrogatepass"))
        after = Content(change.text.encode("utf-8", "surrogatepass"))
        wanted = _steps(root, change, None if change.before is None else content, after)
        files.append(head_of(change.kind, change.file, change.old_file, change.source.text, change.text, len(steps)))
        steps += wanted
    journal = Journal(root)
    with journal.locked():
        head = Head(title or title_of(files), tuple(files), editor=True, undoes=undoes)
        entry = journal.begin(head, tuple(steps))
        journal.finish(entry)
        return entry.head


def execute(journal: Journal, plan: Plan, title: str, *, undoes: str = "", partial: bool = False) -> Head:
    """Do a plan under the journal's lock; the caller has checked that it fits what is on disk."""
    targets = [step.under(journal.root) for step in plan.steps if step.after is not None]
    folders = missing_folders(journal.root, targets)
    head = Head(title, plan.files, folders=folders, empties=plan.folders, undoes=undoes, partial=partial)
    entry = journal.begin(head, plan.steps)
    done: list[Step] = []
    try:
        carry_out(journal.root, entry, done)
    except BaseException as error:
        _take_back(journal, entry, done, error)
        raise
    try:
        settle(journal.root, entry)
        journal.finish(entry)
    except OSError as error:
        # All files are new, which is what was asked for; the next repair puts the entry into the history.
        logger.warning("%s is done, but not yet in the history: %s", title, error)
    return entry.head


def _take_back(journal: Journal, entry: Entry, done: Sequence[Step], error: BaseException) -> None:
    """Put everything back. What cannot be put back now stays pending, for the next start."""
    try:
        changed = put_back(journal.root, entry)
    except (OSError, SemanticError) as second:
        error.add_note(f"Not all files could be put back: {second}. Punie tries again when it opens the project.")
        return
    # A file that was not reached yet is somebody else's business; one that was written and then changed is a conflict.
    if not any(step in done for step in changed):
        journal.drop(entry)


def head_of(kind: ChangeKind, file: str, old_file: str, before: str, after: str, first: int) -> FileHead:
    """A file of a transaction, with its lines counted; `first` is the index of its first step."""
    edits = line_edits(before, after)
    return FileHead(
        _shown(file),
        kind,
        _shown(old_file),
        sum(len(edit.lines) for edit in edits),
        sum(edit.end - edit.start for edit in edits),
        (first, first + 1) if kind == "rename" else (first,),
    )


def title_of(files: Sequence[FileHead]) -> str:
    """What a transaction without a title is called."""
    if len(files) != 1:
        return f"Change {len(files)} files"
    verbs = {"edit": "Edit", "create": "Create", "delete": "Delete", "rename": "Rename"}
    old = f"{files[0].old_file} to " if files[0].old_file else ""
    return f"{verbs[files[0].kind]} {old}{files[0].file}"


def _refuse_open(change: FileChange, documents: Mapping[Path, Buffer]) -> None:
    for path in (change.before, change.after):
        current = documents.get(path) if path else None
        known = change.buffer if path == change.before else None
        if known is not None and current is not None and current.version != known.version:
            raise StaleError(f"{change.file} was edited in the editor meanwhile. Nothing was written; ask again.")
        if known is not None or current is not None:
            raise EditError(f"{change.file} is open in the editor, which must apply the change. Nothing was written.")


def _plan(root: Path, changes: Sequence[FileChange]) -> Plan:
    files: list[FileHead] = []
    steps: list[Step] = []
    for change in changes:
        before = None if change.before is None else Content(change.source.encode(change.source.text))
        after = Content(change.source.encode(change.text))
        wanted = _steps(root, change, before, after)
        files.append(head_of(change.kind, change.file, change.old_file, change.source.text, change.text, len(steps)))
        steps += [_as_on_disk(root, step, change) for step in wanted]
    paths = [step.path for step in steps]
    if twice := next((path for path in paths if paths.count(path) > 1), None):
        raise EditError(
            f"Two changes are of one file, {os.fsdecode(twice)}, by different names. Edit it by one of them."
        )
    if stale := places(root, steps).other:
        raise StaleError(
            f"{os.fsdecode(stale[0].path)} changed on disk meanwhile. Nothing was written; run the fix again."
        )
    return Plan(tuple(files), tuple(steps))


def _steps(root: Path, change: FileChange, before: Content | None, after: Content) -> list[Step]:
    path = inside(root, change.path)
    match change.kind:
        case "edit":
            return [_step(root, path.resolve(), before, after)]
        case "create":
            return [_step(root, _place(path), None, after)]
        case "delete":
            return [_step(root, _place(path), before, None)]
        case "rename":
            assert change.old_path is not None
            old = _place(inside(root, change.old_path))
            return [_step(root, old, before, None), _step(root, _place(path), None, after)]


def _step(root: Path, path: Path, before: Content | None, after: Content | None) -> Step:
    return Step(os.fsencode(relative(root, path)), before, after)


def _place(path: Path) -> Path:
    """The path with its folder's symlinks followed; what comes and goes is the link, not what it leads to."""
    return path.parent.resolve() / path.name


def _as_on_disk(root: Path, step: Step, change: FileChange) -> Step:
    """The step with the mode that the file has. Raises StaleError when the file is not what the edit was made for."""
    path = step.under(root)
    found = look(path)
    wanted = step.before
    if found is not None and found.link and change.kind == "delete":
        # The link goes, whatever it leads to; its text was read through it.
        wanted = found if look(path.resolve()) is not None else None
    if not same(found, wanted):
        what = "exists already" if wanted is None else "changed on disk meanwhile"
        raise StaleError(f"{change.file} {what}. Nothing was written; run the fix again.")
    if found is not None and not found.link:
        refuse_read_only(path, change.file)
    mode = found.mode if found is not None else None
    if step.after is not None and change.kind == "rename" and change.old_path is not None:
        mode = _mode(change.old_path)
    after = None if step.after is None else Content(step.after.data, mode)
    return Step(step.path, found, after)


def _mode(path: Path) -> int | None:
    content = look(path)
    return content.mode if content else None


def _shown(file: str) -> str:
    return os.fsencode(file).decode("utf-8", "backslashreplace")
