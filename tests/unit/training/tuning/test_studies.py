"""Studies as they are kept: resumed by name, held to what they were begun for, and bad files said."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from punie_training.exceptions import RunError
from punie_training.tuning.space import space_of
from punie_training.tuning.studies import check_name, list_studies, load_study, open_study, spec_of
from punie_training.tuning.trials import Budget, RunningTrial, run_trials

SPACE = space_of("train", ["rank=4,8"])
SPEC = spec_of("first", "train", "loss", "", SPACE, base="abc", data="d1")


async def _value_of_rank(trial: RunningTrial) -> float:
    return float(trial.values["rank"])


async def test_a_study_goes_on_under_its_name(home: Path):
    await run_trials(open_study(SPEC), SPEC, SPACE, _value_of_rank, Budget(2))

    again = open_study(SPEC)
    await run_trials(again, SPEC, SPACE, _value_of_rank, Budget(3))

    assert [trial.number for trial in again.get_trials()] == [0, 1, 2]
    assert (home / "studies" / "first.db").is_file()
    (row,) = list_studies()
    assert (row.name, row.kind, row.goal, row.states) == ("first", "train", "loss", {"complete": 3})
    assert row.best == again.best_value


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"goal": "seconds"}, "has another objective (loss) than this run (seconds)"),
        ({"kind": "inference"}, "has another purpose (train) than this run (inference)"),
        ({"base": "other"}, "has another base model (abc) than this run (other)"),
        ({"data": "other"}, "has another dataset (d1) than this run (other)"),
        ({"suite": "s1"}, "has another suite (none) than this run (s1)"),
        ({"space": ("rank=4",)}, "has another search space (rank=4,8) than this run (rank=4)"),
    ],
)
def test_a_study_for_something_else_is_refused(change: dict, message: str):
    open_study(SPEC)

    with pytest.raises(RunError) as caught:
        open_study(replace(SPEC, **change))

    assert message in str(caught.value)
    assert "Give the study another --name" in str(caught.value)


def test_a_file_that_is_no_database_is_said_and_kept(home: Path):
    (home / "studies").mkdir(parents=True)
    file = home / "studies" / "first.db"
    file.write_text("no database at all, and long enough to be looked at" * 40)

    with pytest.raises(RunError, match=r"is no study any more .*: move it away, and begin anew"):
        open_study(SPEC)

    assert file.read_text().startswith("no database")
    (row,) = list_studies()
    assert "is no study any more" in row.goal


def test_a_locked_study_is_said(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("punie_training.tuning.studies._BUSY_SECONDS", 0.1)
    open_study(SPEC)
    other = sqlite3.connect(home / "studies" / "first.db")
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(RunError, match=r"cannot be used .*locked.*wait for whoever uses it"):
            open_study(SPEC)
    finally:
        other.close()


def test_an_empty_database_of_another_program_is_refused(home: Path):
    (home / "studies").mkdir(parents=True)
    with sqlite3.connect(home / "studies" / "first.db") as other:
        other.execute("CREATE TABLE studies (thing TEXT)")
    other.close()

    with pytest.raises(RunError, match=r"The storage .*first\.db cannot be used"):
        open_study(SPEC)


def test_several_machines_share_a_database(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'shared.db'}"

    open_study(SPEC, storage=url)

    assert load_study("first", url).study_name == "first"
    assert [row.name for row in list_studies(url)] == ["first"]
    assert list_studies() == []


def test_a_storage_that_cannot_be_reached_is_said_without_its_password():
    with pytest.raises(RunError) as caught:
        open_study(SPEC, storage="nodatabase://me:secret@host/x")

    assert "nodatabase://host/x cannot be used" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_study_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(RunError, match="There is no study 'none': `punie-ls tune list`"):
        load_study("none")
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    open_study(SPEC, storage=url)
    with pytest.raises(RunError, match="There is no study 'none' in sqlite"):
        load_study("none", url)


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b", "x" * 65])
def test_a_name_that_could_be_no_file_is_refused(name: str):
    with pytest.raises(RunError, match="cannot name a study"):
        check_name(name)
