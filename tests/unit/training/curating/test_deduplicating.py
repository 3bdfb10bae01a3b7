"""`dataset dedupe`: near-duplicates go, and what is in the test set stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.curating.deduplicating import dedupe
from punie_training.curating.similarity import jaccard, near_clusters, pieces_of
from punie_training.dataset import load
from punie_training.exceptions import DatasetError
from tests.unit.training.curating.conftest import Save, program

LONG = "Show me all of the type errors that are in the module of the shopping cart, please"


def test_the_test_set_wins_over_train(save: Save, tmp_path: Path) -> None:
    folder = save([program(f"{LONG}!"), program("Where is it?")], test=[program(LONG)])

    done = dedupe(folder, tmp_path / "out")

    dataset = load(tmp_path / "out")
    assert [e.query for e in dataset.splits["train"]] == ["Where is it?"]
    assert [e.query for e in dataset.splits["test"]] == [LONG]
    (duplicate,) = done.duplicates
    assert (duplicate.row.place, duplicate.kept.place) == (f"{folder}/train.jsonl:1", f"{folder}/test.jsonl:1")
    assert 0.85 < duplicate.similarity < 1


def test_the_same_query_with_another_program_stays(save: Save, tmp_path: Path) -> None:
    folder = save([program("Go on"), program("Go on", "find_references(symbol='Cart.total').locations[0].file")])

    assert dedupe(folder, tmp_path / "out").duplicates == ()


def test_a_threshold_of_one_takes_only_what_is_equal(save: Save, tmp_path: Path) -> None:
    folder = save([program(LONG), program(LONG.upper()), program(f"{LONG}!")])

    assert [d.row.number for d in dedupe(folder, tmp_path / "out", 1.0).duplicates] == [2]


@pytest.mark.parametrize("threshold", [0, -1, 1.5])
def test_a_threshold_that_is_none_is_refused(threshold: float, save: Save, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="A threshold of"):
        dedupe(save([program("One")]), tmp_path / "out", threshold)


def test_similarity_is_that_of_the_pieces() -> None:
    assert pieces_of("Ab  CDEF") == {"ab cd", "b cde", " cdef"}
    assert pieces_of("ab") == {"ab"}
    assert jaccard(frozenset("ab"), frozenset("bc")) == pytest.approx(1 / 3)


def test_what_is_near_to_what_is_near_is_one_cluster() -> None:
    base = "the quick brown fox jumps over the lazy dog and runs far away from here"
    clusters = near_clusters([base, f"{base} 1", "something else that has nothing in common", f"{base} 12"], 0.85)

    assert len({clusters.of(0), clusters.of(1), clusters.of(3)}) == 1
    assert clusters.of(2) != clusters.of(0)
