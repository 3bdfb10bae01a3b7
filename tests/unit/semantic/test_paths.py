"""The workspace boundary."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.exceptions import PathError
from punie_semantic.paths import existing_file, inside, relative


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "app.py").write_text("x = 1\n")
    (tmp_path / "secret.py").write_text("key = 1\n")
    (tmp_path / "project-two").mkdir()
    (folder / "out").symlink_to(tmp_path)
    (folder / "out.py").symlink_to(tmp_path / "secret.py")
    (folder / "within.py").symlink_to(folder / "src" / "app.py")
    return folder


@pytest.mark.parametrize(
    "path", ["src/app.py", "./src/app.py", "src/../src/app.py", "src/", ".", "new/file.py", "within.py"]
)
def test_paths_inside_are_taken(root: Path, path: str) -> None:
    assert inside(root, path).is_relative_to(root)


def test_an_absolute_path_inside_is_taken(root: Path) -> None:
    assert inside(root, root / "src" / "app.py") == root / "src" / "app.py"


@pytest.mark.parametrize("path", ["..", "../secret.py", "src/../../secret.py", "/etc/passwd", "../project-two"])
def test_paths_outside_are_refused(root: Path, path: str) -> None:
    with pytest.raises(PathError, match="is outside the workspace"):
        inside(root, path)


@pytest.mark.parametrize("path", ["out/secret.py", "out.py", "out", "out/new.py"])
def test_symlinks_that_leave_are_refused(root: Path, path: str) -> None:
    with pytest.raises(PathError, match="is a symlink that leaves the workspace"):
        inside(root, path)


def test_a_nul_byte_is_refused(root: Path) -> None:
    with pytest.raises(PathError, match="NUL byte"):
        inside(root, "src\0.py")


@pytest.mark.parametrize(
    ("path", "message"), [("src", "src is a folder"), ("src/gone.py", "does not exist in the workspace")]
)
def test_an_existing_file_is_asked_for(root: Path, path: str, message: str) -> None:
    with pytest.raises(PathError, match=message):
        existing_file(root, path)


def test_paths_are_shown_relative(root: Path) -> None:
    assert relative(root, existing_file(root, "src/app.py")) == "src/app.py"
