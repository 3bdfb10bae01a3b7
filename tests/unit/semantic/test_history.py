"""Undo and redo: exact where the files are as they were left, by hunks where they are not, or a named conflict."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from punie_semantic.exceptions import ConflictError, EditError
from punie_semantic.history import history, redo, show, undo, undo_in_editor
from punie_semantic.overlay import Buffer, Overlay
from punie_semantic.transactions import commit, record

OLD = "one = 1\ntwo = 2\nthree = 3\nfour = 4\n"
NEW = "ONE = 1\ntwo = 2\nthree = 3\nFOUR = 4\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.py").write_text(OLD)
    (folder / "gone.py").write_bytes(b"\xef\xbb\xbfgone = 1\r\n")
    (folder / "gone.py").chmod(0o750)
    (folder / "moved.py").write_text("moved = 1\n")
    return folder


def edit(root: Path) -> str:
    overlay = Overlay(root)
    overlay.write(root / "a.py", NEW)
    overlay.delete(root / "gone.py")
    overlay.rename(root / "moved.py", root / "pkg/there.py")
    overlay.write(root / "pkg/there.py", "moved = 2\n")
    overlay.create(root / "pkg/made.py", "made = 1\n")
    head = commit(root, overlay.changes(), title="All kinds")
    assert head is not None
    return head.id


def tree(root: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(p.relative_to(root)): (p.stat().st_mode, p.read_bytes() if p.is_file() else b"")
        for p in sorted(root.rglob("*"))
    }


def test_undo_and_redo_are_exact(root: Path) -> None:
    old = tree(root)
    key = edit(root)
    new = tree(root)

    undone = undo(root)
    assert tree(root) == old
    assert (undone.title, undone.undoes) == ("Undo: All kinds", key)
    redone = redo(root)
    assert tree(root) == new
    assert (redone.title, redone.undoes) == ("Redo: All kinds", undone.id)
    undo(root, key)
    assert tree(root) == old

    assert [(t.title, t.state) for t in history(root)] == [
        ("Undo: All kinds", "applied"),
        ("Redo: All kinds", "applied"),
        ("Undo: All kinds", "undone"),
        ("All kinds", "undone"),
    ]


def test_the_newest_is_undone_first_and_the_last_undo_redone_first(root: Path) -> None:
    edit(root)
    after_first = tree(root)
    overlay = Overlay(root)
    overlay.write(root / "a.py", "last\n")
    commit(root, overlay.changes())
    after_second = tree(root)

    undo(root)
    assert tree(root) == after_first
    undo(root)
    redo(root)
    assert tree(root) == after_first
    redo(root)
    assert tree(root) == after_second
    with pytest.raises(EditError, match="There is nothing to redo"):
        redo(root)


def test_one_file_only(root: Path) -> None:
    key = edit(root)

    undo(root, files=["a.py", "gone.py"])

    assert (root / "a.py").read_text() == OLD
    assert (root / "gone.py").read_bytes() == b"\xef\xbb\xbfgone = 1\r\n"
    assert (root / "pkg/made.py").exists()
    assert {t.id: t.state for t in history(root)}[key] == "partly_undone"
    undo(root)
    assert sorted(path.name for path in root.iterdir()) == ["a.py", "gone.py", "moved.py"]


def test_one_hunk_only_and_then_the_rest(root: Path) -> None:
    key = edit(root)
    assert "@@ -4,1 +4,1 @@ hunk 2\n-four = 4\n+FOUR = 4\n" in show(root, key)

    undo(root, hunks={"a.py": [2]})

    assert (root / "a.py").read_text() == NEW.replace("FOUR", "four")
    assert not (root / "gone.py").exists()
    redo(root)
    assert (root / "a.py").read_text() == NEW
    undo(root, hunks={"a.py": [1]})
    undo(root)
    assert (root / "a.py").read_text() == OLD


def test_what_was_undone_bit_by_bit_is_out_of_the_way(root: Path) -> None:
    edit(root)
    overlay = Overlay(root)
    overlay.write(root / "a.py", "x = 1\n\n\n\ny = 1\n")
    head = commit(root, overlay.changes(), title="Later")
    assert head is not None
    undo(root, hunks={"a.py": range(1, 1 + show(root, head.id).count(" hunk "))})
    assert [t.state for t in history(root) if t.id == head.id] == ["undone"]
    redo(root)
    for number in range(1, 1 + show(root, head.id).count(" hunk ")):
        undo(root, head.id, hunks={"a.py": [number]})

    undone = undo(root)

    assert undone.title == "Undo: All kinds"
    assert (root / "a.py").read_text() == OLD


def test_later_edits_elsewhere_stay(root: Path) -> None:
    edit(root)
    (root / "a.py").write_text("zero = 0\n" + NEW.replace("two = 2", "two = 22") + "five = 5\n")
    (root / "pkg/there.py").write_text("# later\nmoved = 2\n")

    undo(root)

    assert (root / "a.py").read_text() == "zero = 0\n" + OLD.replace("two = 2", "two = 22") + "five = 5\n"
    assert (root / "moved.py").read_text() == "# later\nmoved = 1\n"


def test_conflicts_are_named_and_nothing_is_written(root: Path) -> None:
    key = edit(root)
    (root / "a.py").write_text(NEW.replace("FOUR = 4", "FOUR = 5"))
    (root / "gone.py").write_text("another\n")
    (root / "pkg/made.py").write_text("made = 'and edited'\n")
    (root / "moved.py").write_text("another too\n")
    before = tree(root)

    with pytest.raises(ConflictError, match="Nothing was written") as caught:
        undo(root)

    assert [(file, hunk) for file, hunk, _ in caught.value.conflicts] == [
        ("a.py", 2),
        ("gone.py", 0),
        ("pkg/made.py", 0),
        ("pkg/there.py", 0),
    ]
    assert tree(root) == before
    assert [t.state for t in history(root)] == ["applied"]
    undo(root, key, hunks={"a.py": [1]})
    assert (root / "a.py").read_text() == OLD.replace("four = 4", "FOUR = 5")


def test_a_file_that_is_gone_or_binary_now_is_a_conflict(root: Path) -> None:
    edit(root)
    (root / "pkg/there.py").unlink()
    (root / "a.py").write_bytes(b"\0")

    with pytest.raises(ConflictError, match=r"a\.py: it is no text any more; pkg/there\.py: it is not there any more"):
        undo(root)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"transaction": "zzz"}, "zzz is no transaction of this project"),
        ({"files": ["x.py"]}, r"x\.py is not in 'All kinds'"),
        ({"hunks": {"a.py": [3]}}, r"a\.py has no hunk 3 in 'All kinds'; it has 2"),
        ({"hunks": {"pkg/made.py": [1]}}, r"pkg/made\.py was created as a whole"),
    ],
)
def test_what_cannot_be_undone(root: Path, arguments: dict, message: str) -> None:
    edit(root)
    before = tree(root)

    with pytest.raises(EditError, match=message):
        undo(root, **arguments)

    assert tree(root) == before


def test_nothing_to_undo_or_redo(root: Path) -> None:
    with pytest.raises(EditError, match="There is nothing to undo"):
        undo(root)
    key = edit(root)
    with pytest.raises(EditError, match=f"{key} is not undone"):
        redo(root, key)
    undo(root)
    with pytest.raises(EditError, match="is undone already"):
        undo(root, key)
    with pytest.raises(EditError, match="There is nothing to undo"):
        undo(root)


def test_a_file_that_was_put_back_by_hand_needs_nothing(root: Path) -> None:
    overlay = Overlay(root)
    overlay.write(root / "a.py", NEW)
    commit(root, overlay.changes())
    (root / "a.py").write_text(OLD)

    with pytest.raises(EditError, match="is taken back already"):
        undo(root)


def test_the_mode_that_the_file_has_now_stays(root: Path) -> None:
    edit(root)
    (root / "a.py").chmod(0o755)

    undo(root)

    assert (root / "a.py").stat().st_mode & 0o777 == 0o755


def test_a_deleted_link_comes_back_as_a_link(root: Path) -> None:
    (root / "link.py").symlink_to("a.py")
    overlay = Overlay(root)
    overlay.delete(root / "link.py")
    commit(root, overlay.changes())

    undo(root)

    assert str((root / "link.py").readlink()) == "a.py"
    assert (root / "a.py").read_text() == OLD


def test_a_link_in_the_place_of_an_edited_file_is_a_conflict(root: Path) -> None:
    edit(root)
    (root / "a.py").rename(root / "elsewhere.py")
    (root / "a.py").symlink_to("elsewhere.py")

    with pytest.raises(ConflictError, match=r"a\.py"):
        undo(root)

    assert (root / "elsewhere.py").read_text() == NEW


def test_what_the_editor_applied_is_undone_through_the_editor(root: Path) -> None:
    uri = "file:///a.py"
    overlay = Overlay(root, {root / "a.py": Buffer(OLD, 3, uri)})
    overlay.write(root / "a.py", NEW)
    head = record(root, overlay.changes(), title="Fix")
    assert head is not None

    with pytest.raises(EditError, match="was applied in the editor"):
        undo(root)
    typed = Buffer(NEW + "later = 1\n", 5, uri)
    key, changes = undo_in_editor(root, {root / "a.py": typed})

    assert key == head.id
    assert [(c.kind, c.file, c.text, c.buffer) for c in changes] == [("edit", "a.py", OLD + "later = 1\n", typed)]
    assert (root / "a.py").read_text() == OLD
    record(root, changes, title="Undo: Fix", undoes=key)
    assert [t.state for t in history(root)] == ["applied", "undone"]

    back = Buffer(OLD + "later = 1\n", 6, uri)
    key, changes = undo_in_editor(root, {root / "a.py": back}, again=True)
    assert [c.text for c in changes] == [NEW + "later = 1\n"]


def test_a_transaction_on_disk_is_undone_through_the_editor_where_a_file_is_open_now(root: Path) -> None:
    edit(root)
    typed = Buffer(NEW, 1, "file:///a.py")

    _, changes = undo_in_editor(root, {root / "a.py": typed})

    assert [(c.kind, c.old_file, c.file, c.text) for c in changes] == [
        ("edit", "", "a.py", OLD),
        ("create", "", "gone.py", "gone = 1\r\n"),
        ("delete", "", "pkg/made.py", ""),
        ("rename", "pkg/there.py", "moved.py", "moved = 1\n"),
    ]


def test_what_the_editor_applied_and_saved_can_be_undone_on_disk_when_it_is_closed(root: Path) -> None:
    (root / "a.py").write_bytes("# coding: latin-1\nx = 'ü'\r\n".encode("latin-1"))
    text = "# coding: latin-1\nx = 'ü'\r\n"
    overlay = Overlay(root, {root / "a.py": Buffer(text, 3, "file:///a.py")})
    overlay.write(root / "a.py", text.replace("x", "yy"))
    record(root, overlay.changes())
    (root / "a.py").write_bytes(text.replace("x", "yy").encode("latin-1"))

    undo(root, closed=True)

    assert (root / "a.py").read_bytes() == text.encode("latin-1")


BODIES = st.lists(
    st.sampled_from(["x = 1", "y = 'é'", "# ÿ", "\x0c", "", "\tz = 3"]).flatmap(
        lambda line: st.sampled_from(["\n", "\r\n", "\r", ""]).map(lambda end: line + end)
    ),
    max_size=6,
).map("".join)
KINDS = st.sampled_from([("", "utf-8", b""), ("", "utf-8", b"\xef\xbb\xbf"), ("# coding: latin-1\n", "latin-1", b"")])
UNICODE = st.sampled_from(["", "s = '📚'\n", "漢字 = 1\r\n", "s = 'e\u0301\u200d'"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=KINDS, before=BODIES, after=BODIES, extra=UNICODE)
def test_any_bytes_survive_an_edit_its_undo_and_its_redo(
    root: Path, kind: tuple[str, str, bytes], before: str, after: str, extra: str
) -> None:
    head, encoding, mark = kind
    extra = extra if encoding == "utf-8" else ""
    old, new = (mark + (head + body).encode(encoding) for body in (before + extra, after + extra))
    path = root / "bytes.py"
    path.write_bytes(old)
    overlay = Overlay(root)
    overlay.write(path, head + after + extra)
    if not overlay.changes():
        return

    commit(root, overlay.changes())
    assert path.read_bytes() == new
    undo(root)
    assert path.read_bytes() == old
    redo(root)
    assert path.read_bytes() == new
