"""What others wrote cannot do anything to a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_ls.terminal.cleaning import CleanStream, clean, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("two\r\nlines\r\n", "two\nlines\n"),
        ("over\rwritten", "over\\x0dwritten"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b2J\x90q\x7f", "\\x9b2J\\x90q\\x7f"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("half \ud83d", "half \\ud83d"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("👩‍🚀 👍🏽 ❤️ 漢字 é", "👩‍🚀 👍🏽 ❤️ 漢字 é"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(st.characters() | st.sampled_from("\x1b\x9b\r\n\x00\u202e\u200f\ud800")))
def test_no_control_is_left(text: str) -> None:
    left = {c for c in clean(text) if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")}
    turning = {c for c in clean(text) if unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI")}

    assert left <= {"\n", "\t"}
    assert turning == set()
    assert "\n" not in one_line(text)


@given(st.lists(st.text(st.sampled_from("ab\r\n\x1b"))))
def test_pieces_come_to_the_same(pieces: list[str]) -> None:
    stream = CleanStream()

    assert "".join([*(stream.add(piece) for piece in pieces), stream.finish()]) == clean("".join(pieces))
