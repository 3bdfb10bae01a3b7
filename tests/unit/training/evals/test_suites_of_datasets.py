"""The test split of a dataset is a suite: programs are references, words say what to expect."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.dataset import Dataset, Example, Provenance, example_of
from punie_training.evals.suite import suite_of
from punie_training.exceptions import DatasetError, EvaluationError

MADE = Provenance(category="single_tool", source="test", licence="MIT")
SAID = Provenance(category="direct", source="test", licence="MIT")


def _saved(folder: Path, *test: Example) -> Path:
    train = (example_of("Lint it", MADE, program="ruff_check()"),)
    Dataset(tool_registry="v1", splits={"train": train, "test": test}).save(folder)
    return folder


def test_programs_and_words(tmp_path: Path) -> None:
    program = example_of("Check the types of src", MADE, program='typecheck("src")')
    words = example_of("What is a mixin?", SAID, words="A class that gives methods to others.")

    suite = suite_of(_saved(tmp_path / "data", program, words))

    assert suite.name == "held-out"
    assert [(c.id, c.category, c.query, c.expected) for c in suite.cases] == [
        (program.hash, "single_tool", "Check the types of src", "typecheck"),
        (words.hash, "direct", "What is a mixin?", "answer"),
    ]
    assert suite.cases[0].programs == ('typecheck("src")',)
    assert suite.cases[1].answer == "A class that gives methods to others."


def test_an_empty_split(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no examples in its split test"):
        suite_of(_saved(tmp_path / "data"))


def test_tools_of_another_registry(tmp_path: Path) -> None:
    old = example_of("Check it", MADE, program="check_everything()")

    with pytest.raises(EvaluationError, match=r"example \w+ \('Check it'\).*calls no tool.*Build the dataset again"):
        suite_of(_saved(tmp_path / "data", old))


def test_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="manifest"):
        suite_of(tmp_path)
