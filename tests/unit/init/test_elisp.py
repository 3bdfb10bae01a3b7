"""Emacs Lisp is whole, or the line is named where it is not."""

from __future__ import annotations

import pytest

from punie_ls.init.elisp import check, quoted
from punie_ls.init.exceptions import Broken


@pytest.mark.parametrize(
    "text",
    [
        "",
        '(setq a ?\\( b ?\\) c ?( d ?\\" e ?\\; f ?\\C-\\( g ?\\M-\\))',
        '(message "a \\" ( b") ; (((',
        "(setq x [1 (2 . 3)]) ;; it's \"fine",
        "(setq foo\\( 1)",
        '(setq a? 1 b ?\\s c "?")',
        "(list ?a ?\\^I ?\\\\)\n",
    ],
)
def test_a_whole_text_is_accepted(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("(a\n(b)\n", 1, "( is not closed"),
        ("(a)\n)\n", 2, ") closes nothing"),
        ("(a ]\n)", 1, "] closes nothing"),
        ('(a)\n\n(b "x\ny)\n', 3, "a string is not closed"),
        ("[1\n(2)", 1, "[ is not closed"),
    ],
)
def test_the_line_of_what_is_not_closed_is_named(text: str, line: int, reason: str) -> None:
    with pytest.raises(Broken) as caught:
        check(text)

    assert (str(caught.value), caught.value.line) == (reason, line)


def test_a_path_is_quoted() -> None:
    text = quoted('C:\\a "b"\\punie-ls')

    assert text == '"C:\\\\a \\"b\\"\\\\punie-ls"'
    check(text)
