"""A run's folder: found again, locked, and refused when it is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.exceptions import RunError
from punie_training.runs.files import hash_folder, write_atomically
from punie_training.runs.folder import RunFolder, create, find, runs
from tests.unit.training.runs.planning import a_plan


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path))
    return tmp_path


def test_a_plan_and_a_state_are_read_back(home: Path) -> None:
    plan = a_plan(settings={"rank": 4})

    folder = create(plan)

    assert folder.path == home / "runs" / plan.id
    assert folder.plan() == plan
    assert folder.state().next_stage() == "data"
    assert not list(folder.path.glob("*.part"))


def test_a_run_is_found_by_its_id_or_the_beginning_of_it() -> None:
    first, second = create(a_plan("20260301-1200-aa")), create(a_plan("20260302-1200-bb"))

    assert [folder.id for folder in runs()] == [second.id, first.id]
    assert find(first.id) == first
    assert find("20260302") == second
    with pytest.raises(RunError, match="Several runs begin with 202603"):
        find("202603")
    with pytest.raises(RunError, match=r"There is no run 1999\. The newest: 20260302-1200-bb"):
        find("1999")
    with pytest.raises(RunError, match="is no id of a run"):
        find("../elsewhere")


def test_without_a_name_the_newest_unfinished_run_is_found() -> None:
    with pytest.raises(RunError, match="There is no unfinished run"):
        find()
    first, second, third = (create(a_plan(f"2026030{n}-1200-aa")) for n in (1, 2, 3))
    second.write_state(second.state().ended("refused"))
    (third.path / "state.json").write_text("{")

    assert find() == first


def test_an_id_is_given_once() -> None:
    create(a_plan())

    with pytest.raises(RunError, match="There is a run 20260301-120000-ab12 already"):
        create(a_plan())


def test_a_folder_that_cannot_be_made_is_named(home: Path) -> None:
    (home / "runs").write_text("a file")

    with pytest.raises(RunError, match="cannot be made"):
        create(a_plan())


@pytest.mark.parametrize("file", ["plan.json", "state.json"])
@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 7}', "\x00\x01"])
def test_a_damaged_run_is_refused_with_the_file(file: str, text: str) -> None:
    folder = create(a_plan())
    (folder.path / file).write_text(text)

    with pytest.raises(RunError, match=rf"{file} is damaged"):
        folder.plan() if file == "plan.json" else folder.state()


def test_a_run_without_its_plan_is_refused() -> None:
    folder = create(a_plan())
    (folder.path / "plan.json").unlink()

    with pytest.raises(RunError, match=r"plan\.json is missing"):
        folder.plan()


def test_only_one_process_works_on_a_run() -> None:
    folder = create(a_plan())

    with (
        folder.locked(),
        pytest.raises(RunError, match="is at work in another process"),
        RunFolder(folder.path).locked(),
    ):
        pass
    with folder.locked():
        pass


def test_a_write_that_fails_leaves_the_old_text(tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    write_atomically(file, "old")

    with pytest.raises(UnicodeEncodeError):
        write_atomically(file, "\ud800")

    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_a_folders_hash_is_that_of_its_content_alone(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "train.jsonl").write_text("one\n")
    (tmp_path / "b" / ".hidden").write_text("x")

    assert hash_folder(tmp_path / "a") == hash_folder(tmp_path / "b")
    (tmp_path / "b" / "train.jsonl").write_text("two\n")
    assert hash_folder(tmp_path / "a") != hash_folder(tmp_path / "b")
