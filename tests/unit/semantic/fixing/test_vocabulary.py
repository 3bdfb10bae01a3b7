"""Which of two names is the misspelt one."""

from __future__ import annotations

from punie_semantic.fixing.vocabulary import Vocabulary, differing, slip_of, words_of


def test_words() -> None:
    assert words_of("parseHTTPHeader_for_x") == ["parse", "http", "header", "for", "x"]
    assert words_of("__init__") == ["init"]
    assert words_of("MAX_SIZE") == ["max", "size"]


def test_the_rare_one_is_the_slip() -> None:
    vocabulary = Vocabulary("name = 1  # name\nprint(name, nmae)\n")

    assert vocabulary.tells("nmae", "name")
    assert vocabulary.slip("nmae", "name") == 0.7
    assert vocabulary.slip("name", "nmae") == 0.3


def test_once_each_tells_nothing() -> None:
    vocabulary = Vocabulary("nmae = 1\nprint(name)\n")

    assert not vocabulary.tells("nmae", "name")
    assert slip_of(0, 0) == 0.5


def test_what_two_names_do_not_share() -> None:
    assert differing("book_titel", "book_title") == (["titel"], ["title"])
