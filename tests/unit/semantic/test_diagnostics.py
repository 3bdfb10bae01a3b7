"""One diagnostic form for ty and ruff, and what counts as new."""

from __future__ import annotations

import pytest

from punie_semantic.diagnostics import Diagnostic, from_ruff, from_ty, new_in

SPAN = {"start": {"line": 4, "character": 2}, "end": {"line": 4, "character": 9}}


def found(code: str, line: int, message: str = "m") -> Diagnostic:
    span = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 1}}
    return Diagnostic("ruff", "a.py", span, code, message, "warning")


@pytest.mark.parametrize(
    ("severity", "expected"), [(1, "error"), (2, "warning"), (3, "info"), (4, "hint"), (None, "error")]
)
def test_ty_s_severities(severity: int | None, expected: str) -> None:
    item = {"range": SPAN, "message": "m", "code": "x"} | ({"severity": severity} if severity else {})

    assert from_ty(item, "a.py").severity == expected


def test_ruff_s_rows_count_from_one() -> None:
    item = {
        "code": "F401",
        "message": "`os` imported but unused",
        "location": {"row": 1, "column": 8},
        "end_location": {"row": 1, "column": 10},
        "fix": {
            "applicability": "safe",
            "message": "Remove unused import: `os`",
            "edits": [{"content": "", "location": {"row": 1, "column": 1}, "end_location": {"row": 2, "column": 1}}],
        },
    }

    diagnostic = from_ruff(item, "src/a.py")

    assert diagnostic.id == "ruff:F401:src/a.py:1:8"
    assert diagnostic.severity == "warning"
    assert diagnostic.problem().fixable
    assert diagnostic.fix is not None
    assert diagnostic.fix.title == "Remove unused import: `os`"
    assert diagnostic.fix.edits == (
        {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}, "newText": ""},
    )


@pytest.mark.parametrize("code", [None, "invalid-syntax"])
def test_a_syntax_error_is_an_error(code: str | None) -> None:
    place = {"row": 1, "column": 1}
    item = {"code": code, "message": "m", "location": place, "end_location": place, "fix": None}

    assert (from_ruff(item, "a.py").code, from_ruff(item, "a.py").severity) == ("invalid-syntax", "error")


@pytest.mark.parametrize(
    ("after", "before", "expected"),
    [
        ([("A", 1)], [("A", 9)], []),
        ([("A", 1), ("A", 2)], [("A", 1)], [("A", 2)]),
        ([("A", 1), ("B", 2)], [("A", 1)], [("B", 2)]),
        ([], [("A", 1)], []),
        ([("B", 1)], [("A", 1)], [("B", 1)]),
    ],
)
def test_new_findings_are_told_by_kind_and_number(
    after: list[tuple[str, int]], before: list[tuple[str, int]], expected: list[tuple[str, int]]
) -> None:
    fresh = new_in([found(*a) for a in after], [found(*b) for b in before])

    assert [(d.code, d.line) for d in fresh] == expected


def test_another_message_is_another_problem() -> None:
    assert new_in([found("A", 1, "x")], [found("A", 1, "y")]) == [found("A", 1, "x")]
