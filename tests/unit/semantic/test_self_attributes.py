"""Attributes that methods set on `self`, found in the text."""

from __future__ import annotations

from punie_semantic.self_attributes import self_attributes

TEXT = (
    "class Outer:\n"
    "    class Inner:\n"
    "        def fill(this):\n"
    "            '📚書'; this.name = 1\n"
    "\n"
    "    def __init__(self, other):\n"
    "        self.name: str = ''; other.name = 2; self.name.size = 3\n"
    "        self.\\\n"
    "            title = 4\n"
    "\n"
    "    @staticmethod\n"
    "    def make(): name = 5\n"
)


def places(text: str, class_line: int, name: str) -> list[tuple[int, int, int]]:
    return [
        (span["start"]["line"], span["start"]["character"], span["end"]["character"])
        for span in self_attributes(text, class_line, name)
    ]


def test_what_the_class_s_own_methods_set() -> None:
    assert places(TEXT, 0, "name") == [(6, 13, 17)]


def test_a_class_that_begins_another_one() -> None:
    assert places(TEXT, 1, "name") == [(3, 23, 27)]


def test_a_name_on_the_line_below_its_dot() -> None:
    assert places(TEXT, 0, "title") == [(8, 12, 17)]


def test_no_such_attribute_class_or_no_python() -> None:
    assert places(TEXT, 0, "size") == []
    assert places(TEXT, 5, "name") == []
    assert places("class A(:\n", 0, "name") == []
    assert places("\0", 0, "name") == []
