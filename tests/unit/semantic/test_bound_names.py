"""Does a scope bind a name: what a rename must not run into."""

from __future__ import annotations

import pytest

from punie_semantic.bound_names import binds

TEXT = """\
import os
from shop import price as cost

total = 1


class Cart:
    size = 2

    def add(self, item):
        count = 3
        return item, count, hidden


def add(name):
    count = 4
    for each in name:
        with open(each) as file:
            pass
"""


@pytest.mark.parametrize(
    ("container", "line", "name", "bound"),
    [
        ("", 4, "os", True),
        ("", 4, "cost", True),
        ("", 4, "price", False),
        ("", 4, "Cart", True),
        ("", 4, "add", True),
        ("", 4, "size", False),
        ("Cart", 8, "add", True),
        ("Cart", 8, "total", False),
        ("Cart.add", 11, "item", True),
        ("Cart.add", 11, "hidden", False),
        ("Cart.add", 11, "name", False),
        ("add", 16, "name", True),
        ("add", 16, "each", True),
        ("add", 16, "file", True),
        ("add", 16, "item", False),
        ("nowhere", 1, "os", False),
    ],
)
def test_what_a_scope_binds(container: str, line: int, name: str, bound: bool) -> None:
    assert binds(TEXT, container, line, name) is bound


@pytest.mark.parametrize("text", ["def f(:\n", "x = 1\0", "", "\ufeffx = 1"])
def test_a_text_that_does_not_parse_binds_nothing(text: str) -> None:
    assert binds(text, "", 1, "y") is False
