"""What a trained model is asked, and how its one answer is read."""

from __future__ import annotations

import pytest
from pydantic_ai.messages import TextPart, ToolCallPart

from punie_agent.exceptions import BrokenAnswer
from punie_agent.models.single_turn import (
    MOST_PROGRAM,
    MOST_QUERY,
    answer_tokens,
    fitting_query,
    is_cut,
    most_query,
    read_answer,
)


def test_a_short_query_stays_as_it_is() -> None:
    assert fitting_query("  Lint src/ \n", 200) == "Lint src/"


def test_a_long_query_keeps_its_beginning() -> None:
    cut = fitting_query("Explain this: " + "word " * 1000, 200)

    assert cut.startswith("Explain this: word word")
    assert cut.endswith("word …")
    assert len(cut) <= 200


def test_a_long_query_keeps_the_place_in_its_last_line() -> None:
    cut = fitting_query("Explain this: " + "word " * 1000 + "\n\nThe cursor is at src/app.py:12:5.", 200)

    assert cut.startswith("Explain this: word")
    assert cut.endswith(" …\n\nThe cursor is at src/app.py:12:5.")
    assert len(cut) <= 200


def test_a_query_without_spaces_is_cut_all_the_same() -> None:
    cut = fitting_query("x" * 5000, 200)

    assert cut.endswith("x …")
    assert 150 < len(cut) <= 200


def test_a_place_that_is_itself_too_long_is_cut_too() -> None:
    cut = fitting_query("Explain\n\nThe cursor is at " + "x" * 5000 + ".py:1:1.", 200)

    assert cut.startswith("Explain")
    assert len(cut) <= 200


@pytest.mark.parametrize(
    ("length", "query", "answer"), [(None, MOST_QUERY, 1024), (256, 256, 128), (32768, 4000, 1024)]
)
def test_query_and_answer_share_the_context(length: int | None, query: int, answer: int) -> None:
    assert (most_query(length), answer_tokens(length)) == (query, answer)


def test_a_fenced_program_is_run() -> None:
    part = read_answer("Here:\n```python\ntypecheck()\n```\n", "m", runs=True)

    assert isinstance(part, ToolCallPart)
    assert (part.tool_name, part.args) == ("run_code", {"code": "typecheck()"})


@pytest.mark.parametrize("text", ["In words.", "Write `typecheck()`.", "```json\n{}\n```"])
def test_anything_else_is_words(text: str) -> None:
    assert read_answer(text, "m", runs=True) == TextPart(text)


def test_where_programs_cannot_run_all_is_words() -> None:
    text = "```python\ntypecheck()\n```"

    assert read_answer(text, "m", runs=False) == TextPart(text)


def test_a_program_without_end_is_refused() -> None:
    with pytest.raises(BrokenAnswer, match=r"adapter:mine wrote a program of 16,00\d characters, so it was not run"):
        read_answer(f"```python\n{'x = 1;' * (MOST_PROGRAM // 6 + 1)}\n```", "adapter:mine", runs=True)


@pytest.mark.parametrize(
    ("text", "cut"),
    [("```python\nx = 1", True), ("```python\nx = 1\n```\nand so on", False), ("words", False)],
)
def test_an_answer_is_cut_within_a_program_or_after_it(text: str, cut: bool) -> None:
    assert is_cut(text) is cut
