"""After a crash in the middle of a transaction: either all its files are old again, or all are new."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

from punie_semantic.entries import Content, Entry, Step
from punie_semantic.exceptions import JournalError, SemanticError
from punie_semantic.journal import Journal
from punie_semantic.placing import places, put_back, settle

logger = logging.getLogger(__name__)


@dataclass
class Recovery:
    """What `recover` did.

    Attributes:
        finished: titles of transactions whose files were all new; they are in the history.
        taken_back: titles of those whose files are all old again.
        conflicts: sentences on files that somebody else changed after the crash, and on what could not be read.
    """

    finished: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.finished or self.taken_back or self.conflicts)


def recover(root: Path) -> Recovery:
    """Repair what a crash left of a project; nothing to do is the usual case, and costs one look at a folder.

    A file that somebody changed after the crash is left alone; both texts of it are kept, and named in `conflicts`.

    Raises:
        JournalError: the journal cannot be used, or another Punie is writing: then nothing has crashed.
        OSError: the disk refused; it can be run again.
    """
    journal = Journal(root)
    if not journal.pending():
        return Recovery()
    with journal.locked():
        return recover_locked(journal)


def recover_quietly(root: Path) -> Recovery:
    """The same, for one who opens the project all the same: what goes wrong is in `conflicts`, and in the log."""
    try:
        return recover(root)
    except (SemanticError, OSError) as error:
        logger.warning("the last transaction could not be repaired: %s", error)
        return Recovery(conflicts=[f"What a crash left could not be repaired: {error}"])


def recover_locked(journal: Journal) -> Recovery:
    """The same, for one who holds the lock."""
    done = Recovery()
    for path in journal.pending():
        try:
            entry = journal.read_pending(path)
        except JournalError as error:
            aside = journal.set_aside(path)
            done.conflicts.append(f"{error} It is {aside} now.")
            continue
        _repair(journal, entry, path, done)
    for sentence in done.conflicts:
        logger.warning("after a crash: %s", sentence)
    return done


def _repair(journal: Journal, entry: Entry, path: Path, done: Recovery) -> None:
    found = places(journal.root, entry.steps)
    if len(found.after) == len(entry.steps):
        settle(journal.root, entry)
        journal.finish(entry)
        done.finished.append(entry.head.title)
        return
    if not found.other:
        put_back(journal.root, entry)
        journal.drop(entry)
        done.taken_back.append(entry.head.title)
        return
    kept = [_keep(journal, entry, step) for step in found.other]
    put_back(journal.root, entry)
    journal.set_aside(path)
    done.conflicts += kept


def _keep(journal: Journal, entry: Entry, step: Step) -> str:
    """Write both texts of a file to the journal's folder. Gives a sentence on where they are."""
    folder = journal.folder / "conflicts" / entry.head.id
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    index = entry.steps.index(step)
    name = Path(os.fsdecode(step.path)).name
    places = [
        f"{which} in {_write(folder / f'{index}.{suffix}.{name}', content)}"
        for which, suffix, content in (("the old text is", "old", step.before), ("the new text is", "new", step.after))
        if content is not None
    ]
    return (
        f"{os.fsdecode(step.path)} was changed by somebody else after Punie stopped in the middle of "
        f"{entry.head.title!r}. It was left as it is; {', '.join(places)}."
    )


def _write(path: Path, content: Content) -> Path:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content.data)
    return path
