"""Types as ty writes them."""

from __future__ import annotations

import pytest

from punie_semantic.fixing.type_text import (
    annotation,
    awaited,
    base,
    bracketed,
    called,
    fits,
    has_none,
    literals,
    parts,
    without_none,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int", ["int"]),
        ("int | None", ["int", "None"]),
        ("dict[str, int | None] | list[int]", ["dict[str, int | None]", "list[int]"]),
        ('Literal["a | b"] | None', ['Literal["a | b"]', "None"]),
        ("(int) -> str | None", ["(int) -> str", "None"]),
    ],
)
def test_a_union_is_split_where_no_bracket_is_open(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


def test_what_is_in_a_bracket_ends_where_the_bracket_does() -> None:
    assert bracketed('(sep: str = ")", *, n: (int) -> int) -> Box', 0) == 'sep: str = ")", *, n: (int) -> int'
    assert bracketed("no bracket", 0) == "o bracket"


def test_none_in_a_union() -> None:
    assert has_none("str | None")
    assert not has_none("None")
    assert not has_none("list[str | None]")
    assert without_none("str | None | int") == "str | int"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CoroutineType[Any, Any, list[int]]", "list[int]"),
        ("types.CoroutineType[Any, Any, None]", "None"),
        ("Awaitable[str]", "str"),
        ("list[Awaitable[str]]", ""),
    ],
)
def test_what_awaiting_gives(text: str, expected: str) -> None:
    assert awaited(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bound method Box.grow(by: int) -> Box", "Box"),
        ("def len(obj: Sized, /) -> int", "int"),
        ("() -> float", "float"),
        ("Overload[(n: int) -> int, (s: str) -> str]", "int"),
        ("int", ""),
    ],
)
def test_what_calling_gives(text: str, expected: str) -> None:
    assert called(text) == expected


def test_literals_and_their_types() -> None:
    assert base('Literal["a", "b"]') == "str"
    assert base("Literal[1]") == "int"
    assert base("Literal[True]") == "bool"
    assert base('Literal[b"x"]') == "bytes"
    assert base("float*") == "float"
    assert literals('Literal["a", "b"] | None') == ['"a"', '"b"']


@pytest.mark.parametrize(
    ("found", "expected", "fitting"),
    [
        ("int", "int", True),
        ("Literal[1]", "float", True),
        ("bool", "int", True),
        ("str", "int", False),
        ("str | None", "str", False),
        ("None", "str | None", True),
        ("list[int]", "Sequence[int]", None),
        ("dict[str, int]", "list[int]", False),
        ("Box", "Shape", None),
        ("Unknown", "int", None),
        ("anything", "object", True),
    ],
)
def test_what_fits(found: str, expected: str, fitting: bool | None) -> None:
    assert fits(found, expected) is fitting


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Literal[1]", "int"),
        ("tuple[Literal[1], Literal[2]]", "tuple[int, int]"),
        ("Literal[1] | Literal[2] | None", "int | None"),
        ("dict[str, Box]", ""),
        ("bound method str.upper() -> str", ""),
        ("<class 'int'>", ""),
        ("tuple[int, ...]", "tuple[int, ...]"),
    ],
)
def test_an_annotation_is_written_only_with_known_names(text: str, expected: str) -> None:
    assert annotation(text, {"int", "str", "dict", "tuple"}) == expected
