"""Manners of saying the same."""

from __future__ import annotations

import random

import pytest

from punie_training.building.manners import COUNT, THING_FIRST, chosen, plain, said


def test_the_manners_of_a_command() -> None:
    assert [said("Show the git log", manner) for manner in range(COUNT)] == [
        "Show the git log",
        "show the git log",
        "Please show the git log",
        "Can you show the git log?",
        "show the git log please",
        "Punie, show the git log",
        "I want you to show the git log",
    ]


def test_a_question_is_not_made_a_command() -> None:
    assert [said("Which tests fail?", manner) for manner in range(COUNT)] == [
        "Which tests fail?",
        "which tests fail?",
        "Which tests fail?",
        "Which tests fail?",
        "which tests fail",
        "Punie, which tests fail?",
        "Quick question: which tests fail?",
    ]


@pytest.mark.parametrize(
    ("text", "said_so"),
    [
        ("Show the docstring of {symbol}", "{symbol}: show the docstring"),
        ("Hover at {path}:{line}:{column}", "{path}:{line}:{column}: hover"),
        ("Search the docs for `{pattern}`", "`{pattern}`: search the docs"),
        ("Format {path}", "{path}: format"),
        ("What is the dotted name of {path}?", "{path}: what is the dotted name?"),
        ("Which classes are in {path}?", "Which classes are in {path}?"),
        ("What is {symbol}?", "What is {symbol}?"),
        ("Rename {symbol} to {new_name}", "Rename {symbol} to {new_name}"),
        ("Show the type of both {first} and {second}", "Show the type of both {first} and {second}"),
        ("class {name}", "class {name}"),
    ],
)
def test_the_thing_first(text: str, said_so: str) -> None:
    assert said(text, THING_FIRST) == said_so


@pytest.mark.parametrize("text", ["{symbol}: who calls it?", "TODO comments", "LSP hover of {symbol}", "F401?"])
def test_names_keep_their_letters(text: str) -> None:
    assert said(text, 1) == text


@pytest.mark.parametrize("manner", range(COUNT))
def test_every_manner_says_the_same(manner: int) -> None:
    assert plain(said("Show the git log", manner)) == "show the git log"
    assert plain(said("Which tests fail?", manner)) == "which tests fail"


def test_chance_decides_the_same_way_for_the_same_seed() -> None:
    first, second = ([chosen("Show it", random.Random(3)) for _ in range(9)] for _ in range(2))

    assert first == second
