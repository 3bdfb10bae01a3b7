"""A program's value in words: what is there is told, what is not known is never told as nothing."""

from __future__ import annotations

from typing import Any

import pytest

from punie_agent.models.result_words import in_words
from punie_agent.requests import FixRequest

FIX = FixRequest("app.py", 1, 8, "ruff", "F401", "`os` imported but unused")
PROBLEM = {"id": "p", "file": "app.py", "line": 3, "column": 1, "code": "F401", "message": "`os` is unused"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "Done."),
        (True, "Yes."),
        (False, "No."),
        (3, "`3`"),
        (1.5, "`1.5`"),
        ("One line.", "One line."),
        ("", "Nothing found."),
        ("a\nb\n", "```\na\nb\n```"),
        ([], "Nothing found."),
        (["a.py", "b.py"], "- a.py\n- b.py"),
        ([1, None], "- `1`\n- `None`"),
        ([["a", 1]], "- `a`, `1`"),
        ([PROBLEM], "- `app.py:3` `os` is unused (F401)"),
        ([{"name": "Cart", "kind": "class"}], "- `Cart`"),
        ([{"passed": 3, "failed": 0}], "- Passed `3`, Failed `0`"),
        ({"state": "clean", "problems": []}, "Nothing is reported."),
        ({}, "Done."),
    ],
)
def test_values(value: object, words: str) -> None:
    assert in_words(value) == words


def test_a_result_tells_its_numbers_then_its_lists() -> None:
    value = {"state": "errors", "success": False, "error_count": 1, "errors": [PROBLEM]}

    assert in_words(value) == (
        "- Success: no\n- Error count: `1`\n\nErrors: 1 entry\n\n- `app.py:3` `os` is unused (F401)"
    )


def test_what_is_not_known_is_said_so() -> None:
    assert in_words({"state": "unknown", "reason": "ty is not there", "problems": []}) == (
        "Punie cannot tell: ty is not there."
    )


def test_what_is_not_whole_is_said_so() -> None:
    told = in_words({"state": "partial", "reason": "2 files were not read", "passed": 3})

    assert told == "- Passed: `3`\n\nThis is not all: 2 files were not read."


def test_an_error_is_told_as_it_is() -> None:
    assert in_words({"error": "There is no file x.py"}) == "There is no file x.py."


def test_a_text_within_a_result_is_a_block() -> None:
    assert in_words({"file": "a.py", "diff": "-x\n+y\n"}) == "- File: `a.py`\n\n```diff\n-x\n+y\n```"


def test_a_long_text_is_cut() -> None:
    told = in_words("x\n" * 5000)

    assert told.endswith("…\n```")
    assert len(told) < 4100


def test_a_long_list_is_counted() -> None:
    assert in_words([f"{n}.py" for n in range(50)]).endswith("- 19.py\n- and 30 more")


@pytest.mark.parametrize(
    "value",
    [
        {"state": "clean", "target_fixed": True, "introduced": [], "fixed": []},
        {"state": "clean", "target_fixed": False, "introduced": [], "fixed": [PROBLEM]},
    ],
)
def test_a_fix_that_holds(value: dict[str, Any]) -> None:
    assert in_words(value, FIX) == "Fixed F401."


def test_a_fix_that_does_not_hold_is_told_by_its_report() -> None:
    value = {"state": "errors", "target_fixed": True, "introduced": [PROBLEM], "fixed": [PROBLEM]}

    assert in_words(value, FIX).startswith("- Target fixed: yes")


def test_a_problem_that_is_gone() -> None:
    assert in_words({"found": False}, FIX) == "F401 is not reported any more."
