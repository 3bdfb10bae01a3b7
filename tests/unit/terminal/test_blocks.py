"""Markdown that is still being written: whole blocks come out, each character once, and none is held for ever."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from punie_ls.terminal.blocks import MOST_OPEN, MarkdownStream

WORDS = ["word", " ", "\n", "\n\n", "<b>", "漢字", "👩‍🚀", "***", "---\n", "===\n", "~~~\n", "\t", "[a]: b\n"]
LINES = [
    "- item\n",
    "  more\n",
    "1. one\n",
    "```",
    "```py\n",
    "# Title\n",
    "| a |\n",
    "|---|\n",
    "> quote\n",
    "    code\n",
]
PIECES = st.lists(st.sampled_from([*WORDS, *LINES]), max_size=60)


def parts(pieces: list[str]) -> list[str]:
    stream = MarkdownStream()
    return [*(stream.add(piece) for piece in pieces), stream.finish()]


@settings(deadline=None)
@given(PIECES)
def test_nothing_is_lost_or_doubled(pieces: list[str]) -> None:
    assert "".join(parts(pieces)) == "".join(pieces)


def test_a_block_comes_when_the_next_one_begins() -> None:
    stream = MarkdownStream()

    assert stream.add("# Title\n") == ""
    assert stream.add("\nText\n") == "# Title\n\n"
    assert stream.add("goes on\n\n- one\n") == "Text\ngoes on\n\n"
    assert stream.add("- two\n\n  with more\n") == ""
    assert stream.add("\n```py\na = 1\n\n# no title\n") == "- one\n- two\n\n  with more\n\n"
    assert stream.add("```\n") == ""
    assert stream.tail == "```py\na = 1\n\n# no title\n```\n"
    assert stream.finish() == "```py\na = 1\n\n# no title\n```\n"


def test_a_heading_may_still_get_its_line() -> None:
    stream = MarkdownStream()

    assert stream.add("Title\n") == ""
    assert stream.add("===\n\n") == ""
    assert stream.add("Text") + stream.finish() == "Title\n===\n\nText"


def test_a_long_program_comes_in_programs() -> None:
    lines = [f"line_{number} = {number}\n" for number in range(2000)]
    shown = parts(["```python\n", *lines, "```\n"])

    done = [part for part in shown if part]
    assert len(done) > 3
    assert all(part.startswith("```python\n") and part.rstrip().endswith("```") for part in done)
    assert [line for part in done for line in part.splitlines(keepends=True) if "```" not in line] == lines
    assert all(len(part) <= MOST_OPEN + 100 for part in done)


@settings(max_examples=30, deadline=None)
@given(st.text(st.sampled_from("a \n"), min_size=1, max_size=50))
def test_a_long_text_does_not_pile_up(pattern: str) -> None:
    stream, text = MarkdownStream(), pattern * (3 * MOST_OPEN // len(pattern))
    shown = ""
    for start in range(0, len(text), 500):
        shown += stream.add(text[start : start + 500])
        assert len(stream.tail) <= MOST_OPEN

    assert shown + stream.finish() == text


def test_a_long_list_is_cut_between_its_items() -> None:
    items = [f"- item {number} with some words\n" for number in range(1000)]

    shown = [part for part in parts(items) if part]

    assert len(shown) > 3
    assert all(part.startswith("- item") for part in shown)
