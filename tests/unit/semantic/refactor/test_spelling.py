"""Types are written as a person would, or not at all."""

from __future__ import annotations

import pytest

from punie_semantic.refactor.spelling import missing_name, spelled, union

NAMES = frozenset({"Path", "pathlib", "Shop", "Any", "!list"})


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ("int", "int"),
        ("Literal[1]", "int"),
        ('Literal["a", "b"] | None', "str | None"),
        ("None | Literal[True]", "bool | None"),
        ('Literal[b""]', "bytes"),
        ("Literal[-1, 2]", "int"),
        ("float*", "float"),
        ("dict[str, tuple[int, ...]]", "dict[str, tuple[int, ...]]"),
        ("tuple[()]", "tuple[()]"),
        ("type[Shop]", "type[Shop]"),
        ("pathlib.Path", "pathlib.Path"),
        ("Path | Literal[1, 2]", "Path | int"),
        ("Unknown", ""),
        ("dict[str, Unknown]", ""),
        ("Any", ""),
        ("set[Any]", ""),
        ("Divergent", ""),
        ("<class 'Shop'>", ""),
        ("(x: int) -> str", ""),
        ("def len(obj: Sized, /) -> int", ""),
        ("int & ~AlwaysFalsy", ""),
        ("T@f", ""),
        ("Self@me", ""),
        ("Decimal", ""),
        ("os.stat_result", ""),
        ("list[int]", ""),
    ],
)
def test_spelled(shown: str, written: str) -> None:
    assert spelled(shown, NAMES) == written


def test_a_name_that_an_import_would_add() -> None:
    assert missing_name("dict[str, Decimal]", NAMES) == "Decimal"
    assert missing_name("Unknown", NAMES) == ""
    assert missing_name("int", NAMES) == ""


def test_union_has_each_type_once_and_none_last() -> None:
    assert union(["None", "int | str", "int"]) == "int | str | None"
