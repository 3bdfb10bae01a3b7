"""Files that come, go and move in the overlay; the disk stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.exceptions import EditError, PathError, SourceError
from punie_semantic.overlay import GONE, Buffer, Overlay, state_key
from punie_semantic.sources import MAX_SOURCE_BYTES


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("a = 1\n")
    (tmp_path / "b.py").write_text("b = 1\n")
    (tmp_path / "latin.py").write_bytes("# coding: latin-1\nx = 'ü'\n".encode("latin-1"))
    return tmp_path


def summary(overlay: Overlay, since: dict[Path, str] | None = None) -> list[tuple[str, str, str, str, str]]:
    return [(c.kind, c.old_file, c.file, c.source.text, c.text) for c in overlay.changes(since)]


def test_a_created_file_can_be_read_edited_and_resolved(root: Path) -> None:
    overlay = Overlay(root)

    overlay.create(root / "new/n.py", "n = 1\n")
    overlay.write(root / "new/n.py", "n = 2\n")

    assert overlay.resolve("new/n.py") == root / "new/n.py"
    assert overlay.text(root / "new/n.py") == "n = 2\n"
    assert summary(overlay) == [("create", "", "new/n.py", "", "n = 2\n")]
    assert overlay.changes()[0].before is None
    assert overlay.changes()[0].after == root / "new/n.py"
    assert overlay.changes()[0].diff == (
        "diff --git a/new/n.py b/new/n.py\nnew file mode 100644\n--- /dev/null\n+++ b/new/n.py\n@@ -0,0 +1 @@\n+n = 2\n"
    )
    assert not (root / "new").exists()


def test_writing_a_file_that_does_not_exist_creates_it(root: Path) -> None:
    overlay = Overlay(root)

    overlay.write(root / "n.py", "")

    assert summary(overlay) == [("create", "", "n.py", "", "")]
    assert overlay.exists(root / "n.py")


def test_a_deleted_file_cannot_be_read_or_resolved(root: Path) -> None:
    overlay = Overlay(root)

    overlay.delete(root / "a.py")

    assert summary(overlay) == [("delete", "", "a.py", "a = 1\n", "")]
    assert overlay.state == {root / "a.py": GONE}
    assert not overlay.exists(root / "a.py")
    with pytest.raises(PathError, match=r"a\.py was deleted or renamed in this turn"):
        overlay.text(root / "a.py")
    with pytest.raises(PathError, match=r"a\.py was deleted or renamed in this turn"):
        overlay.resolve("a.py")


def test_a_renamed_file_keeps_its_edits(root: Path) -> None:
    overlay = Overlay(root)

    overlay.write(root / "a.py", "a = 2\n")
    overlay.rename(root / "a.py", root / "pkg/c.py")

    assert summary(overlay) == [("rename", "a.py", "pkg/c.py", "a = 1\n", "a = 2\n")]
    change = overlay.changes()[0]
    assert (change.before, change.after) == (root / "a.py", root / "pkg/c.py")
    assert change.diff.startswith("diff --git a/a.py b/pkg/c.py\nrename from a.py\nrename to pkg/c.py\n--- a/a.py\n")


def test_a_rename_and_back_is_no_change(root: Path) -> None:
    overlay = Overlay(root)

    overlay.rename(root / "a.py", root / "c.py")
    overlay.rename(root / "c.py", root / "d.py")
    assert summary(overlay) == [("rename", "a.py", "d.py", "a = 1\n", "a = 1\n")]
    overlay.rename(root / "d.py", root / "a.py")

    assert overlay.changes() == []
    assert overlay.state == {}


def test_a_created_file_that_is_deleted_again_is_no_change(root: Path) -> None:
    overlay = Overlay(root)

    overlay.create(root / "n.py", "n\n")
    overlay.rename(root / "n.py", root / "m.py")
    assert summary(overlay) == [("create", "", "m.py", "", "n\n")]
    overlay.delete(root / "m.py")

    assert overlay.changes() == []


def test_two_files_that_change_places(root: Path) -> None:
    overlay = Overlay(root)

    overlay.rename(root / "a.py", root / "t.py")
    overlay.rename(root / "b.py", root / "a.py")
    overlay.rename(root / "t.py", root / "b.py")

    assert summary(overlay) == [
        ("edit", "", "a.py", "a = 1\n", "b = 1\n"),
        ("edit", "", "b.py", "b = 1\n", "a = 1\n"),
    ]


def test_a_chain_of_renames(root: Path) -> None:
    overlay = Overlay(root)

    overlay.rename(root / "b.py", root / "c.py")
    overlay.rename(root / "a.py", root / "b.py")

    assert summary(overlay) == [
        ("delete", "", "a.py", "a = 1\n", ""),
        ("edit", "", "b.py", "b = 1\n", "a = 1\n"),
        ("create", "", "c.py", "", "b = 1\n"),
    ]


def test_a_deleted_file_that_is_created_anew_is_edited(root: Path) -> None:
    overlay = Overlay(root)

    overlay.delete(root / "a.py")
    overlay.create(root / "a.py", "new = 1\n")

    assert summary(overlay) == [("edit", "", "a.py", "a = 1\n", "new = 1\n")]


def test_names_that_differ_in_case_are_two_names(root: Path) -> None:
    overlay = Overlay(root)

    overlay.rename(root / "a.py", root / "A.py")

    assert summary(overlay) == [("rename", "a.py", "A.py", "a = 1\n", "a = 1\n")]


def test_checkpoints_know_of_files(root: Path) -> None:
    overlay = Overlay(root)
    overlay.rename(root / "a.py", root / "c.py")
    first = overlay.checkpoint()
    state = dict(overlay.checkpoint_state(first))
    overlay.rename(root / "c.py", root / "d.py")
    overlay.delete(root / "b.py")
    overlay.create(root / "n.py", "n\n")

    assert summary(overlay, state) == [
        ("delete", "", "b.py", "b = 1\n", ""),
        ("delete", "", "c.py", "a = 1\n", ""),
        ("create", "", "d.py", "", "a = 1\n"),
        ("create", "", "n.py", "", "n\n"),
    ]
    with pytest.raises(PathError, match=r"n\.py does not exist at that point"):
        overlay.text(root / "n.py", state)
    assert overlay.exists(root / "b.py", state)

    overlay.rollback(first)

    assert summary(overlay) == [("rename", "a.py", "c.py", "a = 1\n", "a = 1\n")]
    with pytest.raises(PathError):
        overlay.resolve("n.py")


def test_an_empty_file_and_a_deleted_one_are_different_states(root: Path) -> None:
    assert state_key({root / "a.py": ""}) != state_key({root / "a.py": GONE})


def test_the_layout_says_which_files_there_are(root: Path) -> None:
    overlay = Overlay(root, {root / "unsaved.py": Buffer("u = 1\n", 1)})
    overlay.rename(root / "a.py", root / "c.py")
    overlay.create(root / "n.py", "n\n")

    assert overlay.layout().created == {root / "c.py", root / "n.py", root / "unsaved.py"}
    assert overlay.layout().deleted == {root / "a.py"}
    assert overlay.layout({}).created == {root / "unsaved.py"}
    assert not Overlay(root).layout()


def test_an_open_document_keeps_its_buffer(root: Path) -> None:
    buffer = Buffer("a = 'unsaved'\n", 4, "file:///a.py")
    overlay = Overlay(root, {root / "a.py": buffer})

    overlay.rename(root / "a.py", root / "c.py")

    change = overlay.changes()[0]
    assert (change.kind, change.source.text, change.buffer) == ("rename", "a = 'unsaved'\n", buffer)


def test_a_renamed_file_keeps_its_encoding(root: Path) -> None:
    overlay = Overlay(root)

    overlay.rename(root / "latin.py", root / "l.py")

    assert overlay.changes()[0].source.encoding == "iso-8859-1"


def test_a_new_file_is_encoded_as_it_declares(root: Path) -> None:
    overlay = Overlay(root)

    overlay.create(root / "n.py", "# coding: cp1252\nx = '€'\n")

    change = overlay.changes()[0]
    assert change.source.encode(change.text) == b"# coding: cp1252\nx = '\x80'\n"


@pytest.mark.parametrize(
    ("name", "text", "error", "message"),
    [
        ("a.py", "x\n", EditError, r"a\.py exists already"),
        ("a.py/n.py", "x\n", PathError, r"a\.py is a file, so a\.py/n\.py cannot be below it"),
        ("folder", "x\n", PathError, r"folder is a folder"),
        ("../n.py", "x\n", PathError, "outside the workspace"),
        ("out/n.py", "x\n", PathError, "symlink that leaves the workspace"),
        ("n.py", "# coding: klingon\n", SourceError, "klingon"),
        ("n.py", "# coding: latin-1\nx = '📚'\n", SourceError, "cannot hold"),
        ("n.py", "x = '\0'\n", SourceError, "NUL character"),
        ("n.py", "#" * (MAX_SOURCE_BYTES + 1), SourceError, "the limit is"),
    ],
)
def test_what_cannot_be_created(root: Path, name: str, text: str, error: type[Exception], message: str) -> None:
    (root / "folder").mkdir()
    (root / "out").symlink_to(root.parent)
    overlay = Overlay(root)

    with pytest.raises(error, match=message):
        overlay.create(root / name, text)

    assert overlay.changes() == []


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("a.py", "b.py", EditError, r"b\.py exists already"),
        ("gone.py", "n.py", PathError, "does not exist"),
        ("link.py", "n.py", EditError, r"link\.py is a symlink to a\.py\. Rename that file instead"),
        ("a.py", "b.py/n.py", PathError, r"b\.py is a file"),
        ("a.py", "../n.py", PathError, "outside the workspace"),
        ("binary.py", "n.py", SourceError, "binary"),
        ("still.py", "n.py", PathError, r"still\.py is read-only"),
    ],
)
def test_what_cannot_be_renamed(root: Path, old: str, new: str, error: type[Exception], message: str) -> None:
    (root / "link.py").symlink_to("a.py")
    (root / "binary.py").write_bytes(b"\0")
    (root / "still.py").write_text("")
    (root / "still.py").chmod(0o444)
    overlay = Overlay(root)

    with pytest.raises(error, match=message):
        overlay.rename(root / old, root / new)

    assert overlay.changes() == []
    assert overlay.state == {}


def test_a_read_only_file_is_neither_edited_nor_deleted(root: Path) -> None:
    (root / "a.py").chmod(0o444)
    overlay = Overlay(root)

    with pytest.raises(PathError, match=r"a\.py is read-only"):
        overlay.write(root / "a.py", "")
    with pytest.raises(PathError, match=r"a\.py is read-only"):
        overlay.delete(root / "a.py")

    assert overlay.changes() == []


def test_a_missing_file_cannot_be_deleted(root: Path) -> None:
    with pytest.raises(PathError, match=r"gone\.py does not exist"):
        Overlay(root).delete(root / "gone.py")


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.py", "# coding: latin-1\na = 'ü'\n"), ("latin.py", "x = 'ü'\n"), ("latin.py", "# coding: cp1252\nx = 'ü€'\n")],
)
def test_an_edit_that_would_be_read_back_otherwise_is_refused(root: Path, name: str, text: str) -> None:
    overlay = Overlay(root)

    with pytest.raises(SourceError, match=r"encoding declaration|cannot hold"):
        overlay.write(root / name, text)

    assert overlay.changes() == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.py", "# coding: latin-1\na = 1\n"), ("latin.py", "x = 1\n"), ("latin.py", "# coding: cp1252\nü\n")],
)
def test_a_cookie_may_change_where_the_bytes_mean_the_same(root: Path, name: str, text: str) -> None:
    overlay = Overlay(root)

    overlay.write(root / name, text)

    assert [c.file for c in overlay.changes()] == [name]
