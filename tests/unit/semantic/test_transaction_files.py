"""Transactions that create, delete and rename files, and all that they refuse."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from punie_semantic.exceptions import EditError, JournalError, PathError, StaleError
from punie_semantic.history import history
from punie_semantic.journal import Journal
from punie_semantic.overlay import Buffer, Overlay
from punie_semantic.transactions import commit, record


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.py").write_text("a = 1\n")
    (folder / "b.py").write_text("b = 1\n")
    (folder / "b.py").chmod(0o751)
    return folder


def tree(root: Path) -> dict[str, str]:
    return {str(p.relative_to(root)): p.read_text() for p in sorted(root.rglob("*")) if p.is_file()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_come_go_and_move_with_their_modes(root: Path) -> None:
    overlay = Overlay(root)
    overlay.delete(root / "a.py")
    overlay.rename(root / "b.py", root / "pkg/deep/c.py")
    overlay.write(root / "pkg/deep/c.py", "b = 2\n")
    overlay.create(root / "pkg/n.py", "n = '📚'\n")

    done = commit(root, overlay.changes(), title="Move things")

    assert tree(root) == {"pkg/deep/c.py": "b = 2\n", "pkg/n.py": "n = '📚'\n"}
    assert mode(root / "pkg/deep/c.py") == 0o751
    mask = os.umask(0)
    os.umask(mask)
    assert mode(root / "pkg/n.py") == 0o666 & ~mask
    assert done is not None
    shown = history(root)[0]
    assert (shown.id, shown.title, shown.state) == (done.id, "Move things", "applied")
    assert [(f.kind, f.old_file, f.file, f.added, f.removed) for f in shown.files] == [
        ("delete", "", "a.py", 0, 1),
        ("rename", "b.py", "pkg/deep/c.py", 1, 1),
        ("create", "", "pkg/n.py", 1, 0),
    ]


def test_no_changes_are_no_transaction(root: Path) -> None:
    assert commit(root, []) is None
    assert history(root) == []


def test_swapped_files_and_a_new_name_in_another_case(root: Path) -> None:
    overlay = Overlay(root)
    overlay.rename(root / "a.py", root / "t.py")
    overlay.rename(root / "b.py", root / "a.py")
    overlay.rename(root / "t.py", root / "B.py")

    commit(root, overlay.changes())

    assert tree(root) == {"B.py": "a = 1\n", "a.py": "b = 1\n"}


def test_a_link_that_is_deleted_leaves_its_target(root: Path) -> None:
    (root / "link.py").symlink_to("a.py")
    overlay = Overlay(root)
    overlay.delete(root / "link.py")

    commit(root, overlay.changes())

    assert tree(root) == {"a.py": "a = 1\n", "b.py": "b = 1\n"}


def test_files_below_a_linked_folder_are_put_where_it_leads(root: Path) -> None:
    (root / "real").mkdir()
    (root / "linked").symlink_to("real")
    overlay = Overlay(root)
    overlay.create(root / "linked/n.py", "n\n")

    commit(root, overlay.changes())

    assert (root / "real/n.py").read_text() == "n\n"
    assert (root / "linked").is_symlink()


def test_two_names_of_one_file_are_refused(root: Path) -> None:
    (root / "link.py").symlink_to("a.py")
    overlay = Overlay(root)
    overlay.write(root / "a.py", "a = 2\n")
    overlay.write(root / "link.py", "a = 3\n")

    with pytest.raises(EditError, match=r"Two changes are of one file, a\.py"):
        commit(root, overlay.changes())

    assert tree(root)["a.py"] == "a = 1\n"


@pytest.mark.parametrize("what", ["created", "a folder", "a link", "edited", "in the way"])
def test_what_somebody_else_did_meanwhile_is_never_overwritten(root: Path, what: str) -> None:
    overlay = Overlay(root)
    overlay.write(root / "a.py", "a = 2\n")
    overlay.create(root / "new/n.py", "n\n")
    overlay.delete(root / "b.py")
    changes = overlay.changes()
    if what == "created":
        (root / "new").mkdir()
        (root / "new/n.py").write_text("theirs\n")
    elif what == "a folder":
        (root / "a.py").unlink()
        (root / "a.py").mkdir()
    elif what == "a link":
        (root / "a.py").rename(root / "c.py")
        (root / "a.py").symlink_to("/etc/hostname")
    elif what == "edited":
        (root / "b.py").write_text("theirs\n")
    else:
        (root / "new").write_text("a file where a folder has to be\n")
    before = sorted(root.rglob("*")), tree(root)

    with pytest.raises((StaleError, PathError, OSError)):
        commit(root, changes)

    assert (sorted(root.rglob("*")), tree(root)) == before
    assert history(root) == []
    assert Journal(root).pending() == []


def test_a_file_that_became_read_only_is_refused(root: Path) -> None:
    overlay = Overlay(root)
    overlay.write(root / "a.py", "a = 2\n")
    (root / "a.py").chmod(0o444)

    with pytest.raises(PathError, match=r"a\.py is read-only"):
        commit(root, overlay.changes())

    assert tree(root)["a.py"] == "a = 1\n"


def test_an_open_document_is_never_written_on_disk(root: Path) -> None:
    buffer = Buffer("a = 1\n", 3, "file:///a.py")
    overlay = Overlay(root, {root / "a.py": buffer})
    overlay.write(root / "a.py", "a = 2\n")

    with pytest.raises(EditError, match=r"a\.py is open in the editor"):
        commit(root, overlay.changes())
    with pytest.raises(StaleError, match=r"a\.py was edited in the editor meanwhile"):
        commit(root, overlay.changes(), documents={root / "a.py": Buffer("a = 9\n", 4)})

    assert tree(root)["a.py"] == "a = 1\n"


def test_a_document_that_was_opened_meanwhile_is_not_written_on_disk(root: Path) -> None:
    overlay = Overlay(root)
    overlay.rename(root / "a.py", root / "c.py")

    for path in (root / "a.py", root / "c.py"):
        with pytest.raises(EditError, match="is open in the editor"):
            commit(root, overlay.changes(), documents={path: Buffer("", 1)})

    assert tree(root) == {"a.py": "a = 1\n", "b.py": "b = 1\n"}


def test_what_the_editor_applied_is_recorded_and_nothing_is_written(root: Path) -> None:
    overlay = Overlay(root, {root / "a.py": Buffer("a = 1\n", 3, "file:///a.py")})
    overlay.write(root / "a.py", "a = 2\n")

    record(root, overlay.changes(), title="Fix with Punie")

    assert tree(root)["a.py"] == "a = 1\n"
    assert [(t.title, t.editor, t.state) for t in history(root)] == [("Fix with Punie", True, "applied")]


def test_without_a_journal_nothing_is_written(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "state").write_text("a file, where a folder should be")
    monkeypatch.setenv("PUNIE_STATE_DIR", str(tmp_path / "state"))
    overlay = Overlay(root)
    overlay.write(root / "a.py", "a = 2\n")

    with pytest.raises(JournalError, match=r"journal in .* cannot be used.*Nothing was written.*PUNIE_STATE_DIR"):
        commit(root, overlay.changes())

    assert tree(root)["a.py"] == "a = 1\n"


def test_another_punie_that_is_writing_is_waited_for_and_then_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punie_semantic.journal.LOCK_SECONDS", 0.2)
    overlay = Overlay(root)
    overlay.write(root / "a.py", "a = 2\n")
    program = (
        "import sys; from pathlib import Path; from punie_semantic.journal import Journal\n"
        "with Journal(Path(sys.argv[1])).locked(): print('locked', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin is not None
    assert other.stdout is not None
    with other:
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(JournalError, match="Another Punie is writing"):
            commit(root, overlay.changes())
        assert tree(root)["a.py"] == "a = 1\n"
        other.stdin.close()

    commit(root, overlay.changes())

    assert tree(root)["a.py"] == "a = 2\n"


def test_many_punies_at_once_lose_nothing(root: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from punie_semantic.overlay import Overlay\n"
        "from punie_semantic.transactions import commit\n"
        "root = Path(sys.argv[1])\n"
        "for number in range(5):\n"
        "    overlay = Overlay(root)\n"
        "    overlay.create(root / f'{sys.argv[2]}_{number}.py', 'x = 1\\n')\n"
        "    commit(root, overlay.changes())\n"
    )
    others = [subprocess.Popen([sys.executable, "-c", program, str(root), name]) for name in "pqr"]

    assert [other.wait(60) for other in others] == [0, 0, 0]

    names = {f"{name}_{number}.py" for name in "pqr" for number in range(5)}
    assert set(tree(root)) == {"a.py", "b.py", *names}
    assert {t.files[0].file for t in history(root)} == names
