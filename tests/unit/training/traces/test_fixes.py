"""Traces of fixes become examples when the user took the fix and kept it."""

from __future__ import annotations

from typing import Any

import pytest

from punie_agent.fix_traces import Excerpt, FixTrace, TracedCandidate
from punie_semantic.results import Problem
from punie_training.traces.fixes import example_of_fix, why_not


def candidate(verdict: str = "chosen", **known: Any) -> TracedCandidate:
    values = {"title": "Remove it", "kind": "fix", "generator": "ruff", "weight": 1.0, "why": "", "file": "shop/a.py"}
    return TracedCandidate.model_validate({**values, "verdict": verdict, **known})


def trace(**known: Any) -> FixTrace:
    problem = Problem(
        id="1",
        tool="ruff",
        code="F401",
        message="`os` imported but unused",
        severity="warning",
        file="shop/a.py",
        line=3,
        column=8,
        end_line=3,
        end_column=10,
        fixable=True,
    )
    values: dict[str, Any] = {
        "id": "ab12",
        "run": "r1",
        "origin": "command_line",
        "project": "/home/me/shop",
        "created": 1.0,
        "seconds": 0.1,
        "problem": problem,
        "before": Excerpt(first_line=1, text="import os\n", sha256=""),
        "outcome": "fixed",
        "candidates": [candidate()],
        "files_checked": ["shop/a.py"],
        "decision": "applied",
    }
    return FixTrace.model_validate({**values, **known})


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({}, ""),
        ({"decision": ""}, "nobody decided"),
        ({"decision": "undone"}, "undone"),
        ({"decision": "partly_undone"}, "partly undone"),
        ({"decision": "rejected"}, "rejected"),
        ({"outcome": "found"}, "no fix"),
        ({"candidates": []}, "no fix"),
        ({"files_checked": []}, "not verified"),
    ],
)
def test_only_what_was_taken_and_kept_counts(known: dict[str, Any], why: str) -> None:
    assert why_not(trace(**known)) == why


def test_the_problem_is_the_query_and_the_search_the_program() -> None:
    example = example_of_fix(trace())

    assert "shop/a.py:3:8" in example.query
    assert "F401" in example.query
    assert example.program == (
        "fixes = find_fixes('shop/a.py', 3, 8, code='F401').fixes\n"
        "if fixes:\n"
        "    print(apply_code_action(fixes[0].id).diff)"
    )
    assert example.provenance.model_dump() == {
        "category": "trace",
        "source": "fix:ab12",
        "licence": "unpublished",
        "template": "fix:F401",
        "project": "shop",
        "tools": ("find_fixes", "apply_code_action"),
        "outcome": "accepted",
        "split_key": "run:r1",
        "result": "",
    }


@pytest.mark.parametrize("name", [f"id{i}" for i in range(12)])
def test_a_query_says_all_that_its_program_needs(name: str) -> None:
    query = example_of_fix(trace(id=name)).query

    for part in ("shop/a.py", "3", "8", "F401"):
        assert part in query


def test_another_than_the_first_fix_is_named() -> None:
    example = example_of_fix(
        trace(candidates=[candidate(score=0.4, title="Import x"), candidate("good", score=0.9, title="Import y")])
    )

    assert example.query.endswith("Take this fix: Import x")
    assert "fix.title == 'Import x'" in (example.program or "")


def test_an_unsafe_fix_says_so() -> None:
    example = example_of_fix(trace(candidates=[candidate(kind="unsafe_fix")]))

    assert "unsafe=True" in (example.program or "")
    assert "Unsafe fixes are fine." in example.query


def test_the_program_that_took_the_fix_is_kept() -> None:
    own = "f = find_fixes('shop/a.py', 3).fixes[0]\napply_code_action(f.id)"

    assert example_of_fix(trace(program=own)).program == own
    assert example_of_fix(trace(program="typecheck('shop')")).program != "typecheck('shop')"
