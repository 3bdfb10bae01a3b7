"""What transactions did, and taking them back: undo, and redo, which is the undo of an undo.

Both are transactions themselves. Where a file changed since, the edit is taken back by hunks if each one's place is
beyond doubt; else nothing is written and the conflicts are named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from punie_semantic.entries import Head
from punie_semantic.exceptions import EditError
from punie_semantic.inverse import Inverse, TakenBack, invert, texts_of
from punie_semantic.journal import Journal
from punie_semantic.merging import hunks_between
from punie_semantic.overlay import Buffer, FileChange
from punie_semantic.recovery import recover_locked
from punie_semantic.results.history import ChangedFile, Standing, Transaction
from punie_semantic.text_edits import unified_diff
from punie_semantic.transactions import Plan, execute

Hunks = Mapping[str, Collection[int]]


def history(root: Path) -> list[Transaction]:
    """All transactions of a project that the journal has, newest first. Raises JournalError."""
    heads = Journal(root).heads()
    return [_transaction(head, heads) for head in reversed(heads)]


def show(root: Path, transaction: str) -> str:
    """A transaction as a diff; its hunks have the numbers that `undo` takes. Raises EditError or JournalError."""
    journal = Journal(root)
    entry = journal.read(_named(journal.heads(), transaction))
    parts = []
    for file in entry.head.files:
        before, after = texts_of(entry, file)
        whole = unified_diff(before, after, file.file, kind=file.kind, old_name=file.old_file)
        header = whole.partition("@@ ")[0]
        if not header:
            header = f"--- a/{file.file}\n+++ b/{file.file}\n"
        parts.append(header + "".join(str(hunk) for hunk in hunks_between(before, after)))
    return "".join(parts)


def undo(
    root: Path,
    transaction: str = "",
    *,
    files: Collection[str] = (),
    hunks: Hunks | None = None,
    closed: bool = False,
) -> Transaction:
    """Take a transaction back; the newest that is not taken back yet, when none is named.

    Args:
        root: the workspace, resolved.
        transaction: its id.
        files: only these files of it.
        hunks: only these hunks, by file; their numbers are those of `show`.
        closed: the files are not open in the editor any more, so an edit that it applied may be undone on disk.

    Raises:
        EditError: there is no such transaction, file or hunk, or nothing to take back.
        ConflictError: a file changed since, where it matters; nothing is written.
        StaleError, PathError, JournalError, OSError: as `commit` does.
    """
    return _take_back(root, transaction, _edits, "Undo", files, hunks or {}, closed=closed)


def redo(
    root: Path,
    transaction: str = "",
    *,
    files: Collection[str] = (),
    hunks: Hunks | None = None,
    closed: bool = False,
) -> Transaction:
    """Do again what `undo` took back; the last undo, when no transaction is named. Else as `undo`."""
    return _take_back(root, transaction, _undos, "Redo", files, hunks or {}, closed=closed)


def undo_in_editor(
    root: Path,
    buffers: Mapping[Path, Buffer],
    transaction: str = "",
    *,
    files: Collection[str] = (),
    hunks: Hunks | None = None,
    again: bool = False,
) -> tuple[str, list[FileChange]]:
    """What the editor has to apply to undo a transaction, or to redo it `again`; nothing is written.

    After the editor did, call `record(root, changes, undoes=id)`.

    Returns:
        The id of the transaction that the changes take back, and the changes, on the editor's texts.
    """
    journal = Journal(root)
    heads = journal.heads()
    head, inverse = _inverse(
        journal, _undos(heads, transaction) if again else _edits(heads, transaction), files, hunks, buffers
    )
    return head.id, list(inverse.changes)


def _take_back(
    root: Path,
    transaction: str,
    choose: Callable[[Sequence[Head], str], Sequence[Head]],
    verb: str,
    files: Collection[str],
    hunks: Hunks,
    *,
    closed: bool,
) -> Transaction:
    journal = Journal(root)
    with journal.locked():
        recover_locked(journal)
        heads = journal.heads()
        head, inverse = _inverse(journal, choose(heads, transaction), files, hunks, {}, on_disk=not closed)
        title = f"{verb}: {_original(head, heads).title}"
        plan = Plan(inverse.files, inverse.steps, inverse.folders)
        done = execute(journal, plan, title, undoes=head.id, partial=inverse.partial)
        return _transaction(done, journal.heads())


def _inverse(
    journal: Journal,
    candidates: Sequence[Head],
    files: Collection[str],
    hunks: Hunks | None,
    buffers: Mapping[Path, Buffer],
    *,
    on_disk: bool = False,
) -> tuple[Head, Inverse]:
    """The first of the transactions that is not taken back bit by bit already, and the way back from it."""
    for head in candidates:
        if head.editor and on_disk:
            raise EditError(
                f"{head.title!r} was applied in the editor. Undo it there; or say that its files are not open any more."
            )
        try:
            return head, invert(journal.root, journal.read(head), files, hunks or {}, buffers)
        except TakenBack:
            if head is candidates[-1]:
                raise
    raise AssertionError("there is a candidate")


def _transaction(head: Head, heads: Sequence[Head]) -> Transaction:
    return Transaction(
        id=head.id,
        title=head.title,
        created=head.created,
        files=[
            ChangedFile(file=f.file, kind=f.kind, old_file=f.old_file, added=f.added, removed=f.removed)
            for f in head.files
        ],
        state=_state(head, heads),
        undoes=head.undoes,
        editor=head.editor,
    )


def _state(head: Head, heads: Sequence[Head]) -> Standing:
    """Whether a transaction still stands. An undo that was undone itself does not count."""
    inverses = [h for h in heads if h.undoes == head.id and _state(h, heads) != "undone"]
    if any(not inverse.partial for inverse in inverses):
        return "undone"
    return "partly_undone" if inverses else "applied"


def _edits(heads: Sequence[Head], transaction: str) -> list[Head]:
    """The transactions to undo, newest first: those that are no undo, or the named one. Raises EditError for none."""
    if transaction:
        head = _named(heads, transaction)
        if _state(head, heads) == "undone":
            raise EditError(f"{head.title!r} ({head.id}) is undone already. Redo does it again.")
        return [head]
    if found := [head for head in reversed(heads) if not head.undoes and _state(head, heads) != "undone"]:
        return found
    raise EditError("There is nothing to undo.")


def _undos(heads: Sequence[Head], transaction: str) -> list[Head]:
    """The undos to take back, newest first: of any transaction, or of the named one. Raises EditError for none."""
    wanted = _named(heads, transaction).id if transaction else ""
    by_id = {head.id: head for head in heads}
    standing = [h for h in reversed(heads) if _depth(h, by_id) % 2 and _state(h, heads) != "undone"]
    if found := [head for head in standing if wanted in ("", head.undoes)]:
        return found
    raise EditError(
        f"{transaction} is not undone, so there is nothing to redo." if wanted else "There is nothing to redo."
    )


def _depth(head: Head, by_id: Mapping[str, Head]) -> int:
    """0 for an edit, 1 for its undo, 2 for a redo, and so on; what has left the journal was an edit."""
    target = by_id.get(head.undoes)
    return 0 if not head.undoes else 1 if target is None else 1 + _depth(target, by_id)


def _original(head: Head, heads: Sequence[Head]) -> Head:
    target = next((h for h in heads if h.id == head.undoes), None)
    return head if target is None else _original(target, heads)


def _named(heads: Sequence[Head], transaction: str) -> Head:
    found = [head for head in heads if head.id.startswith(transaction)]
    if len(found) != 1:
        what = "is the beginning of several ids" if found else "is no transaction of this project"
        raise EditError(f"{transaction} {what}. `punie-ls history` lists them.")
    return found[0]
