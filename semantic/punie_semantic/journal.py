"""The journal: what transactions did to a project's files, in the user's state directory.

An entry is on disk before the first file of its transaction is touched. It is `<number>.pending` until all files are
done and `<number>.done` afterwards. It knows nothing of overlays; files are bytes here.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import secrets
import time
from collections.abc import Generator
from pathlib import Path

import msgspec

from punie_semantic.entries import Entry, Head, Step, read_entry, read_head, write_entry
from punie_semantic.exceptions import JournalError
from punie_semantic.file_locks import lock_file

logger = logging.getLogger(__name__)

STATE_VARIABLE = "PUNIE_STATE_DIR"
MAX_ENTRIES = 200
MAX_BYTES = 200 << 20
LOCK_SECONDS = 10.0


class Journal:
    """The journal of one project. The constructor touches nothing."""

    def __init__(self, root: Path) -> None:
        self.root = root
        name = hashlib.blake2b(os.fsencode(root), digest_size=12).hexdigest()
        self.folder = state_folder() / "journal" / name

    @contextlib.contextmanager
    def locked(self, seconds: float = LOCK_SECONDS) -> Generator[None]:
        """Hold the project against other Punies. Raises JournalError when another one does not let go."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            if not lock_file(handle, seconds):
                raise JournalError(f"Another Punie is writing to {self.root}. Nothing was written; try again.")
            yield
        finally:
            os.close(handle)  # which lets go of the lock, as the end of the process does

    def heads(self) -> list[Head]:
        """What is in the journal, oldest first. An entry that cannot be read is left out, and logged."""
        found = []
        for path in self._files(".done"):
            try:
                found.append(read_head(path))
            except (OSError, ValueError) as error:
                logger.warning("the journal's entry %s cannot be read: %s", path, error)
        return found

    def read(self, head: Head) -> Entry:
        """An entry with its contents. Raises JournalError."""
        return self._read(self.folder / f"{head.number:08}.done")

    def pending(self) -> list[Path]:
        """Entries whose transaction did not come to its end."""
        return self._files(".pending")

    def read_pending(self, path: Path) -> Entry:
        """A pending entry. Raises JournalError."""
        return self._read(path)

    def begin(self, head: Head, steps: tuple[Step, ...]) -> Entry:
        """Write a pending entry; the head's id, number and time are given here. Raises JournalError for none."""
        number = self._next_number()
        key = secrets.token_hex(4)
        named = [msgspec.structs.replace(step, temporary=f".punie-{key}-{i}.tmp") for i, step in enumerate(steps)]
        entry = Entry(msgspec.structs.replace(head, id=key, number=number, created=time.time()), tuple(named))
        try:
            write_entry(self.folder / f"{number:08}.pending", entry)
            sync_folder(self.folder)
        except OSError as error:
            with contextlib.suppress(OSError):
                (self.folder / f"{number:08}.pending").unlink(missing_ok=True)
            raise self._unusable(error) from error
        return entry

    def finish(self, entry: Entry) -> None:
        """The transaction is done, and part of the history."""
        pending = self.folder / f"{entry.head.number:08}.pending"
        pending.rename(pending.with_suffix(".done"))
        sync_folder(self.folder)
        self._drop_oldest()

    def drop(self, entry: Entry) -> None:
        """The transaction did not take place."""
        (self.folder / f"{entry.head.number:08}.pending").unlink(missing_ok=True)

    def set_aside(self, pending: Path) -> Path:
        """Keep a pending entry that can be neither finished nor taken back, out of the way."""
        aside = pending.with_suffix(".conflict")
        pending.rename(aside)
        return aside

    def _next_number(self) -> int:
        return max((int(p.stem) for p in self.folder.iterdir() if p.stem.isdigit()), default=0) + 1

    def _files(self, suffix: str) -> list[Path]:
        try:
            return sorted(p for p in self.folder.iterdir() if p.suffix == suffix and p.stem.isdigit())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise self._unusable(error) from error

    def _read(self, path: Path) -> Entry:
        try:
            return read_entry(path)
        except (OSError, ValueError) as error:
            raise JournalError(f"The journal's entry {path} cannot be read: {error}. It was left as it is.") from error

    def _unusable(self, error: OSError) -> JournalError:
        return JournalError(
            f"Punie's journal in {self.folder} cannot be used: {error.strerror or error}. Nothing was written. "
            f"Make room there or make it writable, or set {STATE_VARIABLE} to another folder."
        )

    def _drop_oldest(self) -> None:
        """Keep the journal within its bounds; the newest entry always stays."""
        with contextlib.suppress(OSError):
            for left in self.folder.glob("*.new"):
                left.unlink()
            entries = self._files(".done")
            sizes = [path.stat().st_size for path in entries]
            total = sum(sizes)
            count = len(entries)
            for path, size in zip(entries[:-1], sizes, strict=False):
                if count <= MAX_ENTRIES and total <= MAX_BYTES:
                    break
                path.unlink()
                total -= size
                count -= 1


def state_folder() -> Path:
    """Where Punie keeps what belongs to the user and not to a project: PUNIE_STATE_DIR, or the system's place."""
    if folder := os.environ.get(STATE_VARIABLE):
        return Path(folder)
    import platformdirs

    return platformdirs.user_state_path("punie")


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
