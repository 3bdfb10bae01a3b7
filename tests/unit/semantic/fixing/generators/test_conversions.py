"""What an expression of the wrong type may have been, from its text and the two types."""

from __future__ import annotations

import ast

import pytest

from punie_semantic.fixing.generators.conversions import conversions
from punie_semantic.fixing.generators.expression import Expression


def texts(source: str, expected: str, found: str) -> list[str]:
    node = ast.parse(f"({source}\n)", mode="eval").body
    here = Expression(0, len(source), source, node, node)
    values = sorted(conversions(here, expected, found), key=lambda value: -value.weight)
    return [value.text for value in values]


@pytest.mark.parametrize(
    ("source", "expected", "found", "first"),
    [
        ("'4'", "int", 'Literal["4"]', "4"),
        ("'gren'", 'Literal["red", "green"]', 'Literal["gren"]', "'green'"),
        ("b'x'", "str", "bytes", "'x'"),
        ("'a'", "bytes", 'Literal["a"]', "b'a'"),
        ("4", "str", "Literal[4]", '"4"'),
        ("[1, 2]", "tuple[int, int]", "list[int]", "(1, 2)"),
        ("(1, 2)", "list[int]", "tuple[int, int]", "[1, 2]"),
        ("(1,)", "int", "tuple[int]", "1"),
        ("str(n)", "int", "str", "n"),
        ("'🙂' + b", "bytes", "str", "('🙂' + b).encode()"),
        ("data", "str", "bytes", "data.decode()"),
        ("name", "Path", "str", "Path(name)"),
        ("box.size", "int", "bound method Box.size() -> int", "box.size()"),
        ("numbers", "list[int]", "set[int]", "list(numbers)"),
        ("number", "list[int]", "int", "[number]"),
    ],
)
def test_the_likeliest(source: str, expected: str, found: str, first: str) -> None:
    assert texts(source, expected, found)[0] == first


def test_none_is_not_made_into_text() -> None:
    assert "str(None)" not in texts("None", "str", "None")
