"""Texts of other people in our Markdown: nothing breaks out, and a sentence is a sentence."""

from __future__ import annotations

import pytest

from punie_ls.server.markdown import diffs, fenced, first_line, first_sentence, heading, quoted


def test_a_fence_is_longer_than_any_in_the_text() -> None:
    assert fenced("a\n```\nb\n````python\n", "diff") == "`````diff\na\n```\nb\n````python\n`````"


def test_a_heading_is_one_plain_line() -> None:
    assert heading("`x` *is*\nmore", 1) == r"# \`x\` \*is\*"
    assert heading("") == "## "


def test_a_title_has_an_end() -> None:
    assert first_line("a" * 100) == "a" * 79 + "…"


def test_a_quote_of_several_lines() -> None:
    assert quoted("a\n\nb\n") == "> a\n>\n> b"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", ""),
        ("One. Two.", "One."),
        ("# Title\n\nText", "Title"),
        ("- item one! item two", "item one!"),
        ("```python\nx = 1\n```\nAfter it.", "After it."),
        ("```\nnever closed", ""),
        ("`a.b.c` is used in 2 places:\n- here", "`a.b.c` is used in 2 places"),
        ("`price` is:\n\n```python\ndef price() -> int  # 🚀\n```\n", "`price` is: def price() -> int  # 🚀"),
        ("It is:\n```\n```\n", "It is"),
        ("It is:\n```", "It is"),
        ("Version 1.2 is out. More", "Version 1.2 is out."),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_the_first_sentence(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_a_long_diff_is_cut_and_says_so() -> None:
    text = diffs([("a.py", "+" * 200_010)])

    assert text.endswith("_Cut: 10 more characters._")
