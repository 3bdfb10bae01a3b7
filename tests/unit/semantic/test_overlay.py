"""The overlay: edits over a base, with checkpoints; the disk stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.exceptions import EditError, SourceError
from punie_semantic.overlay import Buffer, Overlay, state_key


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("a = 1\n")
    (tmp_path / "b.py").write_text("b = 1\n")
    return tmp_path


def test_an_edit_is_seen_and_the_disk_is_not_touched(root: Path) -> None:
    overlay = Overlay(root)

    overlay.write(root / "a.py", "a = 2\n")

    assert overlay.text(root / "a.py") == "a = 2\n"
    assert (root / "a.py").read_text() == "a = 1\n"
    assert [(c.file, c.source.text, c.text) for c in overlay.changes()] == [("a.py", "a = 1\n", "a = 2\n")]
    assert overlay.changes()[0].diff == "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"


def test_writing_the_base_text_is_no_change(root: Path) -> None:
    overlay = Overlay(root)
    overlay.write(root / "a.py", "a = 2\n")

    overlay.write(root / "a.py", "a = 1\n")

    assert overlay.changes() == []
    assert overlay.state == {}


def test_rollback_drops_the_edits_since_the_checkpoint(root: Path) -> None:
    overlay = Overlay(root)
    overlay.write(root / "a.py", "a = 2\n")
    first = overlay.checkpoint()
    overlay.write(root / "a.py", "a = 3\n")
    overlay.write(root / "b.py", "b = 3\n")

    overlay.rollback(first)

    assert {c.file: c.text for c in overlay.changes()} == {"a.py": "a = 2\n"}


def test_a_checkpoint_can_be_used_again(root: Path) -> None:
    overlay = Overlay(root)
    start = overlay.checkpoint()
    for text in ("a = 2\n", "a = 3\n"):
        overlay.write(root / "a.py", text)
        overlay.rollback(start)

    assert overlay.changes() == []


def test_changes_since_a_checkpoint(root: Path) -> None:
    overlay = Overlay(root)
    overlay.write(root / "a.py", "a = 2\n")
    overlay.write(root / "b.py", "b = 2\n")
    state = overlay.checkpoint_state(overlay.checkpoint())

    overlay.write(root / "b.py", "b = 3\n")

    assert [(c.file, c.source.text, c.text) for c in overlay.changes(state)] == [("b.py", "b = 2\n", "b = 3\n")]


def test_going_back_to_the_base_is_a_change_since_a_checkpoint(root: Path) -> None:
    overlay = Overlay(root)
    overlay.write(root / "a.py", "a = 2\n")
    state = overlay.checkpoint_state(overlay.checkpoint())

    overlay.write(root / "a.py", "a = 1\n")

    assert [(c.source.text, c.text) for c in overlay.changes(state)] == [("a = 2\n", "a = 1\n")]


@pytest.mark.parametrize("number", [-1, 1, 99])
def test_an_unknown_checkpoint_is_refused(root: Path, number: int) -> None:
    overlay = Overlay(root)
    overlay.checkpoint()

    with pytest.raises(EditError, match=f"There is no checkpoint {number}"):
        overlay.rollback(number)


def test_an_open_buffer_is_the_base(root: Path) -> None:
    buffer = Buffer("a = 'unsaved'\n", version=7)
    overlay = Overlay(root, {root / "a.py": buffer})

    overlay.write(root / "a.py", "a = 2\n")

    change = overlay.changes()[0]
    assert change.source.text == "a = 'unsaved'\n"
    assert change.buffer == buffer


def test_the_base_is_read_once(root: Path) -> None:
    overlay = Overlay(root)
    before = overlay.text(root / "a.py")
    (root / "a.py").write_text("changed = True\n")

    assert overlay.text(root / "a.py") == before == "a = 1\n"


def test_a_text_that_the_encoding_cannot_hold_leaves_the_overlay_alone(root: Path) -> None:
    (root / "l.py").write_bytes(b"# coding: latin-1\n")
    overlay = Overlay(root)

    with pytest.raises(SourceError, match="cannot hold"):
        overlay.write(root / "l.py", "x = '📚'\n")

    assert overlay.changes() == []


def test_equal_states_have_equal_keys(root: Path) -> None:
    one = {root / "a.py": "1", root / "b.py": "2"}
    other = {root / "b.py": "2", root / "a.py": "1"}

    assert state_key(one) == state_key(other)
    assert state_key(one) != state_key({root / "a.py": "2", root / "b.py": "1"})
    assert state_key({}) != state_key({root / "a.py": ""})
