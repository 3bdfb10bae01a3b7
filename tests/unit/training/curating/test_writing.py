"""Datasets are written whole or not at all, and nothing is overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.curating.writing import check_out, new_folder, write_dataset
from punie_training.dataset import Example, Split, load
from punie_training.exceptions import DatasetError
from tests.unit.training.curating.conftest import program


def test_what_stands_there_twice_is_written_once(tmp_path: Path) -> None:
    splits: dict[Split, list[Example]] = {"train": [program("A"), program("A"), program("B")], "test": [program("B")]}

    written = write_dataset(splits, tmp_path / "out", tool_registry="v1")

    assert (written.counts, written.repeated) == ({"train": 1, "valid": 0, "test": 1}, 2)
    assert load(tmp_path / "out").splits["test"] == (program("B"),)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_can_be_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    assert write_dataset({"train": [program("A")]}, tmp_path / "out", tool_registry="v1").total == 1


@pytest.mark.parametrize("kind", ["file", "full", "link"])
def test_nothing_is_overwritten(kind: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("mine")
    elif kind == "full":
        out.mkdir()
        (out / "note.txt").write_text("mine")
    else:
        out.symlink_to(tmp_path / "nowhere")

    with pytest.raises(DatasetError, match="exists already, and nothing is overwritten"):
        check_out(out)


def test_the_input_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()

    for out in (tmp_path / "data", tmp_path / "data" / "new", tmp_path / "x" / ".." / "data"):
        with pytest.raises(DatasetError, match="or in it"):
            check_out(out, [tmp_path / "data"])


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupted() -> None:
        with new_folder(tmp_path / "out") as folder:
            (folder / "half").write_text("x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(DatasetError, match=r"out cannot be (used|written): Not a directory"):
        write_dataset({"train": [program("A")]}, tmp_path / "file" / "out", tool_registry="v1")


def test_no_examples_are_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="No example is left"):
        write_dataset({"train": []}, tmp_path / "out", tool_registry="v1")
    assert not (tmp_path / "out").exists()
