"""What cannot be built is told, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from punie_training.building import BuildOptions, build
from punie_training.exceptions import DatasetError


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tools": ("typecheck", "guess")}, "There is no tool guess"),
        ({"per_template": 0}, "per_template is 0"),
        ({"direct_share": 1.0}, "direct_share is 1.0"),
        ({"workspace": Path("/nowhere/at/all")}, "is not a folder"),
    ],
)
async def test_an_option_that_makes_no_sense(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        await build(BuildOptions(tmp_path / "data", **options))

    assert not (tmp_path / "data").exists()


async def test_a_project_without_python(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "README.md").write_text("# Nothing\n", encoding="utf-8")

    with pytest.raises(DatasetError, match="has no Python files"):
        await build(BuildOptions(tmp_path / "data", workspace=tmp_path / "project"))


async def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(DatasetError, match="is not an empty folder"):
        await build(BuildOptions(tmp_path / "data"))

    assert [file.name for file in (tmp_path / "data").iterdir()] == ["mine.txt"]


async def test_nothing_that_holds(tmp_path: Path) -> None:
    """A project without tests and without trust gives no example of running tests."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.py").write_text("x = 1\n\n\ndef f() -> int:\n    return x\n", encoding="utf-8")

    with pytest.raises(DatasetError, match="Nothing is left to learn: "):
        await build(BuildOptions(tmp_path / "data", workspace=project, tools=("pytest_run",)))

    assert not (tmp_path / "data").exists()


async def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(DatasetError, match="cannot be written"):
        await build(BuildOptions(tmp_path / "file" / "data", tools=("git_status",), per_template=1))


async def test_files_that_do_not_parse_are_left_out(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "good.py").write_text("def f() -> int:\n    return 1\n\n\ny = f()\n", encoding="utf-8")
    (project / "bad.py").write_text("def (:\n", encoding="utf-8")
    (project / "latin.py").write_bytes(b"name = '\xff\xfe'\n")

    report = await build(BuildOptions(tmp_path / "data", workspace=project, tools=("read_file",), per_template=1))

    assert report.total > 0
