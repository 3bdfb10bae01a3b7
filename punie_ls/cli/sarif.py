"""SARIF 2.1.0: the problems that are left, each with its fix as replacements in the file. Places are code points."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from punie_agent.fix_runs import Fix, ProblemOutcome
from punie_ls import __version__
from punie_ls.cli.fingerprints import fingerprints
from punie_ls.cli.fix_reports import Report, first_line
from punie_semantic.results import Problem

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note", "hint": "note"}
ROOT = "%SRCROOT%"


def sarif(report: Report) -> str:
    """The report as a SARIF log with one run."""
    outcomes = list(report.run.left)
    rules = {outcome.problem.code: outcome.problem for outcome in reversed(outcomes)}
    order = {code: number for number, code in enumerate(sorted(rules))}
    prints = fingerprints(outcomes)
    driver = {
        "name": "punie-ls",
        "version": __version__,
        "rules": [_rule(code, rules[code]) for code in order],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The project's folder."}}},
        "invocations": [_invocation(report, kept=len(outcomes))],
        "results": [_result(o, order[o.problem.code], p) for o, p in zip(outcomes, prints, strict=True)],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str, problem: Problem) -> dict[str, Any]:
    return {
        "id": code,
        "shortDescription": {"text": f"{problem.tool}: {code}"},
        "defaultConfiguration": {"level": LEVELS[problem.severity]},
        "properties": {"tags": [problem.tool]},
    }


def _invocation(report: Report, kept: int) -> dict[str, Any]:
    run = report.run
    sentences = [*run.unknown, *(f"{s.file} {s.reason}" for s in run.skipped if s.unknown)]
    notes = [{"level": "error", "message": {"text": sentence}} for sentence in sentences]
    notes += [{"level": "note", "message": {"text": f"{s.file} {s.reason}"}} for s in run.skipped if not s.unknown]
    if run.stopped:
        notes.append({"level": "warning", "message": {"text": f"Stopped early: {run.stopped}."}})
    if (more := run.left.count - kept) > 0:
        notes.append({"level": "warning", "message": {"text": f"{more} more problems are not listed."}})
    return {
        "executionSuccessful": run.status != 2,
        "exitCode": run.status,
        "toolExecutionNotifications": notes,
    }


def _result(outcome: ProblemOutcome, rule: int, fingerprint: str) -> dict[str, Any]:
    problem = outcome.problem
    message = f"{problem.message.strip()}\n{outcome.sentence}".strip()
    region = {
        "startLine": problem.line,
        "startColumn": problem.column,
        "endLine": problem.end_line,
        "endColumn": problem.end_column,
    }
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": LEVELS[problem.severity],
        "message": {"text": message},
        "locations": [{"physicalLocation": {"artifactLocation": _location(problem.file), "region": region}}],
        "partialFingerprints": {"punie/v1": fingerprint},
    }
    if outcome.fix is not None and outcome.fix.edits:
        result["fixes"] = [_fix(outcome.fix)]
    return result


def _fix(fix: Fix) -> dict[str, Any]:
    change = {"artifactLocation": _location(fix.file), "replacements": list(_replacements(fix.edits))}
    return {"description": {"text": first_line(fix.title)}, "artifactChanges": [change]}


def _replacements(edits: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for edit in edits:
        start, end = edit["range"]["start"], edit["range"]["end"]
        region = {
            "startLine": start["line"] + 1,
            "startColumn": start["character"] + 1,
            "endLine": end["line"] + 1,
            "endColumn": end["character"] + 1,
        }
        yield {"deletedRegion": region, "insertedContent": {"text": edit["newText"]}}


def _location(file: str) -> dict[str, str]:
    """A file by a relative URI; its name may have any characters."""
    return {"uri": quote(file.encode("utf-8", "surrogateescape"), safe="/"), "uriBaseId": ROOT}
