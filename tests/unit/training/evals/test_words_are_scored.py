"""Answers in words: right only where words were asked for, and never when they are a program in disguise."""

from __future__ import annotations

from typing import cast

import pytest

from punie_training.evals.executing import Executions
from punie_training.evals.scoring import Score, score
from punie_training.evals.suite import Case

NOTHING_RUNS = cast("Executions", None)
DIRECT = Case(id="a", category="direct", query="What is a Protocol?", tool="answer", words=("structur|duck", "class"))
LIKE = Case(
    id="b", category="direct", query="?", tool="answer", answer="A mixin gives methods to classes that derive from it."
)
TOOL = Case(id="c", category="single_tool", query="Check types", programs=("typecheck()",))


async def _scored(case: Case, text: str, *, cut: bool = False) -> Score:
    return await score(case, text, NOTHING_RUNS, cut=cut)


async def test_the_right_words() -> None:
    found = await _scored(DIRECT, "A class for Structural typing.")

    assert found == Score(True, True, True, True, False, "answer")
    assert found.credit == 1.0


async def test_a_word_is_missing() -> None:
    found = await _scored(DIRECT, "A class of some kind.")

    assert (found.tool, found.execution, found.why) == (True, False, "does not say 'structur or duck'")
    assert found.credit == 0.7


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("A mixin gives methods to the classes that derive from it.", True),
        ("Some classes derive methods from a mixin.", True),
        ("The weather is fine today.", False),
    ],
)
async def test_half_of_the_words_of_the_expected_answer(text: str, right: bool) -> None:
    assert (await _scored(LIKE, text)).execution is right


async def test_the_very_answer_is_exact() -> None:
    assert (await _scored(LIKE, "a mixin gives  methods to classes that derive from it.")).exact


async def test_words_where_a_tool_was_asked_for() -> None:
    found = await _scored(TOOL, "Everything is fine.")

    assert found == Score(True, False, False, False, False, "answer", "words, but typecheck was to be called")
    assert found.credit == 0.0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing was said"),
        (" \n ", "nothing was said"),
        ("typecheck()", "a program without its fence"),
        ("``` typecheck", "neither words nor a program in a fence"),
        ("<|im_start|>assistant class structur", "neither words nor a program in a fence"),
        ("class structur \ufffd\ufffd", "neither words nor a program in a fence"),
    ],
)
async def test_neither_words_nor_a_program(text: str, why: str) -> None:
    found = await _scored(DIRECT, text)

    assert found == Score(False, False, False, False, False, "unreadable", why)


async def test_words_without_an_end_are_no_answer() -> None:
    found = await _scored(DIRECT, "class structur class structur class", cut=True)

    assert (found.valid, found.tool, found.why) == (False, False, "words without an end")
