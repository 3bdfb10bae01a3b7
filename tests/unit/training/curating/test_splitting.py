"""`dataset split`: balanced by category, and what belongs together stays in one split."""

from __future__ import annotations

import random
import string
from collections import defaultdict
from pathlib import Path

import pytest

from punie_training.curating.splitting import parse_ratios, split_dataset
from punie_training.curating.validating import validate
from punie_training.dataset import Example, load
from punie_training.exceptions import DatasetError
from tests.unit.training.curating.conftest import Save, program, words


def letters(seed: str, length: int = 40) -> str:
    chooser = random.Random(seed)
    return "".join(chooser.choice(string.ascii_lowercase + "    ") for _ in range(length))


def templates(number: int, each: int) -> list[Example]:
    """Two categories in equal parts; texts of a template differ much, so that only its name keeps them together."""
    found = []
    for t in range(number):
        for i in range(each):
            query = f"{letters(f'{t} {i}')} {t} {i}"
            make = program if t % 2 else words
            answer = f"typecheck('{letters(f'{t} {i} p', 10)}')" if t % 2 else f"So it is {letters(f'{t}{i}', 30)}."
            found.append(make(query, answer, template=f"template.{t}"))
    return found


def test_a_template_stays_in_one_split_and_categories_are_balanced(save: Save, tmp_path: Path) -> None:
    folder = save(templates(40, 5))

    done = split_dataset(folder, tmp_path / "out")

    found = load(tmp_path / "out").splits
    where: dict[str, set[str]] = defaultdict(set)
    for split, examples in found.items():
        for example in examples:
            where[example.provenance.template].add(split)
    assert all(len(splits) == 1 for splits in where.values())
    assert {split: len(examples) for split, examples in found.items()} == {"train": 160, "valid": 20, "test": 20}
    assert done.by_category == {
        "direct": {"train": 80, "valid": 10, "test": 10},
        "single_tool": {"train": 80, "valid": 10, "test": 10},
    }
    assert not [f for f in validate(tmp_path / "out").findings if f.rule in ("leak", "proportion")]


def test_near_duplicates_stay_together(save: Save, tmp_path: Path) -> None:
    pairs = []
    for i in range(30):
        text = letters(str(i), 200)
        pairs += [program(f"{text} a"), program(f"{text} b")]

    split_dataset(save(pairs), tmp_path / "out")

    for examples in load(tmp_path / "out").splits.values():
        stems = [example.query[:-2] for example in examples]
        assert all(stems.count(stem) == 2 for stem in stems)


def test_the_same_seed_divides_in_the_same_way(save: Save, tmp_path: Path) -> None:
    folder = save(templates(20, 2))

    split_dataset(folder, tmp_path / "one", seed=1)
    split_dataset(folder, tmp_path / "two", seed=1)
    split_dataset(folder, tmp_path / "other", seed=2)

    assert load(tmp_path / "one") == load(tmp_path / "two")
    assert load(tmp_path / "one") != load(tmp_path / "other")


def test_how_it_was_divided_before_makes_no_difference(save: Save, tmp_path: Path) -> None:
    split_dataset(save(templates(20, 2)), tmp_path / "one", seed=3)

    split_dataset(tmp_path / "one", tmp_path / "two", seed=3)

    assert load(tmp_path / "one") == load(tmp_path / "two")


def test_the_split_key_counts_more_than_the_template(save: Save, tmp_path: Path) -> None:
    folder = save([program(letters(str(i), 60), template="same", split_key=f"key.{i}") for i in range(20)])

    done = split_dataset(folder, tmp_path / "out")

    assert done.written.counts == {"train": 16, "valid": 2, "test": 2}


def test_one_project_alone_cannot_be_divided_by_project(save: Save, tmp_path: Path) -> None:
    folder = save([program(letters(str(i), 60), project="shop") for i in range(20)])

    with pytest.raises(DatasetError, match=r"valid and test: 20 examples are 1 groups .* the largest of 20"):
        split_dataset(folder, tmp_path / "out", by="project")
    assert not (tmp_path / "out").exists()


def test_a_ratio_of_zero_leaves_a_split_empty(save: Save, tmp_path: Path) -> None:
    done = split_dataset(save(templates(10, 1)), tmp_path / "out", parse_ratios("8/2/0"))

    assert done.written.counts == {"train": 8, "valid": 2, "test": 0}


def test_ratios_are_shares() -> None:
    assert parse_ratios("80/10/10") == (0.8, 0.1, 0.1)
    assert parse_ratios("3/1/0") == (0.75, 0.25, 0.0)


@pytest.mark.parametrize("text", ["", "80", "80/20", "a/b/c", "0/50/50", "-1/1/1", "nan/1/1", "inf/1/1", "1/1/1/1"])
def test_what_are_no_ratios_is_refused(text: str) -> None:
    with pytest.raises(DatasetError, match="are no ratios"):
        parse_ratios(text)
