"""Problems as the commands that GitHub's runner reads from stdout, and as GitLab's Code Quality report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from punie_agent.fix_order import SYNTAX
from punie_agent.fix_runs import ProblemOutcome
from punie_ls.cli.fingerprints import fingerprints
from punie_ls.cli.fix_reports import Report, first_line
from punie_semantic.results import Problem

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice", "hint": "notice"}
_SEVERITIES = {"error": "major", "warning": "minor", "info": "info", "hint": "info"}


def github(report: Report) -> str:
    """A workflow command for each problem, and one for each thing that is not known."""
    lines = [_annotation(outcome) for outcome in report.run.left]
    lines += [_command("error", {"title": "punie-ls"}, reason) for reason in report.problems]
    if (more := report.run.left.count - len(lines) + len(report.problems)) > 0:
        lines.append(_command("warning", {"title": "punie-ls"}, f"{more} more problems are not listed."))
    return "".join(f"{line}\n" for line in lines)


def _annotation(outcome: ProblemOutcome) -> str:
    problem = outcome.problem
    properties: dict[str, Any] = {"file": problem.file, "line": problem.line, "endLine": problem.end_line}
    if problem.line == problem.end_line:  # columns of several lines are refused
        properties |= {"col": problem.column, "endColumn": problem.end_column}
    properties["title"] = f"{problem.tool} {problem.code}"
    return _command(_COMMANDS[problem.severity], properties, _words(outcome))


def _command(name: str, properties: Mapping[str, Any], message: str) -> str:
    told = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {told}::{_data(message)}"


def _data(text: str) -> str:
    """A message, on one line: the percent sign first, since the others become it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A value among others."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def gitlab(report: Report) -> str:
    """GitLab's Code Quality report: a JSON array. What is not known is in it as well, so that it cannot look clean."""
    outcomes = list(report.run.left)
    found = [_issue(outcome, key) for outcome, key in zip(outcomes, fingerprints(outcomes), strict=True)]
    found += [_unknown(sentence) for sentence in report.problems]
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _issue(outcome: ProblemOutcome, fingerprint: str) -> dict[str, Any]:
    problem = outcome.problem
    return {
        "description": _words(outcome),
        "check_name": f"{problem.tool} {problem.code}",
        "fingerprint": fingerprint,
        "severity": _severity(problem),
        "location": {
            "path": problem.file,
            "lines": {"begin": problem.line, "end": problem.end_line},
        },
    }


def _unknown(sentence: str) -> dict[str, Any]:
    file, colon, _ = sentence.removeprefix("unknown: ").partition(": ")
    return {
        "description": sentence,
        "check_name": "punie-ls unknown",
        "fingerprint": hashlib.sha256(sentence.encode("utf-8", "surrogatepass")).hexdigest(),
        "severity": "blocker",
        "location": {"path": file if colon else ".", "lines": {"begin": 1}},
    }


def _severity(problem: Problem) -> str:
    return "critical" if problem.code == SYNTAX else _SEVERITIES[problem.severity]


def _words(outcome: ProblemOutcome) -> str:
    """What it is, and what can be done."""
    return f"{first_line(outcome.problem.message)}. {outcome.sentence}".strip()
