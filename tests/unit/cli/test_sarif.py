"""SARIF 2.1.0: what code scanning reads. The shapes are those of the standard's schema, written out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from punie_agent.fix_files import Skipped
from punie_agent.fix_runs import Fix
from punie_ls import __version__
from punie_ls.cli.sarif import sarif
from tests.unit.cli.reports import edit, outcome, report

# Of each kind of object: its required and its allowed properties, as far as they are used, from the schema.
SHAPES: dict[str, tuple[set[str], set[str]]] = {
    "log": ({"version", "runs"}, {"$schema"}),
    "run": ({"tool"}, {"columnKind", "newlineSequences", "originalUriBaseIds", "invocations", "results"}),
    "driver": ({"name"}, {"version", "rules"}),
    "rule": ({"id"}, {"shortDescription", "defaultConfiguration", "properties"}),
    "result": ({"message"}, {"ruleId", "ruleIndex", "level", "locations", "partialFingerprints", "fixes"}),
    "region": (set(), {"startLine", "startColumn", "endLine", "endColumn"}),
    "fix": ({"artifactChanges"}, {"description"}),
    "change": ({"artifactLocation", "replacements"}, set()),
    "replacement": ({"deletedRegion"}, {"insertedContent"}),
    "location": (set(), {"uri", "uriBaseId"}),
    "invocation": ({"executionSuccessful"}, {"exitCode", "toolExecutionNotifications"}),
}


def check(kind: str, value: dict[str, Any]) -> None:
    required, allowed = SHAPES[kind]
    assert required <= value.keys() <= required | allowed, kind
    if kind == "region":
        assert all(isinstance(number, int) and number >= 1 for number in value.values())
        assert (value["startLine"], value["startColumn"]) <= (value["endLine"], value["endColumn"])


def run_of(text: str) -> dict[str, Any]:
    """The one run of a log, every object of it looked at."""
    log = json.loads(text)
    check("log", log)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    check("run", run)
    check("driver", run["tool"]["driver"])
    for rule in run["tool"]["driver"]["rules"]:
        check("rule", rule)
    for invocation in run["invocations"]:
        check("invocation", invocation)
    for result in run["results"]:
        check("result", result)
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        physical = result["locations"][0]["physicalLocation"]
        check("location", physical["artifactLocation"])
        check("region", physical["region"])
        for fix in result.get("fixes", []):
            check_fix(fix)
    return run


def check_fix(fix: dict[str, Any]) -> None:
    check("fix", fix)
    for change in fix["artifactChanges"]:
        check("change", change)
        check("location", change["artifactLocation"])
        assert change["replacements"]
        for replacement in change["replacements"]:
            check("replacement", replacement)
            check("region", replacement["deletedRegion"])


def test_a_result_with_its_fix() -> None:
    fix = Fix("Remove unused import: `os`", "fix", "why", "app.py", (edit(0, 0, 1, 0, ""),))

    run = run_of(sarif(report(outcome(fix=fix))))

    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"]["version"] == __version__
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("F401", "warning")
    assert result["message"]["text"] == "`os` imported but unused\nCan be fixed: Remove unused import: `os`."
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "app.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1, "startColumn": 8, "endLine": 1, "endColumn": 10},
    }
    assert result["fixes"] == [
        {
            "description": {"text": "Remove unused import: `os`"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "app.py", "uriBaseId": "%SRCROOT%"},
                    "replacements": [
                        {
                            "deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 2, "endColumn": 1},
                            "insertedContent": {"text": ""},
                        }
                    ],
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("src/a b.py", "src/a%20b.py"),
        ("größe/書店.py", "gr%C3%B6%C3%9Fe/%E6%9B%B8%E5%BA%97.py"),
        ("a#b?c%d:e.py", "a%23b%3Fc%25d%3Ae.py"),
    ],
)
def test_uris_are_relative_and_escaped(file: str, uri: str) -> None:
    (result,) = run_of(sarif(report(outcome(file=file))))["results"]

    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


@pytest.mark.parametrize(
    ("severity", "level"), [("error", "error"), ("warning", "warning"), ("info", "note"), ("hint", "note")]
)
def test_levels(severity: str, level: str) -> None:
    assert run_of(sarif(report(outcome(severity=severity))))["results"][0]["level"] == level


def test_nothing_found_is_an_empty_list_and_a_success() -> None:
    run = run_of(sarif(report()))

    assert run["results"] == []
    assert run["invocations"][0] == {"executionSuccessful": True, "exitCode": 0, "toolExecutionNotifications": []}


def test_what_is_not_known_is_no_success() -> None:
    skipped = (Skipped("big.py", "has 9 bytes", unknown=True), Skipped("gen.py", "says that it is generated"))

    run = run_of(sarif(report(unknown=("app.py: ruff: broken",), skipped=skipped)))

    assert run["invocations"][0] == {
        "executionSuccessful": False,
        "exitCode": 2,
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": "app.py: ruff: broken"}},
            {"level": "error", "message": {"text": "big.py has 9 bytes"}},
            {"level": "note", "message": {"text": "gen.py says that it is generated"}},
        ],
    }
