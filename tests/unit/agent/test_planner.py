"""Recipes: programs for fix requests, and the sentence about what they did."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from punie_agent.planner import tell_result, write_program
from punie_agent.requests import FixRequest

PROMPT = FixRequest("src/a.py", 3, 8, "ruff", "F401", "unused").prompt()
NOTHING: dict[str, Any] = {"found": True, "kept": "", "tried": [], "unsafe": [], "unknown": ""}


def test_the_program_is_python_about_the_request() -> None:
    program = write_program(PROMPT)

    assert program is not None
    ast.parse(program)
    assert program.splitlines()[:2] == ["path, line = 'src/a.py', 3", "allowed = ['fix', 'import']"]


def test_unsafe_fixes_are_allowed_on_request_only() -> None:
    program = write_program(FixRequest("a.py", 1, 1, "ruff", "F841", "x", unsafe_fixes=True).prompt())

    assert program is not None
    assert program.splitlines()[1] == "allowed = ['fix', 'import', 'unsafe_fix']"


@pytest.mark.parametrize("file", ["it's.py", 'quo"te.py', "back\\slash.py", "br{ace}.py"])
def test_any_file_name_stays_one_literal(file: str) -> None:
    program = write_program(FixRequest(file, 1, 1, "ruff", "F401", "x").prompt())

    assert program is not None
    first = ast.parse(program).body[0]
    assert isinstance(first, ast.Assign)
    assert ast.literal_eval(first.value) == (file, 1)


def test_other_prompts_have_no_program() -> None:
    assert write_program("Rename the class") is None


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        ({"found": False}, "F401 is not reported any more."),
        ({"kept": "Remove unused import"}, "Fixed F401: Remove unused import."),
        ({"tried": [{"title": "A", "why": "does not help"}]}, "No fix for F401 holds: “A” does not help."),
        (
            {"tried": [{"title": t, "why": "fails"} for t in "ABCD"]},
            "No fix for F401 holds: “A” fails; “B” fails (and 2 more).",
        ),
        (
            {"unsafe": ["Remove it"]},
            "ruff's only fix for F401 is unsafe: “Remove it”. Allow unsafe fixes (--unsafe-fixes) to try it.",
        ),
        ({"unknown": "ty: gone"}, "No fix for F401 could be looked for: ty: gone."),
        ({}, "Neither ruff nor ty has a fix for F401."),
    ],
)
def test_the_sentence_about_a_result(result: dict[str, Any], sentence: str) -> None:
    assert tell_result(PROMPT, NOTHING | result) == sentence
