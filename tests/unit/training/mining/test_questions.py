"""Questions about a project, each answerable from its own words."""

from __future__ import annotations

import ast

from punie_training.curating.tool_calls import tool_calls
from punie_training.mining.documents import sections_of
from punie_training.mining.facts import FileFacts
from punie_training.mining.mining import choose
from punie_training.mining.phrasings import PHRASINGS, phrase
from punie_training.mining.python_facts import pytest_cases, symbols_of
from punie_training.mining.questions import Candidate, questions

CODE = '''
class Cart(Basket):
    """What a customer buys."""

    def total(self, rate): return price(rate)

def price(rate):
    """What it costs."""

def _hidden(): return price(1)
'''
OTHER = "def clash(): ...\n"
TESTS = "def test_price():\n    with raises(ValueError):\n        price(-1)\n"
DOCS = (
    "# Discounts\n\nA discount is taken from the price before tax, and never makes a price negative.\n\n# Usage\n\n"
    + ("Install it and call it, and then look at what it says about your shop.")
)


def facts() -> list[FileFacts]:
    return [
        FileFacts(file="src/cart.py", kind="src", symbols=symbols_of(ast.parse(CODE))),
        FileFacts(file="src/a.py", kind="src", symbols=symbols_of(ast.parse(OTHER))),
        FileFacts(file="src/b.py", kind="src", symbols=symbols_of(ast.parse(OTHER))),
        FileFacts(file="tests/test_cart.py", kind="tests", tests=pytest_cases(ast.parse(TESTS))),
        FileFacts(file="docs/a.md", kind="docs", sections=sections_of(DOCS, ".md")),
    ]


def of_kind(kind: str) -> list[Candidate]:
    return [candidate for candidate in questions("shop", facts()) if candidate.kind == kind]


def test_every_program_parses_and_calls_a_tool() -> None:
    for candidate in questions("shop", facts()):
        if candidate.program:
            assert tool_calls(candidate.program).tools
            assert tool_calls(candidate.program).unknown == ()


def test_definitions_know_their_line() -> None:
    found = {c.program.partition("\n")[0]: c.expects for c in of_kind("definition")}

    assert found == {
        "found = goto_definition(symbol='Cart')": ("src/cart.py:2",),
        "found = goto_definition(symbol='Cart.total')": ("src/cart.py:5",),
        "found = goto_definition(symbol='price')": ("src/cart.py:7",),
    }


def test_private_and_ambiguous_names_are_left_out() -> None:
    asked = " ".join(candidate.query for candidate in questions("shop", facts()) if candidate.kind == "definition")

    assert "_hidden" not in asked
    assert "clash" not in asked


def test_callers_are_asked_for_what_is_called() -> None:
    assert [c.program for c in of_kind("callers")] == [
        "[caller.qualified_name for caller in call_hierarchy(symbol='price').entries]"
    ]


def test_a_test_is_asked_for_by_what_it_expects() -> None:
    (raising,) = of_kind("raising")

    assert "ValueError in tests/test_cart.py" in raising.query
    assert "search_text('raises(ValueError', path='tests/test_cart.py')" in raising.program


def test_concepts_come_from_headings_that_say_something() -> None:
    (concept,) = of_kind("concept")

    assert "Discounts in shop" in concept.query
    assert concept.words.startswith("A discount is taken from the price")


def test_a_subject_is_always_asked_for_in_the_same_way() -> None:
    assert phrase("definition", "Cart") == phrase("definition", "Cart")
    assert {phrase("definition", f"name{i}")[1] for i in range(60)} == {
        f"mine.definition.{i}" for i in range(len(PHRASINGS["definition"]))
    }


def test_of_each_kind_in_turn() -> None:
    asked = questions("shop", facts())

    chosen = choose(asked, 6, seed=0)

    assert len(chosen) == 6
    assert len({candidate.kind for candidate in chosen}) == 6
    assert choose(asked, 6, seed=0) == chosen
    assert len(choose(asked, 10_000, seed=0)) == len(asked)
