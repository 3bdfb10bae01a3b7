"""Source text between bytes and str."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.exceptions import SourceError
from punie_semantic.sources import MAX_SOURCE_BYTES, Source, decode, line_ending, read_source, with_line_ending


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"x = 1\n", Source("x = 1\n")),
        ("x = 'ü📚'\r\n".encode(), Source("x = 'ü📚'\r\n")),
        (b"\xef\xbb\xbfx = 1\n", Source("x = 1\n", bom=True)),
        (b"# coding: latin-1\nx = '\xfc'\n", Source("# coding: latin-1\nx = 'ü'\n", "iso-8859-1")),
        (b"#!/usr/bin/python\n# -*- coding: cp1252 -*-\nx = '\x80'\n", None),
        (b"", Source("")),
        (b"a\rb\r\nc\x0cd\n", Source("a\rb\r\nc\x0cd\n")),
    ],
)
def test_python_source_survives_the_round_trip(data: bytes, expected: Source | None) -> None:
    source = decode(data, "x.py")

    assert source.encode(source.text) == data
    assert expected is None or source == expected


def test_cookies_count_in_python_files_only() -> None:
    with pytest.raises(SourceError, match=r"notes\.txt does not decode as utf-8"):
        decode(b"# coding: latin-1\nx = '\xfc'\n", "notes.txt")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = '\xff'\n", r"x\.py does not decode as utf-8.*Declare its encoding or convert it to UTF-8"),
        (b"# coding: klingon\n", r"x\.py does not decode"),
        (b"\xef\xbb\xbf# coding: latin-1\n", r"x\.py does not decode"),
        (b"x = 1\0\n", r"x\.py is a binary file"),
        (b"#" * (MAX_SOURCE_BYTES + 1), r"x\.py has 5242881 bytes"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        decode(data, "x.py")


def test_a_character_that_the_encoding_lacks_is_refused() -> None:
    source = decode(b"# coding: latin-1\n", "x.py")

    with pytest.raises(SourceError, match=r"iso-8859-1 cannot hold: '📚'"):
        source.encode("x = '📚'\n")


def test_a_missing_file_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.py cannot be read: No such file"):
        read_source(tmp_path / "gone.py")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", "\n"), ("a", "\n"), ("a\nb\r\nc\r\n", "\r\n"), ("a\rb\r", "\r"), ("a\nb\n", "\n")],
)
def test_the_usual_line_end_of_a_text(text: str, expected: str) -> None:
    assert line_ending(text) == expected


def test_line_ends_are_replaced() -> None:
    assert with_line_ending("a\nb\r\nc\rd", "\r\n") == "a\r\nb\r\nc\r\nd"
