"""The smallest line-wise edits between two texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from punie_semantic.text_edits import LineEdit, line_edits, lsp_edits, moved_line, split_lines, unified_diff
from punie_semantic.wire.positions import apply_edits

PIECES = ["a", "b", "📚", "書", "e\u0301", "\n", "\n", "\r\n", "\r", "\f", "\u2028"]
texts = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)


@given(before=texts, after=texts)
@settings(max_examples=400)
def test_the_edits_turn_before_into_after(before: str, after: str) -> None:
    assert apply_edits(before, lsp_edits(before, after), "utf-32") == after


@given(text=texts)
def test_equal_texts_give_no_edit(text: str) -> None:
    assert line_edits(text, text) == []


@given(text=texts)
def test_lines_join_to_the_text(text: str) -> None:
    assert "".join(split_lines(text)) == text


@given(before=texts, after=texts)
def test_a_moved_line_has_the_same_text(before: str, after: str) -> None:
    old, new = split_lines(before), split_lines(after)
    edits = line_edits(before, after)

    for line, text in enumerate(old):
        moved = moved_line(edits, line)
        assert moved is None or new[moved] == text


def test_only_the_changed_characters_are_sent() -> None:
    assert lsp_edits("a\r\n📚\r\nc\r\n", "a\r\nb\r\nc\r\n") == [
        {
            "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 1}},
            "newText": "b",
        }
    ]


def test_two_places_give_two_edits() -> None:
    assert line_edits("1\n2\n3\n4\n", "one\n2\n3\nfour\n") == [
        LineEdit(0, 1, ("one\n",)),
        LineEdit(3, 4, ("four\n",)),
    ]


@pytest.mark.parametrize(("line", "expected"), [(0, None), (1, 2), (2, 3), (3, None), (4, 4)])
def test_moved_line(line: int, expected: int | None) -> None:
    edits = line_edits("a\nb\nc\nd\ne\n", "A\nB\nb\nc\ne\n")

    assert moved_line(edits, line) == expected


def test_the_diff_says_that_the_last_line_has_no_end() -> None:
    assert unified_diff("a\nb", "a\nc", "x.py") == (
        "--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n a\n"
        "-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
    )


def test_the_diff_keeps_carriage_returns() -> None:
    assert unified_diff("a\r\n", "b\r\n", "x.py") == "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\r\n+b\r\n"
