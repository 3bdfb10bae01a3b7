"""Answers in Markdown: nothing unknown is told as nothing, and no text breaks the page."""

from __future__ import annotations

from typing import Any

import pytest

from punie_agent.planner.planning import next_step
from punie_agent.planner.recipe import Answer
from punie_agent.planner.telling import block, code, count, listed

EMPTY: dict[str, Any] = {
    **{"error": "", "reason": "ty crashed", "candidates": [], "total": 0, "uses": [], "files": 0, "within": ""},
    **{"places": [], "entries": [], "tests": [], "problems": [], "matches": [], "modules": [], "commits": []},
    **{"checked": 0, "missing": 0, "found": False, "type": "", "failures": [], "fixed": [], "left": []},
}
ASKED = [
    "find references to Cart",
    "where is Cart defined?",
    "what does Cart do?",
    "what type is Cart?",
    "who calls Cart?",
    "subclasses of Cart",
    "find implementations of Cart",
    "which tests cover Cart?",
    "find the class Cart",
    "outline of a.py",
    'search for "x"',
    "check types",
    "lint src",
    "check src",
    "check for unused imports",
    "show only fixable ruff violations",
    "how many type errors are there?",
    "explain rule F401",
    "run the tests",
    "why does the failing test fail?",
    "count passed and failed tests",
    "list the tests",
    "who imports shop?",
    "are there import cycles?",
    "show the dependency graph",
    "git status",
    "git diff",
    "git log",
    "fix all problems in a.py",
    "fix the problem at a.py:1",
    "fix the failing test",
]


@pytest.mark.parametrize("prompt", ASKED)
def test_unknown_is_told_as_unknown(prompt: str) -> None:
    answer = next_step(prompt, [{**EMPTY, "state": "unknown"}])

    assert answer == Answer("Punie cannot tell: ty crashed.")


@pytest.mark.parametrize("prompt", ASKED)
def test_a_failed_program_is_told(prompt: str) -> None:
    assert next_step(prompt, [{"error": "It failed."}]) is not None
    answer = next_step(prompt, [{"error": "It failed."}])
    assert isinstance(answer, Answer)
    assert answer.text.startswith("It failed.")


@pytest.mark.parametrize(
    "prompt", ["find references to Cart", "who calls Cart?", "subclasses of Cart", "check types", "lint src"]
)
def test_a_partial_nothing_is_not_told_as_nothing(prompt: str) -> None:
    answer = next_step(prompt, [{**EMPTY, "state": "partial"}])

    assert isinstance(answer, Answer)
    assert "This is not all: ty crashed." in answer.text


def test_unchecked_files_are_not_clean() -> None:
    answer = next_step("lint src", [{**EMPTY, "state": "clean", "reason": "", "checked": 3, "missing": 2}])

    assert answer == Answer(
        "No lint problems in `src` (3 files checked).\n\n2 files could not be checked, so this is not all."
    )


def test_nothing_to_check_is_not_clean() -> None:
    answer = next_step("lint src", [{**EMPTY, "state": "clean", "reason": ""}])

    assert answer == Answer("There is no Python file to check in `src`.")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x", "`x`"),
        ("a`b", "``a`b``"),
        ("`x`", "`` `x` ``"),
        ("a\n  b", "`a b`"),
        ("", "` `"),
        ("```", "```` ``` ````"),
    ],
)
def test_code_holds_any_text(text: str, shown: str) -> None:
    assert code(text) == shown


def test_a_block_holds_fences() -> None:
    assert block("```\nx\n```") == "````python\n```\nx\n```\n````"


@pytest.mark.parametrize(
    ("number", "noun", "told"),
    [
        (0, "place", "no places"),
        (1, "class", "1 class"),
        (2, "class", "2 classes"),
        (3, "import cycle", "3 import cycles"),
    ],
)
def test_plurals(number: int, noun: str, told: str) -> None:
    assert count(number, noun) == told


def test_long_lists_are_cut_and_counted() -> None:
    lines = [str(n) for n in range(30)]

    assert listed(lines, 45).splitlines()[-2:] == ["- 19", "- and 25 more"]


def test_a_definition_that_could_not_be_looked_for_is_told() -> None:
    known = {"found": True, "docstring": "It counts.", "rule": None, "uses": 2, "used_in": 1, "counted": "complete"}

    answer = next_step("what does Cart do?", [{**EMPTY, **known, "state": "complete", "located": "unknown"}])

    assert isinstance(answer, Answer)
    assert "Where it is defined could not be found out. Used in 2 places in 1 file." in answer.text
