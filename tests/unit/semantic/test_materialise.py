"""A copy of a project: what is copied, linked and left out, and that nothing in it leads back to the original."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.materialise import LARGE_BYTES, materialise


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "pkg").mkdir(parents=True)
    (folder / "pkg" / "a.py").write_text("x = 1\n")
    return folder.resolve()


def test_files_are_copied_with_their_bytes_and_mode(root: Path, tmp_path: Path) -> None:
    script = root / "run.sh"
    script.write_bytes(b"#!/bin/sh\r\n\xff\0")
    script.chmod(0o755)
    (root / "empty").touch()

    materialise(root, tmp_path / "copy", {})

    copy = tmp_path / "copy"
    assert (copy / "run.sh").read_bytes() == b"#!/bin/sh\r\n\xff\0"
    assert (copy / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (copy / "pkg" / "a.py").read_text() == "x = 1\n"
    assert (copy / "empty").read_bytes() == b""
    assert not (copy / "pkg" / "a.py").samefile(root / "pkg" / "a.py")


def test_caches_and_the_version_control_are_left_out_but_packages_of_any_name_are_not(
    root: Path, tmp_path: Path
) -> None:
    for name in (".git", "__pycache__", ".pytest_cache", "pkg/build", "pkg/dist", "env"):
        (root / name).mkdir()
        (root / name / "a.py").touch()
    (root / "pkg" / "build" / "__init__.py").touch()

    materialise(root, tmp_path / "copy", {})

    assert sorted(p.name for p in (tmp_path / "copy").iterdir()) == ["env", "pkg"]
    assert (tmp_path / "copy" / "pkg" / "build" / "a.py").exists()


def test_environments_ignored_folders_and_large_data_are_linked(root: Path, tmp_path: Path) -> None:
    for name in ("node_modules", "my_env", "output"):
        (root / name).mkdir()
    (root / "my_env" / "pyvenv.cfg").touch()
    (root / "data.bin").write_bytes(b"\0" * (LARGE_BYTES + 1))

    materialise(root, tmp_path / "copy", {}, frozenset({root / "output"}))

    copy = tmp_path / "copy"
    for name in ("node_modules", "my_env", "output", "data.bin"):
        assert (copy / name).readlink() == root / name


def test_links_into_the_project_lead_into_the_copy(root: Path, tmp_path: Path) -> None:
    (tmp_path / "shared.py").touch()
    (root / "inner").symlink_to(root / "pkg", target_is_directory=True)
    (root / "near.py").symlink_to("pkg/a.py")
    (root / "outer.py").symlink_to("../shared.py")
    (root / "broken").symlink_to("nowhere")

    (tmp_path / "deeper").mkdir()
    copy = tmp_path / "deeper" / "copy"

    materialise(root, copy, {})

    assert (copy / "inner").resolve() == copy / "pkg"
    assert (copy / "near.py").resolve() == copy / "pkg" / "a.py"
    assert (copy / "outer.py").resolve() == tmp_path / "shared.py"
    assert (copy / "broken").is_symlink()


def test_texts_count_instead_of_the_disk_s(root: Path, tmp_path: Path) -> None:
    (root / "old.py").touch()
    texts = {root / "pkg" / "a.py": b"x = 2\n", root / "old.py": None, root / "new" / "deep" / "b.py": b"y\n"}

    materialise(root, tmp_path / "copy", texts)

    copy = tmp_path / "copy"
    assert (copy / "pkg" / "a.py").read_bytes() == b"x = 2\n"
    assert not (copy / "old.py").exists()
    assert (copy / "new" / "deep" / "b.py").read_bytes() == b"y\n"
    assert (root / "pkg" / "a.py").read_text() == "x = 1\n"


def test_a_text_is_never_written_through_a_link_to_the_original(root: Path, tmp_path: Path) -> None:
    (root / "output").mkdir()
    (root / "output" / "a.py").write_text("old\n")
    (root / "output" / "b.py").write_text("kept\n")
    outside = tmp_path / "outside.py"
    outside.write_text("old\n")
    (root / "link.py").symlink_to(outside)
    texts = {root / "output" / "a.py": b"new\n", root / "link.py": b"new\n"}

    materialise(root, tmp_path / "copy", texts, frozenset({root / "output"}))

    copy = tmp_path / "copy"
    assert (copy / "output" / "a.py").read_text() == "new\n"
    assert (copy / "output" / "b.py").read_text() == "kept\n"
    assert (copy / "link.py").read_text() == "new\n"
    assert ((root / "output" / "a.py").read_text(), outside.read_text()) == ("old\n", "old\n")


def test_a_read_only_file_can_be_edited_in_the_copy(root: Path, tmp_path: Path) -> None:
    (root / "pkg" / "a.py").chmod(0o444)

    materialise(root, tmp_path / "copy", {root / "pkg" / "a.py": b"x = 2\n"})

    assert (tmp_path / "copy" / "pkg" / "a.py").read_bytes() == b"x = 2\n"
    assert (root / "pkg" / "a.py").stat().st_mode & 0o777 == 0o444


def test_a_deleted_file_in_a_linked_folder_stays_in_the_original(root: Path, tmp_path: Path) -> None:
    (root / "output").mkdir()
    (root / "output" / "a.py").write_text("old\n")

    materialise(root, tmp_path / "copy", {root / "output" / "a.py": None}, frozenset({root / "output"}))

    assert not (tmp_path / "copy" / "output" / "a.py").exists()
    assert (root / "output" / "a.py").read_text() == "old\n"
