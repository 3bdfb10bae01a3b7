"""Quick diffs are the same as the others."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from punie_semantic.line_diff import line_diff, lines_of
from punie_semantic.text_edits import split_lines, unified_diff

ENDS = st.sampled_from(["\n", "\r\n"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), ENDS), max_size=40), st.booleans())
def test_lines_that_correspond(lines: list[tuple[bool, str]], ends: bool) -> None:
    before = "".join(f"line {number} 📚{end}" for number, (_, end) in enumerate(lines)) + ("" if ends else "last")
    after = "".join(f"line {number} {'x' if new else '📚'}{end}" for number, (new, end) in enumerate(lines))

    after += "" if ends else "last"
    assert line_diff(lines_of(before), lines_of(after), "a.py") == unified_diff(before, after, "a.py")


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("a\f\n\r\u2028📚"), max_size=12))
def test_lines_end_where_lsp_says(text: str) -> None:
    assert lines_of(text) == split_lines(text)
