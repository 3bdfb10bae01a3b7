"""ruff's fixes that it calls unsafe only for reasons that can be looked at: comments, types, who else reads a name."""

from __future__ import annotations

import ast
import re

from punie_semantic.diagnostics import Diagnostic, Fix
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.place import Place

GENERATOR = "ruff, looked at"
# Only comments can be lost, or only a type with strange operators could tell the difference.
_FORMAL = """
B905 UP028 UP030 UP032 C408 C416 C417 C419 SIM102 SIM103 SIM108 SIM114 SIM117 SIM118 SIM201 SIM202 SIM208
SIM210 SIM211 SIM300 SIM401 RET501 RET502 RET503 RET504 RET505 RET506 RET507 RET508 UP006 UP007 UP031 UP035
UP045 RUF005 RUF007 RUF010 RUF013 RUF015 RUF046 RUF059 E731 PLR1714 PLR5501 PIE810 TRY201 PERF102 FURB188
B007 B009 B010 B011 B013 PLR1730 FURB136 FLY002 C400 C401 C402 C403 C404 C405 C406 C409 C410 C411 C413 C414
C415 C418 C420
"""
FORMAL = frozenset(_FORMAL.split())


async def generate(place: Place) -> list[Candidate]:
    """The unsafe fixes of the problem, and of what else starts there, as ones that can be taken."""
    found: list[Candidate] = []
    for problem in (place.problem, *place.others):
        if problem.range["start"] == place.problem.range["start"]:
            found += _of_problem(place, problem)
    return found


def _of_problem(place: Place, problem: Diagnostic) -> list[Candidate]:
    """The problem's own unsafe fix, when it loses no comment."""
    fix = problem.fix
    if fix is None or fix.applicability != "unsafe":
        return []
    edits = edits_of(place, problem)
    if any("#" in place.text[edit.start : edit.end] and _loses_comment(place, edit) for edit in edits):
        return []
    if problem.code in FORMAL:
        return [Candidate(fix.title, edits, "fix", GENERATOR, 0.82, "it says the same")]
    return _unused(place, fix, edits) if problem.code == "F841" else []


def edits_of(place: Place, problem: Diagnostic) -> tuple[Edit, ...]:
    """The edits of a finding's own fix."""
    lines = place.tree.lines
    edits = problem.fix.edits if problem.fix is not None else ()
    return tuple(
        Edit(lines.offset(e["range"]["start"], "utf-32"), lines.offset(e["range"]["end"], "utf-32"), e["newText"])
        for e in edits
    )


def _loses_comment(place: Place, edit: Edit) -> bool:
    comments = re.findall(r"#[^\n]*", place.text[edit.start : edit.end])
    return any(comment.strip() not in edit.text for comment in comments)


def _unused(place: Place, fix: Fix, edits: tuple[Edit, ...]) -> list[Candidate]:
    """`result = f()` without its name keeps the call; a value without effects may be what the user means to use."""
    node = place.tree.node_at(place.start, place.end)
    statement = place.tree.statement(node) if node is not None else None
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return []
    if not any(isinstance(n, ast.Call | ast.Await) for n in ast.walk(statement.value)):
        return []
    value = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
    weight = 0.8 if isinstance(value, ast.Call) else 0.5
    return [Candidate(fix.title, edits, "fix", GENERATOR, weight, "what it calls is still called")]
