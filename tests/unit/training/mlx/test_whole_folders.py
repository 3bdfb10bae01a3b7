"""A folder is there whole or not at all, whatever happens while it is made."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from punie_training.exceptions import RunError
from punie_training.mlx.whole import whole_folder


def test_it_is_there_at_the_end(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "new" / "out") as partial:
        partial.mkdir()
        (partial / "file").write_text("x")
        assert not (tmp_path / "new" / "out").exists()

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["out"]
    assert (tmp_path / "new" / "out" / "file").read_text() == "x"


def test_nothing_is_left_of_what_failed(tmp_path: Path) -> None:
    with suppress(ValueError), whole_folder(tmp_path / "out") as partial:
        partial.mkdir()
        raise ValueError

    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()

    refused = pytest.raises(RunError, match=r"out is there already: name another folder, or delete it")
    with refused, whole_folder(tmp_path / "out"):
        pass

    assert (tmp_path / "out" / "mine").exists()


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    with whole_folder(tmp_path / "out") as partial:
        partial.mkdir()
        (partial / "file").touch()

    assert (tmp_path / "out" / "file").exists()


def test_leftovers_of_killed_processes_are_removed_and_those_of_others_are_not(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / f".out.partial-{gone.pid}").mkdir()
    (tmp_path / f".out.partial-fused-{gone.pid}").mkdir()
    (tmp_path / f".out.partial-{os.getppid()}").mkdir()

    with whole_folder(tmp_path / "out") as partial:
        partial.mkdir()

    assert sorted(path.name for path in tmp_path.iterdir()) == [f".out.partial-{os.getppid()}", "out"]
