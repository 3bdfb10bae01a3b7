"""Writing an overlay to disk: all or nothing, and every byte that was not edited stays."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from punie_semantic.exceptions import PathError, StaleError
from punie_semantic.journal import Journal
from punie_semantic.overlay import FileChange, Overlay
from punie_semantic.transactions import commit


def edited(root: Path, files: dict[str, tuple[str, str]]) -> list[FileChange]:
    """Changes that replace one text by another in each file."""
    overlay = Overlay(root)
    for name, (old, new) in files.items():
        overlay.write(root / name, overlay.text(root / name).replace(old, new))
    return overlay.changes()


def listing(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"x = 1\n", b"x = 2\n"),
        (b"x = 1\r\ny = '\xc3\xbc'\r\n", b"x = 2\r\ny = '\xc3\xbc'\r\n"),
        (b"x = 1\rz = 3\n\r\n", b"x = 2\rz = 3\n\r\n"),
        (b"\xef\xbb\xbfx = 1\n", b"\xef\xbb\xbfx = 2\n"),
        (b"# coding: latin-1\nx = 1  # \xfc\n", b"# coding: latin-1\nx = 2  # \xfc\n"),
        (b"x = 1", b"x = 2"),
    ],
)
def test_only_the_edited_bytes_change(tmp_path: Path, before: bytes, after: bytes) -> None:
    (tmp_path / "a.py").write_bytes(before)

    commit(tmp_path, edited(tmp_path, {"a.py": ("1", "2") if b"latin-1" not in before else ("x = 1", "x = 2")}))

    assert (tmp_path / "a.py").read_bytes() == after
    assert listing(tmp_path) == ["a.py"]


@pytest.mark.parametrize("mode", [0o755, 0o640, 0o600])
def test_the_mode_stays(tmp_path: Path, mode: int) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "a.py").chmod(mode)

    commit(tmp_path, edited(tmp_path, {"a.py": ("1", "2")}))

    assert stat.S_IMODE((tmp_path / "a.py").stat().st_mode) == mode


def test_a_link_inside_the_workspace_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "link.py").symlink_to("a.py")

    commit(tmp_path, edited(tmp_path, {"link.py": ("1", "2")}))

    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "a.py").read_text() == "x = 2\n"


def test_nothing_is_written_when_one_file_is_stale(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("x = 1\n")
    changes = edited(tmp_path, {"a.py": ("1", "2"), "b.py": ("1", "2")})
    (tmp_path / "b.py").write_text("x = 'by somebody else'\n")

    with pytest.raises(StaleError, match=r"b\.py changed on disk meanwhile\. Nothing was written"):
        commit(tmp_path, changes)

    assert (tmp_path / "a.py").read_text() == "x = 1\n"
    assert (tmp_path / "b.py").read_text() == "x = 'by somebody else'\n"
    assert listing(tmp_path) == ["a.py", "b.py"]


def test_a_file_that_was_deleted_meanwhile_is_stale(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    changes = edited(tmp_path, {"a.py": ("1", "2")})
    (tmp_path / "a.py").unlink()

    with pytest.raises(StaleError):
        commit(tmp_path, changes)

    assert listing(tmp_path) == []


def test_a_folder_that_became_a_link_to_the_outside_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "project", tmp_path / "outside"
    (root / "pkg").mkdir(parents=True)
    outside.mkdir()
    for folder in (root / "pkg", outside):
        (folder / "a.py").write_text("x = 1\n")
    changes = edited(root, {"pkg/a.py": ("1", "2")})
    (root / "pkg").rename(tmp_path / "moved")
    (root / "pkg").symlink_to(outside)

    with pytest.raises(PathError, match="leaves the workspace"):
        commit(root, changes)

    assert (outside / "a.py").read_text() == "x = 1\n"


def test_a_refusal_of_the_disk_while_staging_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    overlay = Overlay(tmp_path)
    overlay.write(tmp_path / "a.py", "x = 2\n")
    overlay.create(tmp_path / "made" / ("n" * 300) / "b.py", "")

    with pytest.raises(OSError, match="File name too long"):
        commit(tmp_path, overlay.changes())

    assert (tmp_path / "a.py").read_text() == "x = 1\n"
    assert listing(tmp_path) == ["a.py"]
    assert Journal(tmp_path).pending() == []


def test_files_already_replaced_are_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("x = 1\n")
    changes = edited(tmp_path, {"a.py": ("1", "2"), "b.py": ("1", "2")})
    replace = Path.replace

    def fails_for_b(self: Path, target: Path) -> Path:
        if target.name == "b.py":  # as a disk does, at a moment that no test can choose
            assert (tmp_path / "a.py").read_text() == "x = 2\n"
            raise OSError(5, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails_for_b)
    with pytest.raises(OSError, match="Input/output error"):
        commit(tmp_path, changes)

    assert (tmp_path / "a.py").read_text() == "x = 1\n"
    assert (tmp_path / "b.py").read_text() == "x = 1\n"
    assert listing(tmp_path) == ["a.py", "b.py"]
