"""GitHub's workflow commands and GitLab's Code Quality report."""

from __future__ import annotations

import json
from typing import Any

import pytest

from punie_ls.cli.annotations import github, gitlab
from punie_ls.cli.output import bar_is_wanted
from tests.unit.cli.reports import outcome, report


def test_a_workflow_command() -> None:
    assert github(report(outcome())) == (
        "::warning file=app.py,line=1,endLine=1,col=8,endColumn=10,title=ruff F401::"
        "`os` imported but unused. There is no fix for F401.\n"
    )


def test_what_would_end_a_command_is_escaped() -> None:
    odd = outcome("100% of\r the names, a::b\nmore", file="a,b:c%.py", severity="error", tool="ty", code="x")

    assert github(report(odd)) == (
        "::error file=a%2Cb%3Ac%25.py,line=1,endLine=1,col=8,endColumn=10,title=ty x::"
        "100%25 of. There is no fix for F401.\n"
    )


def test_a_title_with_a_line_break_stays_in_its_command() -> None:
    assert github(report(unknown=("app.py: first\nsecond\r\n::error::third",))) == (
        "::error title=punie-ls::unknown: app.py: first%0Asecond%0D%0A::error::third\n"
    )


def test_several_lines_have_no_columns() -> None:
    assert "line=1,endLine=3,title=" in github(report(outcome(end_line=3)))


@pytest.mark.parametrize(
    ("severity", "command"), [("error", "::error "), ("warning", "::warning "), ("info", "::notice ")]
)
def test_levels(severity: str, command: str) -> None:
    assert github(report(outcome(severity=severity))).startswith(command)


def test_code_quality() -> None:
    (issue,) = json.loads(gitlab(report(outcome())))

    fingerprint = issue.pop("fingerprint")
    assert issue == {
        "description": "`os` imported but unused. There is no fix for F401.",
        "check_name": "ruff F401",
        "severity": "minor",
        "location": {"path": "app.py", "lines": {"begin": 1, "end": 1}},
    }
    assert len(fingerprint) == 64


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"severity": "error"}, "major"),
        ({"severity": "info"}, "info"),
        ({"severity": "error", "code": "invalid-syntax"}, "critical"),
    ],
)
def test_severities(fields: dict[str, Any], severity: str) -> None:
    assert json.loads(gitlab(report(outcome(**fields))))[0]["severity"] == severity


def fingerprints(*lines: int, message: str = "m", source: str = "import os") -> list[str]:
    outcomes = [outcome(message, line=line, end_line=line, source=source) for line in lines]
    return [issue["fingerprint"] for issue in json.loads(gitlab(report(*outcomes)))]


def test_fingerprints_do_not_change_when_lines_move() -> None:
    assert fingerprints(1, 5) == fingerprints(11, 27)
    assert fingerprints(1, message="Redefinition of unused `f` from line 3") == fingerprints(
        4, message="Redefinition of unused `f` from line 6"
    )


def test_fingerprints_differ() -> None:
    found = [*fingerprints(1, 5), *fingerprints(1, message="n"), *fingerprints(1, source="import sys")]

    assert len(set(found)) == 4


def test_what_is_not_known_is_in_the_report() -> None:
    (issue,) = json.loads(gitlab(report(unknown=("app.py: ruff: broken",))))

    assert (issue["severity"], issue["location"]["path"]) == ("blocker", "app.py")
    assert issue["description"] == "unknown: app.py: ruff: broken"


@pytest.mark.parametrize(
    ("environ", "terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"CI": "true"}, True, False),
        ({"CI": "false"}, True, True),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_a_progress_bar_only_where_somebody_looks(environ: dict[str, str], terminal: bool, wanted: bool) -> None:
    assert bar_is_wanted(environ, terminal=terminal) is wanted
