"""LSP positions in three encodings, against a reference that works on encoded bytes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from punie_semantic.wire.positions import (
    Encoding,
    TextLines,
    apply_change,
    apply_edits,
    characters,
    negotiate,
    translate_range,
    units,
)

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
# ASCII, emoji (surrogate pair), CJK, combining accent, line ends, and what str.splitlines would also split at.
PIECES = ["a", "b ", "é", "e\u0301", "📚", "👩\u200d💻", "書", "\n", "\r\n", "\r", "\f", "\v", "\x1c", "\x85", "\u2028"]
texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
encodings = st.sampled_from(ENCODINGS)


def reference_position(text: str, offset: int, encoding: Encoding) -> dict[str, int]:
    """Counts line ends and code units one character at a time."""
    line, start, index = 0, 0, 0
    while index < offset:
        if text[index] == "\r" and text[index + 1 : index + 2] == "\n":
            if index + 2 > offset:
                break
            index += 2
        elif text[index] in "\r\n":
            index += 1
        else:
            index += 1
            continue
        line, start = line + 1, index
    codec, width = CODECS[encoding]
    return {"line": line, "character": len(text[start:offset].encode(codec)) // width}


def splits_a_line_end(text: str, offset: int) -> bool:
    return text[offset - 1 : offset + 1] == "\r\n"


@st.composite
def texts_with_offsets(draw: st.DrawFn, count: int) -> tuple[str, list[int]]:
    text = draw(texts)
    places = [i for i in range(len(text) + 1) if not (i and splits_a_line_end(text, i))]
    return text, sorted(draw(st.lists(st.sampled_from(places), min_size=count, max_size=count)))


@given(sample=texts_with_offsets(2), new=texts, encoding=encodings)
@settings(max_examples=400)
def test_apply_change_equals_slicing(sample: tuple[str, list[int]], new: str, encoding: Encoding) -> None:
    text, (start, end) = sample
    span = {"start": reference_position(text, start, encoding), "end": reference_position(text, end, encoding)}

    assert apply_change(text, {"range": span, "text": new}, encoding) == text[:start] + new + text[end:]


@given(sample=texts_with_offsets(4), new=st.tuples(texts, texts), encoding=encodings, reverse=st.booleans())
@settings(max_examples=400)
def test_apply_edits_equals_slicing(
    sample: tuple[str, list[int]], new: tuple[str, str], encoding: Encoding, reverse: bool
) -> None:
    text, (a, b, c, d) = sample
    edits = [
        {
            "range": {"start": reference_position(text, s, encoding), "end": reference_position(text, e, encoding)},
            "newText": n,
        }
        for s, e, n in ((a, b, new[0]), (c, d, new[1]))
    ]
    if reverse and (a, b) != (c, d):
        edits.reverse()

    assert apply_edits(text, edits, encoding) == text[:a] + new[0] + text[b:c] + new[1] + text[d:]


@given(sample=texts_with_offsets(1), encoding=encodings)
def test_position_equals_the_reference(sample: tuple[str, list[int]], encoding: Encoding) -> None:
    text, (offset,) = sample

    assert TextLines(text).position(offset, encoding) == reference_position(text, offset, encoding)


@given(sample=texts_with_offsets(2), source=encodings, target=encodings)
def test_translate_range_there_and_back(sample: tuple[str, list[int]], source: Encoding, target: Encoding) -> None:
    text, (start, end) = sample
    span = {"start": reference_position(text, start, source), "end": reference_position(text, end, source)}
    lines = TextLines(text)

    there = translate_range(span, lines, source, target)

    assert there["start"] == reference_position(text, start, target)
    assert there["end"] == reference_position(text, end, target)
    assert translate_range(there, lines, target, source) == span


@given(text=texts)
def test_lines_are_the_text(text: str) -> None:
    lines = TextLines(text)

    starts = [lines.start(n) for n in range(len(lines) + 1)]

    assert "".join(text[a:b] for a, b in pairwise(starts)) == text
    assert all(not {"\r", "\n"} & set(lines.line(n)) for n in range(len(lines)))


def test_only_three_line_ends_count() -> None:
    lines = TextLines("a\fb\x85c\u2028d\re\r\nf\n")

    assert [lines.line(n) for n in range(len(lines))] == ["a\fb\x85c\u2028d", "e", "f", ""]


@pytest.mark.parametrize(("encoding", "expected"), [("utf-8", 15), ("utf-16", 10), ("utf-32", 8)])
def test_units_of_a_mixed_text(encoding: Encoding, expected: int) -> None:
    assert units("a📚e\u0301b\tc📚", encoding) == expected


@pytest.mark.parametrize(
    ("encoding", "count", "expected"),
    [
        ("utf-16", 2, 1),  # after "a" and half of the emoji: stays before it
        ("utf-16", 3, 2),
        ("utf-8", 4, 1),
        ("utf-8", 5, 2),
        ("utf-32", 2, 2),
        ("utf-16", 99, 3),
    ],
)
def test_a_count_inside_a_character_stays_before_it(encoding: Encoding, count: int, expected: int) -> None:
    assert characters("a📚b", count, encoding) == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_positions_beyond_the_end_are_clamped(encoding: Encoding) -> None:
    lines = TextLines("é\r\nb")

    assert lines.offset({"line": 0, "character": 99}, encoding) == 1
    assert lines.offset({"line": 99, "character": 0}, encoding) == 4


def test_a_change_without_range_replaces_all() -> None:
    assert apply_change("old", {"text": "new"}, "utf-16") == "new"


def test_a_range_whose_end_is_before_its_start_inserts() -> None:
    span = {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 1}}

    assert apply_change("abc", {"range": span, "text": "-"}, "utf-16") == "ab-c"


def test_inserts_at_one_place_keep_their_order() -> None:
    here = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    edits = [{"range": here, "newText": "1"}, {"range": here, "newText": "2"}]

    assert apply_edits("x", edits, "utf-16") == "12x"


def test_overlapping_edits_are_refused() -> None:
    first = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 3}}
    second = {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 4}}

    with pytest.raises(ValueError, match="overlapping edits at character 2"):
        apply_edits("abcdef", [{"range": first, "newText": ""}, {"range": second, "newText": ""}], "utf-16")


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (None, "utf-16"),
        ([], "utf-16"),
        (["utf-16"], "utf-16"),
        (["utf-32", "utf-16"], "utf-32"),
        (["utf-16", "utf-8"], "utf-8"),
        (["klingon"], "utf-16"),
    ],
)
def test_negotiation(offered: list[str] | None, expected: Encoding) -> None:
    assert negotiate(offered) == expected
