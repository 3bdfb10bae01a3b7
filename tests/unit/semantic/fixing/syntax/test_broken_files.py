"""Files that are broken in several places, odd in form, large, or no Python at all."""

from __future__ import annotations

import pytest

from punie_semantic.fixing.candidate import applied
from punie_semantic.fixing.syntax.faults import first_fault
from punie_semantic.fixing.syntax.repair import declined, repairs

GOOD = "def area(width, height):\n    return max(width, height)\n\n\n"


def first(text: str, at: int | None = None) -> str:
    fault = first_fault(text)
    assert fault is not None
    return applied(text, repairs(text, fault.start if at is None else at)[0].edits)


def test_the_first_of_two_mistakes_is_mended_alone() -> None:
    text = f"def one(x)\n    return x\n\n\n{GOOD}def two(y)\n    return y\n"

    assert first(text) == text.replace("one(x)", "one(x):")


def test_the_second_of_two_mistakes_is_mended_when_it_is_asked_about() -> None:
    text = f"def one(x)\n    return x\n\n\n{GOOD}def two(y)\n    return y\n"

    assert first(text, text.index("two(y)") + 6) == text.replace("two(y)", "two(y):")


def test_the_mistake_may_be_lines_above_where_it_is_noticed() -> None:
    text = f"x = max(1,\n        2\n\n\n{GOOD}"

    assert first(text, text.index("def")) == text.replace("2\n", "2)\n", 1)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_stay(ending: str) -> None:
    text = f"{GOOD}def two(y)\n    return y\n".replace("\n", ending)

    assert first(text) == text.replace("two(y)", "two(y):")


def test_an_emoji_before_the_error() -> None:
    text = "x = max('🎉🎉', 'é', '日本'\ny = 1\n"

    assert first(text) == "x = max('🎉🎉', 'é', '日本')\ny = 1\n"


def test_tabs() -> None:
    text = "def f(x):\n\tif x\n\t\treturn 1\n\treturn 2\n"

    assert first(text) == text.replace("if x", "if x:")


def test_a_form_feed() -> None:
    text = f"{GOOD}\f\ndef two(y)\n    return y\n"

    assert first(text) == text.replace("two(y)", "two(y):")


def test_a_cookie_does_not_matter_to_text() -> None:
    text = "# -*- coding: latin-1 -*-\nx = max('é', 1\ny = 2\n"

    assert first(text) == text.replace("1\n", "1)\n")


def test_no_line_end_at_the_end() -> None:
    assert first("x = max(1, 2") == "x = max(1, 2)"


def test_a_large_file() -> None:
    text = GOOD * 18_000 + "def two(y)\n    return y\n"
    assert len(text) > 1_000_000

    assert first(text) == text.replace("two(y)", "two(y):")


def test_a_statement_of_thousands_of_tokens() -> None:
    text = "TABLE = [\n" + "    (1, 2),\n" * 3_000 + "    (1 2),\n" + "    (1, 2),\n" * 3_000 + "]\n"

    assert first(text) == text.replace("(1 2)", "(1, 2)")


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html>\n<html>\n<head><title>A page</title></head>\n<body>\n<p>Some text here</p>\n"
        "<p>And some more</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n</body>\n</html>\n",
        "Dear reader,\n\nthis is a letter that somebody has saved\nunder a wrong name. It has\nseveral lines of words\n"
        "and no program in it.\nIt should be left alone\nby everyone who reads it\nwith a parser\n",
    ],
)
def test_what_is_no_python_is_declined(text: str) -> None:
    assert repairs(text, 0) == []
    assert declined(text).startswith("This does not read like Python")


def test_merge_conflicts_are_declined() -> None:
    text = f"{GOOD}<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n"

    assert repairs(text, text.index("<")) == []
    assert declined(text) == ("There is an unresolved merge conflict at line 5. Choose a side and remove the markers.")


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "x = 1\n", "\0", "(" * 5_000, "\ufeffx = (1\n"])
def test_nothing_breaks_it(text: str) -> None:
    for repair in repairs(text, 0):
        assert applied(text, repair.edits) != text


@pytest.mark.parametrize("offset", [0, 5, 500])
def test_any_offset_is_taken(offset: int) -> None:
    best = repairs("x = (1\n", offset)[0]

    assert applied("x = (1\n", best.edits) == "x = (1)\n"


def test_lines_are_counted_from_the_start_of_a_large_file() -> None:
    text = GOOD * 4_000 + "x = max(1, 2\n\n\n" + GOOD * 400
    assert len(text) > 200_000

    (best, *_) = repairs(text, text.index("x = max"))

    assert best.why == "'(' of line 16001 is not closed"
