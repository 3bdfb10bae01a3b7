"""The score of an example is the sum of plain questions."""

from __future__ import annotations

import pytest

from punie_training.curating.quality import QUESTIONS, quality_of
from punie_training.dataset import Example
from tests.unit.training.curating.conftest import program, words


def test_the_weights_sum_to_one() -> None:
    assert sum(weight for weight, _ in QUESTIONS.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    "example",
    [
        program("Which errors are there?", "for e in typecheck('src').errors:\n    print(e.message)"),
        program("Which errors are there?", "errors = typecheck('src').errors"),
        words("What is a type checker?"),
    ],
)
def test_a_good_example_has_all(example: Example) -> None:
    assert quality_of(example).score == 1.0


@pytest.mark.parametrize(
    ("example", "failed"),
    [
        (program("Go"), "query says something"),
        (program("please " * 100), "nothing is repeated"),
        (program("what is " + "12345 67890 13579 " * 3), "query is mostly words"),
        (program("a b " + "tell me more " + "q w e r t y z u i o p " * 60), "query has a sensible length"),
        (program("Check the types", "typecheck("), "answer is sound"),
        (program("Check the types", "type_check('src')"), "answer is sound"),
        (program("Check the types", "x = 1"), "answer does something"),
        (program("Check the types", "import re"), "program gives something"),
        (words("Tell me about it", "```text\nunclosed and more words"), "answer is whole"),
        (words("Tell me about it", "tell me about it"), "answer does something"),
        (words("What is <name> about?"), "nothing is left over"),
        (program("Check the types", outcome="unknown"), "verified"),
    ],
)
def test_each_question_can_fail(example: Example, failed: str) -> None:
    quality = quality_of(example)

    assert failed in quality.failed
    assert quality.score == pytest.approx(1 - sum(QUESTIONS[name][0] for name in quality.failed))
