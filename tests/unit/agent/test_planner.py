"""Recipes: programs for fix requests, and the sentence about what they did."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from punie_agent.planner.planning import next_step
from punie_agent.planner.recipe import Answer, Program
from punie_agent.requests import FixRequest

PROMPT = FixRequest("src/a.py", 3, 8, "ruff", "F401", "unused").prompt()
NOTHING: dict[str, Any] = {
    "found": True,
    "kept": "",
    "why": "",
    "others": [],
    "tried": [],
    "unsafe": [],
    "unknown": "",
    "reason": "",
}


def values(prompt: str) -> dict[str, Any]:
    """The variables at the head of a prompt's program."""
    step = next_step(prompt, [])
    assert isinstance(step, Program)
    head = [s for s in ast.parse(step.code).body if isinstance(s, ast.Assign)]
    return {ast.unparse(s.targets[0]): ast.literal_eval(s.value) for s in head}


def test_the_program_is_about_the_request() -> None:
    assert values(PROMPT) == {
        "path": "src/a.py",
        "line": 3,
        "column": 8,
        "code": "F401",
        "unsafe": False,
        "choice": "",
    }


def test_unsafe_fixes_are_allowed_on_request_only() -> None:
    prompt = FixRequest("a.py", 1, 1, "ruff", "F841", "x", unsafe_fixes=True).prompt()

    assert values(prompt)["unsafe"] is True


@pytest.mark.parametrize("file", ["it's.py", 'quo"te.py', "back\\slash.py", "br{ace}.py", "ü/📚.py"])
def test_any_file_name_stays_one_literal(file: str) -> None:
    assert values(FixRequest(file, 1, 1, "ruff", "F401", "x").prompt())["path"] == file


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        ({"found": False}, "F401 is not reported any more."),
        ({"kept": "Remove it", "why": "ruff's own fix"}, "Fixed F401: Remove it. Why this one: ruff's own fix."),
        ({"kept": "Remove unused import"}, "Fixed F401: Remove unused import."),
        ({"tried": ["“A” does not help"]}, "No fix for F401 holds: “A” does not help."),
        (
            {"tried": [f"“{t}” fails" for t in "ABCD"]},
            "No fix for F401 holds: “A” fails; “B” fails (and 2 more).",
        ),
        (
            {"unsafe": ["Remove it"]},
            "The only fix for F401 is unsafe: “Remove it”. Allow unsafe fixes (--unsafe-fixes) to try it.",
        ),
        ({"unknown": "ty: gone"}, "No fix for F401 is offered, because it could not be checked: ty: gone."),
        ({"reason": "This is a binary file."}, "Punie knows no fix for F401. This is a binary file."),
        ({}, "Punie knows no fix for F401."),
    ],
)
def test_the_sentence_about_a_result(result: dict[str, Any], sentence: str) -> None:
    assert next_step(PROMPT, [NOTHING | result]) == Answer(sentence)


def test_a_choice_is_taken_or_it_is_said_that_it_does_not_hold() -> None:
    prompt = FixRequest("src/a.py", 3, 8, "ruff", "F401", "unused", choice="Remove it").prompt()

    assert values(prompt)["choice"] == "Remove it"
    sentence = "“Remove it” does not hold any more. Ask for the fixes of F401 again."
    assert next_step(prompt, [NOTHING | {"others": ["Rename it"]}]) == Answer(sentence)
