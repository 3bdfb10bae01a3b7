"""The page that says which model to take: its table is the one that the formulas give now, and what it names fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.mlx.machine import GIB
from punie_training.serving.fitting import apple_budget
from punie_training.serving.page import MEMORIES, SHARE, best_for_serving, best_for_training, page_with

PAGE = Path(__file__).parents[4] / "docs" / "choosing-a-model.md"


def test_the_page_has_the_table_of_the_formulas():
    text = PAGE.read_text(encoding="utf-8")

    assert text == page_with(text), "run: python -m punie_training.serving.page --write docs/choosing-a-model.md"


@pytest.mark.parametrize("memory", MEMORIES)
def test_every_machine_has_a_model_to_serve_and_one_to_train(memory: int):
    budget = int(apple_budget(memory * GIB) * SHARE)
    served, trained = best_for_serving(budget), best_for_training(budget)

    assert served is not None
    assert served[2].fits
    assert trained is not None
    assert trained[2].fits
    assert not trained[0].experts


def test_more_memory_never_means_a_smaller_model():
    sizes = [best_for_serving(int(apple_budget(memory * GIB) * SHARE)) for memory in MEMORIES]

    found = [each[0].parameters for each in sizes if each]
    assert found == sorted(found)
    assert len(found) == len(MEMORIES)


def test_too_little_memory_has_no_model():
    assert best_for_serving(GIB // 2) is None
    assert best_for_training(GIB // 2) is None


def test_a_page_without_marks_is_refused():
    with pytest.raises(ValueError, match="the page has no <!-- table: begin -->"):
        page_with("# A page")
