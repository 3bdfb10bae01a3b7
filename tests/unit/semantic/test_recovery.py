"""After a crash: all files old or all new, and what somebody changed since is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic import journal as journals
from punie_semantic import placing
from punie_semantic.exceptions import JournalError
from punie_semantic.history import history, show, undo
from punie_semantic.journal import Journal
from punie_semantic.overlay import Overlay
from punie_semantic.recovery import recover, recover_quietly
from punie_semantic.transactions import commit


class Crash(BaseException):
    """The process is gone: nobody tidies up."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("a.py", "b.py", "c.py"):
        (folder / name).write_text(f"{name[0]} = 1\n")
    return folder


def edit(root: Path) -> None:
    overlay = Overlay(root)
    for name in ("a.py", "b.py", "c.py"):
        overlay.write(root / name, f"{name[0]} = 2\n")
    commit(root, overlay.changes(), title="Three files")


def crash_before(root: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a transaction as a crash does that comes before one file is replaced."""
    put = placing.put

    def crashing(temporary: Path, target: Path, *, fresh: bool) -> None:
        if target.name == name:
            raise Crash
        put(temporary, target, fresh=fresh)

    with monkeypatch.context() as patch:
        patch.setattr(placing, "put", crashing)
        patch.setattr("punie_semantic.transactions.put_back", lambda *_: (_ for _ in ()).throw(OSError("gone")))
        with pytest.raises(Crash):
            edit(root)


def texts(root: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(root.iterdir())}


def test_a_half_written_transaction_is_taken_back(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crash_before(root, "c.py", monkeypatch)
    assert (root / "a.py").read_text() == "a = 2\n"

    done = recover(root)

    assert texts(root) == {"a.py": "a = 1\n", "b.py": "b = 1\n", "c.py": "c = 1\n"}
    assert (done.finished, done.taken_back, done.conflicts) == ([], ["Three files"], [])
    assert history(root) == []
    assert not recover(root)


def test_a_complete_transaction_is_finished(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "finish", lambda *_: (_ for _ in ()).throw(Crash))
        with pytest.raises(Crash):
            edit(root)

    done = recover(root)

    assert texts(root) == {"a.py": "a = 2\n", "b.py": "b = 2\n", "c.py": "c = 2\n"}
    assert done.finished == ["Three files"]
    assert [t.title for t in history(root)] == ["Three files"]


def test_a_journal_that_cannot_be_closed_is_closed_later(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "finish", lambda *_: (_ for _ in ()).throw(OSError("no space")))
        edit(root)

    assert texts(root) == {"a.py": "a = 2\n", "b.py": "b = 2\n", "c.py": "c = 2\n"}
    assert recover(root).finished == ["Three files"]
    assert [t.title for t in history(root)] == ["Three files"]


def test_a_file_that_somebody_changed_since_is_left_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crash_before(root, "c.py", monkeypatch)
    (root / "b.py").write_text("b = 'theirs'\n")

    done = recover(root)

    assert texts(root) == {"a.py": "a = 1\n", "b.py": "b = 'theirs'\n", "c.py": "c = 1\n"}
    assert len(done.conflicts) == 1
    assert done.conflicts[0].startswith("b.py was changed by somebody else after Punie stopped in the middle of 'Three")
    kept = sorted((Journal(root).folder / "conflicts").rglob("*.py"))
    assert [path.read_text() for path in kept] == ["b = 2\n", "b = 1\n"]
    assert all(str(path) in done.conflicts[0] for path in kept)
    assert not recover(root)


def test_the_next_commit_repairs_first(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crash_before(root, "c.py", monkeypatch)

    overlay = Overlay(root)
    overlay.create(root / "d.py", "d\n")
    commit(root, overlay.changes())

    assert texts(root) == {"a.py": "a = 1\n", "b.py": "b = 1\n", "c.py": "c = 1\n", "d.py": "d\n"}


@pytest.mark.parametrize("damage", [b"", b"PUNIE-J1\0\0\0\xff", b"\0" * 100])
def test_a_damaged_entry_is_put_aside(root: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    crash_before(root, "a.py", monkeypatch)
    Journal(root).pending()[0].write_bytes(damage)

    done = recover(root)

    assert len(done.conflicts) == 1
    assert "cannot be read" in done.conflicts[0]
    assert Journal(root).pending() == []


def test_a_damaged_old_entry_hides_no_other(root: Path) -> None:
    edit(root)
    overlay = Overlay(root)
    overlay.delete(root / "a.py")
    commit(root, overlay.changes())
    entries = sorted(Journal(root).folder.glob("*.done"))
    entries[0].write_bytes(b"?")
    entries[1].write_bytes(entries[1].read_bytes()[:-20])

    assert [t.title for t in history(root)] == ["Delete a.py"]
    with pytest.raises(JournalError, match="cannot be read"):
        show(root, history(root)[0].id)


def test_nothing_to_repair_creates_nothing(root: Path) -> None:
    assert not recover(root)
    assert not Journal(root).folder.exists()


def test_opening_a_project_goes_on_without_a_journal(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash_before(root, "c.py", monkeypatch)
    monkeypatch.setattr("punie_semantic.recovery.put_back", lambda *_: (_ for _ in ()).throw(OSError("no space")))

    assert recover_quietly(root).conflicts == ["What a crash left could not be repaired: no space"]


def test_the_journal_is_the_users_alone_and_outside_the_project(root: Path) -> None:
    edit(root)

    entry = next(Journal(root).folder.glob("*.done"))
    assert entry.stat().st_mode & 0o777 == 0o600
    assert entry.parent.stat().st_mode & 0o777 == 0o700
    assert not entry.is_relative_to(root)
    assert sorted(path.name for path in root.iterdir()) == ["a.py", "b.py", "c.py"]


@pytest.mark.parametrize(("name", "bound", "left"), [("MAX_ENTRIES", 3, 3), ("MAX_BYTES", 0, 1)])
def test_old_entries_go(root: Path, monkeypatch: pytest.MonkeyPatch, name: str, bound: int, left: int) -> None:
    monkeypatch.setattr(journals, name, bound)
    for number in range(6):
        overlay = Overlay(root)
        overlay.write(root / "a.py", f"a = 'edit {number}'\n")
        commit(root, overlay.changes(), title=f"Edit {number}")

    assert [t.title for t in history(root)] == [f"Edit {number}" for number in range(5, 5 - left, -1)]
    undo(root)
    assert (root / "a.py").read_text() == "a = 'edit 4'\n"
