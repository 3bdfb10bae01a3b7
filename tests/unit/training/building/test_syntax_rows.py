"""Rows from syntax: names that tell definitions apart, and places that are where they say."""

from __future__ import annotations

import ast

from punie_training.building.syntax_rows import (
    Module,
    definitions,
    place_rows,
    rows_of_tests,
    symbol_rows,
    text_rows,
)

SHOP = """
LIMIT = 5
RATE = True


class Base:
    def charge(self, price: int) -> int:
        é = price; total = é + LIMIT
        other = total.bit_length()
        return max(total, other)


class Card(Base):
    def charge(self, price: int) -> int:
        raise KeyError("gift card refused")

    def _hidden(self) -> None: ...


def refund(card: Card) -> int:
    return card.charge(3)
"""


def module(text: str, path: str = "src/shop.py") -> Module:
    return Module(path, text, ast.parse(text))


def test_an_ambiguous_name_is_told_by_its_class() -> None:
    rows = symbol_rows(definitions([module(SHOP)]))

    assert [row["symbol"] for row in rows["symbol"]] == [
        *("LIMIT", "RATE", "Base", "Base.charge", "Card", "Card.charge", "refund"),
    ]
    assert [row["symbol"] for row in rows["base"]] == ["Base"]
    assert [row["symbol"] for row in rows["derived"]] == ["Card"]


def test_the_same_name_at_the_top_of_two_files_is_left_out() -> None:
    rows = symbol_rows(definitions([module("def f(): ...", "a.py"), module("def f(): ...", "b.py")]))

    assert rows["symbol"] == []


def test_a_definition_stands_where_its_row_says() -> None:
    for row in symbol_rows(definitions([module(SHOP)]))["symbol"]:
        line = SHOP.split("\n")[row["line"] - 1]
        assert line[row["column"] - 1 :].startswith(row["name"])


def test_places_are_counted_in_code_points() -> None:
    rows = place_rows([module(SHOP)])

    for row in rows["assignment"]:
        assert SHOP.split("\n")[row["line"] - 1][row["column"] - 1 :].startswith(f"{row['name']} =")
    (total,) = [row for row in rows["assignment"] if row["name"] == "total"]
    assert total["column"] == 20
    for row in rows["call"]:
        assert SHOP.split("\n")[row["line"] - 1][: row["column"] - 1].endswith(f"{row['name']}(")
    assert {row["name"] for row in rows["member"]} == {"bit_length", "charge"}


def test_an_expression_is_between_its_columns() -> None:
    rows = place_rows([module(SHOP)])["expression"]

    texts = {SHOP.split("\n")[row["line"] - 1][row["start"] - 1 : row["end"] - 1] for row in rows}
    assert texts == {"max(total, other)", "card.charge(3)"}


def test_tests_and_the_words_of_their_names() -> None:
    rows = rows_of_tests([module("def test_basket_is_empty(): ...\ndef other(): ...", "tests/test_basket.py")])

    assert rows["test"] == [
        {
            "test": "tests/test_basket.py::test_basket_is_empty",
            "name": "test_basket_is_empty",
            "path": "tests/test_basket.py",
        }
    ]
    assert {row["word"] for row in rows["keyword"]} == {"basket", "empty"}


def test_settings_have_a_number_and_patterns_are_words() -> None:
    rows = text_rows([module(SHOP)])

    assert rows["setting"] == [{"path": "src/shop.py", "name": "LIMIT", "old": "LIMIT = 5", "new": "LIMIT = 6"}]
    assert rows["pattern"] == [{"pattern": "gift card refused"}]
