"""Tests are found in a text as pytest would, also while it does not parse."""

from __future__ import annotations

import pytest

from punie_ls.server.lenses import find_tests, is_test_file

TEXT = '''\
"""def test_in_a_docstring(): ..."""


def helper():
    def test_inner(): ...


async def test_one(): ...


class TestShop:
    def test_two(self): ...

    class TestInner:
        def test_three(self): ...


class TestEmpty:
    pass


class Other:
    def test_four(self): ...
'''


def found(text: str) -> list[tuple[str, int]]:
    return [(test.name, test.line) for test in find_tests(text)]


def test_functions_and_classes() -> None:
    assert found(TEXT) == [
        ("test_one", 7),
        ("TestShop", 10),
        ("TestShop::test_two", 11),
        ("TestShop::TestInner", 13),
        ("TestShop::TestInner::test_three", 14),
    ]


def test_a_text_that_does_not_parse() -> None:
    assert found("def test_one(:\n\nclass TestTwo:\n    def test_three(self): ...\n") == [
        ("test_one", 0),
        ("TestTwo", 2),
        ("TestTwo::test_three", 3),
    ]


def test_windows_line_ends_and_form_feeds() -> None:
    assert found("x = 1\r\n\x0c\r\ndef test_one(): ...\r\n") == [("test_one", 2)]


def test_a_huge_text_has_none() -> None:
    assert found("def test_one(): ...\n" + "#" * 1_000_000) == []


@pytest.mark.parametrize(
    ("name", "yes"), [("test_a.py", True), ("a_test.py", True), ("tests.py", False), ("test_a.txt", False)]
)
def test_which_files_have_tests(name: str, *, yes: bool) -> None:
    assert is_test_file(name) is yes
