"""Taking an edit back after others were made: exactly, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_semantic.merging import Misplaced, hunks_between, take_back

BEFORE = "one\ntwo\nthree\nfour\nfive\nsix\n"
AFTER = "ONE\ntwo\nthree\nfour\nfive\nSIX\nseven\n"


def test_hunks_are_numbered_and_shown() -> None:
    assert [str(h) for h in hunks_between(BEFORE, AFTER)] == [
        "@@ -1,1 +1,1 @@ hunk 1\n-one\n+ONE\n",
        "@@ -6,1 +6,2 @@ hunk 2\n-six\n+SIX\n+seven\n",
    ]
    assert str(hunks_between("a", "b\n")[0]) == "@@ -1,1 +1,1 @@ hunk 1\n-a\n\\ No newline at end of file\n+b\n"


@pytest.mark.parametrize(
    ("current", "chosen", "expected"),
    [
        (AFTER, None, BEFORE),
        (AFTER, [1], "one\ntwo\nthree\nfour\nfive\nSIX\nseven\n"),
        (AFTER, [2], "ONE\ntwo\nthree\nfour\nfive\nsix\n"),
        ("zero\n" + AFTER, None, "zero\n" + BEFORE),
        (AFTER.replace("three\n", "3\nthree and a half\n"), None, BEFORE.replace("three\n", "3\nthree and a half\n")),
        (AFTER + "eight\n", None, BEFORE + "eight\n"),
        # One hunk is back already.
        (AFTER.replace("ONE", "one"), None, BEFORE),
        # A neighbour was edited, but the text is there once.
        (AFTER.replace("two", "2"), None, BEFORE.replace("two", "2")),
    ],
)
def test_the_edit_is_taken_back_among_others(current: str, chosen: list[int] | None, expected: str) -> None:
    assert take_back(BEFORE, AFTER, current, chosen) == expected


@pytest.mark.parametrize(
    ("before", "after", "current", "lost"),
    [
        (BEFORE, AFTER, AFTER.replace("ONE", "uno"), [1]),
        (BEFORE, AFTER, "", [1, 2]),
        # The neighbours were edited, and the text is there twice.
        ("a\nx\nb\n", "a\ny\nb\n", "A\ny\nB\ny\n", [1]),
        # What was inserted is gone from a place whose neighbours are gone too.
        ("a\nx\nb\n", "a\nb\n", "A\nB\n", [1]),
        # A last line without its end would run into the next.
        ("x\ny", "x\nz\n", "x\nz\nw\n", [1]),
        ("", "x\n", "x\ny\n", []),
    ],
)
def test_a_hunk_whose_place_is_in_doubt_is_named(before: str, after: str, current: str, lost: list[int]) -> None:
    if not lost:
        assert take_back(before, after, current) == current.removeprefix(after)
        return
    with pytest.raises(Misplaced) as caught:
        take_back(before, after, current)

    assert [hunk.number for hunk in caught.value.hunks] == lost


LINES = st.lists(st.sampled_from(["a\n", "b\n", "📚\r\n", "漢\r", "\x0c\n", "\n"]), max_size=8).map("".join)


@given(LINES, LINES)
def test_without_other_edits_it_is_the_inverse(before: str, after: str) -> None:
    assert take_back(before, after, after) == before
    numbers = [hunk.number for hunk in hunks_between(before, after)]
    assert take_back(before, after, after, numbers) == before


def test_lines_that_an_edit_has_torn_apart_are_not_completed_by_a_neighbour() -> None:
    with pytest.raises(Misplaced):
        take_back("b\na\n", "a\na\na\n", "a\np\na\na\n")


@given(LINES, LINES, st.text("pq", min_size=1), st.data())
def test_a_line_put_in_elsewhere_stays(before: str, after: str, new: str, data: st.DataObject) -> None:
    """Whatever the result is, the other edit is in it, and all other lines are those of the text before."""
    lines = after.splitlines(keepends=True) if "\x0c" not in after else [after]
    at = data.draw(st.integers(0, len(lines)))
    current = "".join([*lines[:at], f"{new}\n", *lines[at:]])

    try:
        result = take_back(before, after, current)
    except Misplaced:
        return

    assert result.replace(f"{new}\n", "", 1) == before
