"""Signatures and messages about calls, read."""

from __future__ import annotations

import ast

import pytest

from punie_semantic.fixing.generators.calling import Parameter, agreement, parameters_in, spoken
from punie_semantic.fixing.generators.missing_argument import missing_names


def test_every_kind_of_parameter() -> None:
    found = parameters_in(
        '[T](a: T, /, b: int = 3, *rest: str, key: ((T) -> int) | None = None, sep=")", **more: object) -> T'
    )

    assert found == [
        Parameter("a", "positional", "T", ""),
        Parameter("b", "both", "int", "3"),
        Parameter("rest", "*", "str", ""),
        Parameter("key", "keyword", "((T) -> int) | None", "None"),
        Parameter("sep", "keyword", "", '")"'),
        Parameter("more", "**", "object", ""),
    ]
    assert [parameter.name for parameter in found if parameter.required] == ["a"]


def test_no_parameters() -> None:
    assert parameters_in("() -> int") == []
    assert parameters_in("") == []


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("No argument provided for required parameter `by` of bound method `Box.grow`", ["by"]),
        ("No arguments provided for required parameters `a`, `b` of function `area`\n\ninfo: x `c`", ["a", "b"]),
        ("Argument to function `area` is incorrect", []),
    ],
)
def test_the_missing_names_of_a_message(message: str, names: list[str]) -> None:
    assert missing_names(message) == names


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("size", "size"),
        ("box.size", "size"),
        ("size()", "size"),
        ("row['size']", "size"),
        ("*sizes", "sizes"),
        ("1", ""),
    ],
)
def test_the_name_that_an_argument_speaks(source: str, name: str) -> None:
    call = ast.parse(f"f({source})", mode="eval").body
    assert isinstance(call, ast.Call)

    assert spoken(call.args[0]) == name


def test_arguments_in_their_places_agree_better() -> None:
    parameters = parameters_in("(width: int, height: int)")
    width, height = ast.Name("width"), ast.Name("height")

    assert agreement([width, height], parameters) > agreement([height, width], parameters)
