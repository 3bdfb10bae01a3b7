"""The dataset models and their folder on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from punie_agent.models.small_prompt import SYSTEM
from punie_training.dataset import Dataset, Example, Message, Provenance, example_of, load
from punie_training.exceptions import DatasetError

ORIGIN = Provenance(category="single_tool", source="templates", licence="MIT")


def example(question: str, answer: str = 'typecheck("src").error_count') -> Example:
    messages = (Message(role="user", content=question), Message(role="assistant", content=answer))
    return Example(messages=messages, provenance=ORIGIN)


@pytest.fixture
def dataset() -> Dataset:
    splits = {
        "train": (example("Check types"), example("Zähle 📚\u2028 Fehler")),
        "valid": (example("Lint"),),
        "test": (),
    }
    return Dataset.model_validate({"tool_registry": "v1", "splits": splits})


def test_a_saved_dataset_loads_equal(dataset: Dataset, tmp_path: Path) -> None:
    dataset.save(tmp_path / "data")

    assert load(tmp_path / "data") == dataset


def test_each_line_is_what_mlx_lm_reads(dataset: Dataset, tmp_path: Path) -> None:
    dataset.save(tmp_path)

    first = json.loads((tmp_path / "train.jsonl").read_text(encoding="utf-8").split("\n")[0])
    assert first == {
        "messages": [
            {"role": "user", "content": "Check types"},
            {"role": "assistant", "content": 'typecheck("src").error_count'},
        ]
    }


def test_the_manifest_counts(dataset: Dataset) -> None:
    manifest = dataset.manifest()

    assert manifest.counts == {"train": 2, "valid": 1, "test": 0}
    assert manifest.categories == {"single_tool": 3}


def test_a_conversation_in_two_splits_is_a_leak() -> None:
    splits = {"train": (example("Lint"),), "test": (example("Lint"),)}

    with pytest.raises(ValidationError, match=r"stands twice \(train, test\)"):
        Dataset.model_validate({"tool_registry": "v1", "splits": splits})


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        (["user"], "ends with the assistant"),
        (["assistant"], "needs a user message"),
        (["user", "system", "assistant"], "can only come first"),
        (["user", "user", "assistant"], "same role"),
    ],
)
def test_roles_are_checked(roles: list[str], message: str) -> None:
    messages = [{"role": role, "content": "x"} for role in roles]

    with pytest.raises(ValidationError, match=message):
        Example.model_validate({"messages": messages, "provenance": ORIGIN})


def test_save_never_overwrites(dataset: Dataset, tmp_path: Path) -> None:
    dataset.save(tmp_path)

    with pytest.raises(DatasetError, match="already holds a dataset"):
        dataset.save(tmp_path)


@pytest.mark.parametrize("line", ["{", '{"messages": 3}', '{"messages": [{"role": "user", "content": "x"}]}', "[]"])
def test_a_bad_line_is_named(dataset: Dataset, tmp_path: Path, line: str) -> None:
    dataset.save(tmp_path)
    with (tmp_path / "valid.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")

    with pytest.raises(DatasetError, match=r"valid\.jsonl:2 is no example"):
        load(tmp_path)


def test_an_example_without_provenance_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    dataset.save(tmp_path)
    text = (tmp_path / "test.jsonl").read_text(encoding="utf-8")
    line = json.dumps({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]})
    (tmp_path / "test.jsonl").write_text(text + line + "\n", encoding="utf-8")

    with pytest.raises(DatasetError, match="manifest does not know"):
        load(tmp_path)


def test_a_shortened_split_is_noticed(dataset: Dataset, tmp_path: Path) -> None:
    dataset.save(tmp_path)
    (tmp_path / "valid.jsonl").write_text("", encoding="utf-8")

    with pytest.raises(DatasetError, match="its manifest says"):
        load(tmp_path)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"manifest\.json is missing.*no dataset.*dataset build"):
        load(tmp_path / "nowhere")


def test_plain_examples_are_told_how_to_become_a_dataset(dataset: Dataset, tmp_path: Path) -> None:
    dataset.save(tmp_path)
    (tmp_path / "manifest.json").unlink()

    with pytest.raises(DatasetError, match=r"manifest\.json is missing.*dataset split"):
        load(tmp_path)


def test_an_example_in_punies_form_has_the_short_prompt() -> None:
    one = example_of("Lint src", ORIGIN, program='ruff_check("src")')

    assert [message.role for message in one.messages] == ["system", "user", "assistant"]
    assert one.messages[0].content == SYSTEM
    assert (one.query, one.program) == ("Lint src", 'ruff_check("src")')
    assert one.answer == '```python\nruff_check("src")\n```'


def test_an_answer_in_words_has_no_program() -> None:
    assert example_of("Hello", ORIGIN, words="Hello.").program is None


def test_what_is_known_of_an_example_survives_the_disk(tmp_path: Path) -> None:
    known = Provenance(
        category="mined",
        source="demo 1.0",
        licence="BSD-3-Clause",
        template="t",
        project="demo",
        tools=("hover", "typecheck"),
        outcome="accepted",
        split_key="k",
        result="[1]",
    )
    one = example_of("What is f?", known, program='hover(symbol="f")')
    Dataset.model_validate({"tool_registry": "v1", "splits": {"train": (one,)}}).save(tmp_path / "d")

    assert load(tmp_path / "d").splits["train"] == (one,)


def test_an_unknown_category_is_refused() -> None:
    with pytest.raises(ValidationError, match="category"):
        Provenance.model_validate({"category": "guessed", "source": "s", "licence": "MIT"})
