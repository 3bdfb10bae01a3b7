"""`dataset merge`: equal examples once, two answers to one query named."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.curating.merging import merge
from punie_training.dataset import load
from punie_training.exceptions import DatasetError
from tests.unit.training.curating.conftest import Save, program


def test_equal_examples_stand_once_and_rather_in_test(save: Save, tmp_path: Path) -> None:
    one = save([program("Same one"), program("Only in one", source="one")], name="one")
    two = save([program("Only in two", source="two")], test=[program("Same one")], name="two")

    merged = merge([one, two], tmp_path / "out")

    dataset = load(tmp_path / "out")
    assert [e.query for e in dataset.splits["train"]] == ["Only in one", "Only in two"]
    assert [e.query for e in dataset.splits["test"]] == ["Same one"]
    assert [e.provenance.source for e in dataset.splits["train"]] == ["one", "two"]
    assert (merged.equal, merged.conflicts, merged.written.total) == (1, (), 3)


def test_another_answer_to_a_query_is_named_and_left_out(save: Save, tmp_path: Path) -> None:
    one = save([program("Check types")], name="one")
    two = save([program("check types?", "typecheck('.')")], name="two")

    merged = merge([one, two], tmp_path / "out")

    (conflict,) = merged.conflicts
    assert conflict.row.place == f"{two}/train.jsonl:1"
    assert conflict.kept.place == f"{one}/train.jsonl:1"
    assert [e.program for e in load(tmp_path / "out").splits["train"]] == ["typecheck('src').error_count"]


def test_conflicts_can_be_kept_within_a_split(save: Save, tmp_path: Path) -> None:
    one = save([program("Check types")], name="one")
    two = save([program("Check types", "typecheck('.')")], test=[program("Check types", "typecheck('b')")], name="two")

    merged = merge([one, two], tmp_path / "out", keep_conflicts=True)

    # That of test is another split's: both of train would be leaks.
    assert [c.row.split for c in merged.conflicts] == ["train", "train"]

    three = save([program("Lint it", "ruff_check('a')")], name="three")
    four = save([program("Lint it", "ruff_check('b')")], name="four")
    assert merge([three, four], tmp_path / "kept", keep_conflicts=True).written.total == 2


def test_several_versions_of_the_tools_are_said(save: Save, tmp_path: Path) -> None:
    folders = [save([program("A one")], name="one", tools="v1"), save([program("B two")], name="two", tools="v2")]

    assert merge(folders, tmp_path / "out").tool_registries == ("v1", "v2")
    assert load(tmp_path / "out").tool_registry == "v1 + v2"


def test_one_dataset_is_no_merge(save: Save, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="Pass at least two datasets"):
        merge([save([program("A")])], tmp_path / "out")
