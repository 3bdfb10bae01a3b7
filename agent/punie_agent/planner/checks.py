"""Questions to ty and ruff: what they find, how much of it, what a rule means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from punie_agent.planner.asking import FIND
from punie_agent.planner.file_questions import one
from punie_agent.planner.recipe import Recipe, Slots
from punie_agent.planner.telling import caveat, code, count, essence, joined, listed, place

_WHERE = 'path = found(path) if path.endswith((".py", ".pyi")) else path\n'

_TYPES = (
    _WHERE
    + """
def counts(errors):
    numbers = {}
    for error in errors:
        numbers[error.file] = numbers.get(error.file, 0) + 1
    return sorted(numbers.items(), key=lambda pair: 0 - pair[1])[:21]

seen = typecheck(path)
ranked = sorted(seen.errors, key=lambda e: (["error", "warning", "info", "hint"].index(e.severity), e.file, e.line))
{
    "state": seen.state,
    "reason": seen.reason,
    "errors": seen.error_count,
    "warnings": seen.warning_count,
    "others": len(seen.errors) - seen.error_count - seen.warning_count,
    "problems": ranked[:20],
    "total": len(seen.errors),
    "checked": seen.files_checked,
    "missing": seen.missing,
    "files": counts(seen.errors),
}
"""
)

_LINT = (
    _WHERE
    + """
seen = ruff_check(path)
wanted = [v for v in seen.violations if (not codes or v.code in codes) and (not fixable or v.fixable)]
{
    "state": seen.state,
    "reason": seen.reason,
    "problems": wanted[:20],
    "total": len(wanted),
    "all": seen.violation_count,
    "fixable": len([v for v in wanted if v.fixable]),
    "checked": seen.files_checked,
    "missing": seen.missing,
}
"""
)

_BOTH = (
    _WHERE
    + """
types, lint = typecheck(path), ruff_check(path)
states = [types.state, lint.state]
problems = [
    {"file": e.file, "line": e.line, "code": e.code, "message": e.message, "tool": "ty"} for e in types.errors
]
problems.extend(
    [
        {"file": v.file, "line": v.line, "code": v.code, "message": v.message, "tool": "ruff"}
        for v in lint.violations
    ]
)
problems = sorted(problems, key=lambda p: (p["file"], p["line"]))
state = (
    "unknown"
    if states == ["unknown", "unknown"]
    else "partial"
    if "unknown" in states or "partial" in states
    else "clean"
)
{
    "state": state,
    "reason": types.reason or lint.reason,
    "problems": problems[:20],
    "total": len(problems),
    "types": len(types.errors),
    "lint": len(lint.violations),
    "checked": lint.files_checked,
    "missing": lint.missing,
}
"""
)

_RULE = """
seen = explain_rule(code)
{"state": seen.state, "reason": seen.reason, "found": seen.found, "rule": seen}
"""


def _where(slots: Slots) -> str:
    return f" in {code(slots['path'])}" if slots.get("path") else ""


def _doubt(result: Mapping[str, Any]) -> str:
    missing = result.get("missing", 0)
    unseen = f"{count(missing, 'file')} could not be checked, so this is not all." if missing else ""
    return joined(caveat(result), unseen)


def _line(problem: Mapping[str, Any]) -> str:
    first = str(problem["message"]).strip().splitlines()[0] if str(problem["message"]).strip() else ""
    severity = f"{problem['severity']}, " if problem.get("severity") not in (None, "error") else ""
    return f"{place(problem)} {severity}{problem['code']}: {first}"


def _nothing(what: str, slots: Slots, result: Mapping[str, Any]) -> str:
    """No problem was found, which is told only as far as it was looked for."""
    if not result["checked"] and not _doubt(result):
        return f"There is no Python file to check{_where(slots)}."
    seen = f" ({count(result['checked'], 'file')} checked)" if result["checked"] else ""
    return joined(f"No {what}{_where(slots)}{seen}.", _doubt(result))


def _tell_types(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["total"]:
        return _nothing("type errors", slots, result)
    head = f"ty reports {_severities(result)}{_where(slots)}:"
    return joined(head, listed([_line(p) for p in result["problems"]], result["total"]), _doubt(result))


def _severities(result: Mapping[str, Any]) -> str:
    others = f" and {count(result['others'], 'note')}" if result["others"] else ""
    separator = ", " if others else " and "
    return f"{count(result['errors'], 'error')}{separator}{count(result['warnings'], 'warning')}{others}"


def _tell_type_count(slots: Slots, result: Mapping[str, Any]) -> str:
    head = f"ty reports {_severities(result)}{_where(slots)} ({count(result['checked'], 'file')} checked)."
    lines = [f"{code(file)}: {number}" for file, number in result["files"]]
    return joined(head, listed(lines), _doubt(result))


def _tell_lint(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["total"]:
        return _nothing("lint problems", slots, result)
    total = result["total"]
    fixable = f", {result['fixable'] or 'none'} of them fixable" if total > 1 else ""
    head = f"ruff reports {count(total, 'problem')}{_where(slots)}{fixable}:"
    return joined(head, listed([_line(p) for p in result["problems"]], total), _doubt(result))


def _tell_fixable(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["total"]:
        left = f" of the {result['all']} that ruff reports" if result["all"] else ""
        return joined(f"No fixable problems{left}{_where(slots)}.", _doubt(result))
    head = f"ruff can fix {result['total']} of {count(result['all'], 'problem')}{_where(slots)}:"
    return joined(head, listed([_line(p) for p in result["problems"]], result["total"]), _doubt(result))


def _tell_unused_imports(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["total"]:
        return _nothing("unused imports", slots, result)
    head = f"{count(result['total'], 'unused import')}{_where(slots)}:"
    return joined(head, listed([_line(p) for p in result["problems"]], result["total"]), _doubt(result))


def _tell_both(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["total"]:
        return _nothing("problems", slots, result)
    head = f"{count(result['total'], 'problem')}{_where(slots)}: {result['types']} from ty, {result['lint']} from ruff."
    return joined(head, listed([_line(p) for p in result["problems"]], result["total"]), _doubt(result))


def _tell_rule(slots: Slots, result: Mapping[str, Any]) -> str:
    rule = result["rule"]
    if not result["found"]:
        near = f" The nearest: {', '.join(code(n) for n in rule['nearest'])}." if rule["nearest"] else ""
        return f"Neither ruff nor ty has a rule {code(slots['code'])}.{near}"
    name = f" ({rule['name']})" if rule["name"] and rule["name"] != rule["code"] else ""
    return joined(
        f"**{rule['code']}**{name} is a rule of {rule['tool']}: {rule['summary']}", essence(rule), rule["fix"]
    )


_IN = "[in|on|for|of|under|at] [{path}]"

RECIPES = (
    Recipe(
        name="typecheck",
        does="What ty finds",
        phrases=(
            f"(check|verify|test) [the|all] (types|typing|type errors) {_IN}",
            f"(typecheck|typechecking) {_IN}",
            f"[do|run|start|perform] [a|the] type (check|checks|checking|checker) {_IN}",
            f"run ty [check] {_IN}",
            "ty check [{path}]",
            f"[are there|is there|any|do we have] [any] type (errors|error|problems|issues|warnings) {_IN}",
            f"{FIND} [ty] (type errors|type problems|typing errors|type warnings|typing problems|type issues) {_IN}",
            f"(filter|group|sort|order) [the] type (errors|problems) by severity {_IN}",
            "(does|do) {path} type check",
            "check {path} for type|typing (errors|problems|issues)",
        ),
        example="check types in src",
        step=one(_TYPES, _tell_types, path="."),
        about="folder",
    ),
    Recipe(
        name="count_types",
        does="How many type errors, by severity and file",
        phrases=(
            (
                "(count|number of) [the] [type] (errors|problems) [and warnings] in|from|of [the] type "
                "check|checker [results|result]"
            ),
            (
                "(count|number of|how many) [the] (type errors|type problems|typing errors) [and warnings] [are "
                f"there|do we have] {_IN}"
            ),
        ),
        example="how many type errors are there in src?",
        step=one(_TYPES, _tell_type_count, path="."),
        weight=1,
        about="folder",
    ),
    Recipe(
        name="lint",
        does="What ruff finds",
        phrases=(
            f"(lint|linting) {_IN}",
            f"(run|start|use) [the] (linter|ruff|lint|linting) [check] {_IN}",
            f"(ruff|ruff check) {_IN}",
            (
                "[are there|is there|any|do we have|check [for]] [any] (lint|linter|ruff|linting|style) "
                f"(errors|error|problems|issues|warnings|violations|findings) {_IN}"
            ),
            f"{FIND} (lint|linter|ruff|linting|style) (errors|problems|issues|warnings|violations|findings) {_IN}",
            f"(count|how many) [the] (lint|linter|ruff) (errors|problems|issues|warnings|violations) [are there] {_IN}",
            f"check [the] (lint|style|code style) {_IN}",
            "check {path} for lint|linter|linting|ruff|style (errors|problems|issues|violations|warnings)",
        ),
        example="lint src",
        step=one(_LINT, _tell_lint, path=".", codes=[], fixable=False),
        about="folder",
    ),
    Recipe(
        name="fixable",
        does="What ruff could fix; nothing is changed",
        phrases=(
            f"{FIND} [only] [the] fixable [ruff|lint] [violations|problems|errors|issues|findings|ones] {_IN}",
            f"(which|what) [ruff|lint] (violations|problems|errors|issues) are fixable {_IN}",
            f"(which|what) [violations|problems|errors] can ruff fix [automatically|by itself] {_IN}",
            f"(count|how many) [ruff|lint] (violations|problems|errors) are fixable {_IN}",
        ),
        example="show only fixable ruff violations",
        step=one(_LINT, _tell_fixable, path=".", codes=[], fixable=True),
        weight=1,
        about="folder",
    ),
    Recipe(
        name="unused_imports",
        does="Imports that nothing uses",
        phrases=(
            f"(check [for]|look for|search for|{FIND}) [any] [the] unused imports {_IN}",
            f"(are there|is there|do we have|any) [any] unused (imports|import) {_IN}",
            "(which|what) imports are [not used|unused|unneeded] [(in|of) {path}]",
            "check {path} for unused imports",
        ),
        example="check for unused imports",
        step=one(_LINT, _tell_unused_imports, path=".", codes=["F401"], fixable=False),
        weight=1,
        about="folder",
    ),
    Recipe(
        name="check",
        does="What ty and ruff find together",
        phrases=(
            "(check|analyse|analyze|inspect|diagnose|review) {path}",
            "run [all] [the] checks [in|on|for] [{path}]",
            (
                "(what|which|are there|any) [any] (problems|errors|issues|diagnostics|warnings) [are "
                "there|are|exist] [in|with|of] [{path}]"
            ),
            f"{FIND} (problems|errors|issues|diagnostics|warnings) {_IN}",
            "check {path} for (errors|problems|issues)",
            "is {path} (clean|ok|okay|correct|fine|valid)",
            "what is wrong (with|in) {path}",
        ),
        example="check src/app.py",
        step=one(_BOTH, _tell_both, path="."),
        about="folder",
    ),
    Recipe(
        name="explain_rule",
        does="What a rule of ruff or ty means",
        phrases=(
            "(explain|describe) [the] [ruff|ty] [rule|code|error|warning] {code}",
            "what (does|is) [the] [ruff|ty] [rule|code|error|warning] {code} [mean|about|for|do]",
            "(why does) (ruff|ty) (report|complain about|warn about|flag) {code}",
            "[show] [me] [the] (rule|docs of rule|docs for) {code}",
            "tell me about [rule] {code}",
            "how [do|can] i fix {code}",
        ),
        example="explain rule F401",
        step=one(_RULE, _tell_rule, code=""),
        weight=1,
    ),
)
