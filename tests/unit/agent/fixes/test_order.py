"""What others import comes first; what hides other problems comes before those."""

from __future__ import annotations

from typing import Literal

import pytest

from punie_agent.fix_order import by_urgency, imports_first, keys
from punie_semantic.diagnostics import Diagnostic


def problem(code: str, line: int, tool: Literal["ty", "ruff"] = "ruff", severity: str = "warning") -> Diagnostic:
    place = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 1}}
    assert severity in ("error", "warning")
    return Diagnostic(tool, "app.py", place, code, f"{code}!", severity)


@pytest.mark.parametrize(
    ("imports", "order"),
    [
        ({"app": ["shop"], "shop": ["base"], "base": []}, ["base", "shop", "app"]),
        ({"a": [], "c": [], "b": []}, ["a", "b", "c"]),
        ({"a": ["b"], "b": ["a"], "c": ["a"]}, ["b", "a", "c"]),
        ({"a": ["a", "elsewhere"]}, ["a"]),
        ({"a": ["c", "b"], "b": ["c"], "c": []}, ["c", "b", "a"]),
        ({}, []),
    ],
    ids=["chain", "by name", "circle", "itself and others", "diamond", "empty"],
)
def test_imports_come_first(imports: dict[str, list[str]], order: list[str]) -> None:
    assert imports_first(imports) == order


def test_a_long_chain_needs_no_recursion() -> None:
    chain = {f"m{n:05}": [f"m{n + 1:05}"] for n in range(5000)}

    assert imports_first(chain)[0] == "m04999"


def test_syntax_then_errors_then_lints_from_top_to_bottom() -> None:
    problems = [
        problem("F401", 0),
        problem("unused-ignore", 1, "ty"),
        problem("invalid-assignment", 8, "ty", "error"),
        problem("unresolved-reference", 5, "ty", "error"),
        problem("invalid-syntax", 9, severity="error"),
    ]

    assert [p.code for p in sorted(problems, key=by_urgency)] == [
        "invalid-syntax",
        "unresolved-reference",
        "invalid-assignment",
        "unused-ignore",
        "F401",
    ]


def test_a_problem_keeps_its_key_when_one_above_goes() -> None:
    first, second, third = problem("F541", 1), problem("F401", 2), problem("F541", 3)

    before, after = keys([first, second, third]), keys([problem("F401", 1), problem("F541", 2)])

    assert after == before[1:]
    assert len(set(before)) == 3
