"""`dataset filter`: what passes is kept, and what does not is counted under its rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.curating.filtering import FilterOptions, filter_dataset
from punie_training.curating.selecting import Selection, parse_unwanted
from punie_training.dataset import load
from punie_training.exceptions import DatasetError
from tests.unit.training.curating.conftest import Save, program, words

GERMAN = "Zeige mir bitte alle Fehler, die in diesem Projekt gefunden wurden"
ENGLISH = "Show me all the errors that were found in this project"


def queries(folder: Path) -> list[str]:
    return [example.query for examples in load(folder).splits.values() for example in examples]


def test_the_language_is_that_of_the_query(save: Save, tmp_path: Path) -> None:
    folder = save([program(ENGLISH), program(GERMAN), program("Lint app.py")])

    done = filter_dataset(folder, tmp_path / "out", FilterOptions(languages=("en",)))

    assert queries(tmp_path / "out") == [ENGLISH, "Lint app.py"]
    assert [(d.rule, d.why, d.row.number) for d in done.dropped] == [("language", "de", 2)]


def test_strict_drops_what_is_too_short_to_tell(save: Save, tmp_path: Path) -> None:
    folder = save([program(ENGLISH), program("Lint app.py")])

    done = filter_dataset(folder, tmp_path / "out", FilterOptions(languages=("en",), strict=True))

    assert done.by_rule == {"language": 1}
    assert queries(tmp_path / "out") == [ENGLISH]


def test_programs_must_run_on_the_python_that_is_named(save: Save, tmp_path: Path) -> None:
    newer = "import tomllib\ntypecheck('src')"
    folder = save([program("Old"), program("New", newer), words("In words")])

    done = filter_dataset(folder, tmp_path / "out", FilterOptions(max_python="3.10"))

    assert queries(tmp_path / "out") == ["Old", "In words"]
    assert [(d.rule, d.why) for d in done.dropped] == [("python", "needs Python 3.11")]


def test_quality_length_and_kinds(save: Save, tmp_path: Path) -> None:
    folder = save(
        [
            program("Check the types of it", tools=("typecheck",)),
            program("Lint the whole folder", "ruff_check('src')", tools=("ruff_check",)),
            program("Broken one here", "ruff_check(", tools=("ruff_check",)),
            words("Tell me something", "A" * 500 + " long answer it is."),
            program("A mined one now", category="mined", source="folder:shop"),
        ]
    )
    options = FilterOptions(
        min_quality=0.7,
        max_length=300,
        selection=Selection(
            wanted={"category": ("single_tool", "direct")}, unwanted=parse_unwanted(["tool=typecheck", "licence=GPL"])
        ),
    )

    done = filter_dataset(folder, tmp_path / "out", options)

    assert queries(tmp_path / "out") == ["Lint the whole folder"]
    assert done.by_rule == {"without tool": 1, "quality": 1, "length": 1, "category": 1}


def test_splits_and_provenance_stay(save: Save, tmp_path: Path) -> None:
    folder = save([program("One here", template="a")], test=[program("Two here", template="b")])

    filter_dataset(folder, tmp_path / "out", FilterOptions(min_length=5))

    assert load(tmp_path / "out") == load(folder)


def test_nothing_is_written_when_nothing_passes(save: Save, tmp_path: Path) -> None:
    folder = save([program("One")])

    with pytest.raises(DatasetError, match=r"No example of .* passes \(length 1\), so .*out was not written"):
        filter_dataset(folder, tmp_path / "out", FilterOptions(min_length=9999))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (FilterOptions(max_python="2.7"), "'2.7' is no version of Python"),
        (FilterOptions(languages=("xx",)), "'xx' is no language that is looked for. Pass one of cs, de, en"),
        (FilterOptions(min_quality=7), "A quality of 7 is none"),
    ],
)
def test_rules_that_make_no_sense_are_refused(options: FilterOptions, message: str, save: Save, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=message):
        filter_dataset(save([program("One")]), tmp_path / "out", options)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(DatasetError, match=r"'colour=red' is not KIND=VALUE. Kinds are category, tool"):
        parse_unwanted(["colour=red"])
