"""Encodings that cannot be written back, and cookies of new texts."""

from __future__ import annotations

import pytest

from punie_semantic.exceptions import SourceError
from punie_semantic.sources import check_declaration, decode, source_of_new


@pytest.mark.parametrize("cookie", ["utf-16", "utf-7", "utf-32"])
def test_what_would_not_be_written_back_byte_for_byte_is_refused(cookie: str) -> None:
    data = f"# coding: {cookie}\nx = '+AOk-'\n".encode()

    with pytest.raises(SourceError, match=r"cannot be written back|does not decode|binary"):
        decode(data, "x.py")


def test_utf_16_without_a_cookie_is_refused() -> None:
    with pytest.raises(SourceError, match=r"does not decode|binary"):
        decode("x = 1\n".encode("utf-16"), "x.py")


@pytest.mark.parametrize(
    ("text", "name", "encoding"),
    [
        ("x = 1\n", "x.py", "utf-8"),
        ("# coding: latin-1\n", "x.py", "iso-8859-1"),
        ("#!/usr/bin/python\r\n# vim: fileencoding=cp1252 :\r\n", "x.py", "cp1252"),
        ("\n\n# coding: latin-1\n", "x.py", "utf-8"),
        ("'📚'\n# coding: latin-1\n", "x.py", "utf-8"),
        ("# coding: latin-1\n", "notes.txt", "utf-8"),
        ("", "x.pyi", "utf-8"),
    ],
)
def test_a_new_text_is_encoded_as_it_says(text: str, name: str, encoding: str) -> None:
    assert source_of_new(text, name).encoding == encoding


def test_a_file_with_a_mark_cannot_declare_another_encoding() -> None:
    source = decode(b"\xef\xbb\xbfx = 1\n", "x.py")

    with pytest.raises(SourceError, match="begins with a UTF-8 mark"):
        check_declaration(source, "# coding: latin-1\n", "x.py")
    check_declaration(source, "# coding: utf-8\n", "x.py")
