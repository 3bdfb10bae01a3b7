"""Fixing problems: one, those of a place, all of a file. What `find_fixes` finds is taken; the re-check decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from punie_agent.planner.fix_programs import FIX_FILE, FIX_ONE
from punie_agent.planner.programs import PLACE, program
from punie_agent.planner.recipe import Answer, Program, Recipe, Results, Slots, Step
from punie_agent.planner.telling import code, count, joined, listed, sentence, trouble

MOST_PROBLEMS = 60
MOST_FILES = 20

_FIX_PROBLEM = (
    FIX_ONE
    + """
here = [p for p in diagnostics(path, line, line).problems if p.line == line and p.code == code]
target = min(here, key=lambda p: abs(p.column - column)) if here else None
fix_one(path, target, unsafe, choice) if target is not None else {"found": False}
"""
)

# On a line without a column: what ty reports first, then ruff's.
_FIX_PLACE = (
    PLACE
    + FIX_ONE
    + """
checked = diagnostics(path, line, line)
here = [p for p in checked.problems if p.line <= line <= p.end_line]
here = sorted(here, key=lambda p: (abs(p.column - column) if column else 0, p.tool != "ty", p.column))
done = fix_one(path, here[0], unsafe, "") if here else {"found": False}
{
    "fix": done,
    "found": len(here) > 0,
    "code": here[0].code if here else "",
    "others": [p.code for p in here[1:]],
    "state": checked.state,
    "reason": checked.reason,
    "file": path,
}
"""
)

_FIX_ALL = (
    FIX_FILE
    + """
files = python_files(path)
fixed, left, remaining, states, reason, changed = [], [], 0, [], "", []
todo = [f for f in files[:most_files] if len([p for p in diagnostics(f).problems if wanted(p, kind, code)]) > 0]
steps = ["Fix " + f for f in todo] if len(todo) > 1 else []
for file in files[:most_files]:
    if steps and file in todo:
        show_plan(steps, todo.index(file))
    done = fix_file(file, kind, code, unsafe, most)
    fixed.extend(done["fixed"])
    left.extend(done["left"])
    remaining = remaining + done["remaining"]
    states.append(done["state"])
    reason = reason or done["reason"]
    if done["fixed"]:
        changed.append(file)
if steps:
    show_plan(steps, len(steps))
state = (
    "unknown"
    if states and all([s == "unknown" for s in states])
    else "partial"
    if "unknown" in states or "partial" in states
    else "clean"
)
{
    "state": state,
    "reason": reason,
    "fixed": fixed,
    "left": left[:20],
    "remaining": remaining,
    "files": len(files),
    "changed": changed,
}
"""
)


def step_fix_problem(slots: Slots, results: Results) -> Step:
    """One problem that a front end names exactly, and perhaps the fix that the user chose."""
    if results:
        return trouble(results[-1]) or Answer(tell_fix(slots["code"], results[-1], slots.get("choice", "")))
    values = {name: slots[name] for name in ("line", "column", "code")}
    return _program(_FIX_PROBLEM, slots, **values, choice=slots.get("choice", ""))


def _program(body: str, slots: Slots, **values: Any) -> Program:  # noqa: ANN401 - literals
    return program(body, path=slots["path"], **values, unsafe=_unsafe(slots))


def _unsafe(slots: Slots) -> bool:
    return bool(slots.get("unsafe"))


def tell_fix(name: str, result: Mapping[str, Any], choice: str = "") -> str:
    """What came of a problem, in a sentence or two."""
    if not result["found"]:
        return f"{name} is not reported any more."
    if result["kept"]:
        why = f" Why this one: {result['why']}." if result["why"] else ""
        return f"Fixed {name}: {result['kept']}.{why}"
    if choice and result["others"]:
        return f"“{choice}” does not hold any more. Ask for the fixes of {name} again."
    parts = result["tried"]
    if parts:
        more = f" (and {len(parts) - 2} more)" if len(parts) > 2 else ""
        return f"No fix for {name} holds: {'; '.join(parts[:2])}{more}."
    if result["unsafe"]:
        title = result["unsafe"][0]
        return f"The only fix for {name} is unsafe: “{title}”. Allow unsafe fixes (--unsafe-fixes) to try it."
    if result["unknown"]:
        return f"No fix for {name} is offered, because it could not be checked: {result['unknown'].rstrip('.')}."
    return f"Punie knows no fix for {name}. {result['reason']}".strip()


def _step_fix_place(slots: Slots, results: Results) -> Step:
    if not results:
        return _program(_FIX_PLACE, slots, line=slots["line"], column=slots.get("column", 0))
    result = results[-1]
    if bad := trouble(result):
        return bad
    if not result["found"]:
        return Answer(f"ty and ruff report nothing in {code(result['file'])}, line {slots['line']}.")
    others = f"The line has {count(len(result['others']), 'other problem')}: {', '.join(result['others'])}."
    return Answer(joined(tell_fix(result["code"], result["fix"]), others if result["others"] else ""))


def _step_fix_file(slots: Slots, results: Results) -> Step:
    if not results:
        values = {"path": slots.get("path", "."), "kind": slots.get("kind", ""), "code": slots.get("code", "")}
        return program(_FIX_ALL, **values, unsafe=_unsafe(slots), most=MOST_PROBLEMS, most_files=MOST_FILES)
    return trouble(results[-1]) or Answer(_tell_all(slots, results[-1]))


def _noun(slots: Slots) -> str:
    named = {"types": "type error", "lint": "lint problem"}.get(slots.get("kind", ""), "problem")
    return f"{slots['code']} problem" if slots.get("code") else named


def _tell_all(slots: Slots, result: Mapping[str, Any]) -> str:
    one = result["changed"][0] if len(result["changed"]) == 1 else slots.get("path", ".")
    noun, where = _noun(slots), "the project" if one == "." else code(one)
    left = [
        f"{code(p['file'] + ':' + str(p['line']))} {p['code']}: {_first(p['message'])}{_why(p)}" for p in result["left"]
    ]
    cut = (
        f"Only the first {MOST_FILES} of {result['files']} files were worked on."
        if result["files"] > MOST_FILES
        else ""
    )
    doubt = f"Not all could be checked: {sentence(result['reason'])}" if result["state"] == "partial" else ""
    if not result["fixed"] and not result["remaining"]:
        return joined(f"There is no {noun} in {where}." if not doubt else "", doubt, cut)
    fixed = f"Fixed {count(len(result['fixed']), noun)} in {where}:" if result["fixed"] else ""
    lines = [f"{f['code']} in {_place(f, several=len(result['changed']) > 1)}: {f['kept']}" for f in result["fixed"]]
    rest = (
        f"{count(result['remaining'], noun)} {'is' if result['remaining'] == 1 else 'are'} left"
        if result["remaining"]
        else ""
    )
    head = f"{rest} for which no fix holds:" if left else f"{rest}." if rest else "None is left."
    return joined(fixed, listed(lines), head, listed(left, result["remaining"]), doubt, cut)


def _place(fixed: Mapping[str, Any], *, several: bool) -> str:
    """Where something was; the file is named where there are several."""
    return code(f"{fixed['file']}:{fixed['line']}") if several else f"line {fixed['line']}"


def _first(message: str) -> str:
    return next(iter(message.strip().splitlines()), "").rstrip(".")


def _why(problem: Mapping[str, Any]) -> str:
    if problem["tried"]:
        return f" ({problem['tried'][0]})"
    return " (the only fix is unsafe)" if problem["unsafe"] else ""


_PROBLEMS = "(problems|errors|issues|warnings|violations|diagnostics|findings|everything)"
_IN = "[(in|of|from|on) {path}]"

RECIPES = (
    Recipe(
        name="fix_place",
        does="Fixes the problem at a place",
        phrases=(
            "(fix|repair|solve|resolve|correct) [the] [problem|error|issue|bug|warning] [at|in|on] {place}",
            "(fix|repair|solve|resolve) [the] (problem|error|issue) [at|in] {place}",
        ),
        example="fix the problem at src/app.py:12",
        step=_step_fix_place,
        edits=True,
        about="range",
        ask="Fix what? Put the cursor on the problem, or say for example: `fix the problem at src/app.py:12`.",
        accepts=lambda slots: {k: v for k, v in slots.items() if not k.startswith("end")},
    ),
    Recipe(
        name="fix_file",
        does="Fixes what ty and ruff report in a file",
        phrases=(
            (
                "(fix|repair|solve|resolve|correct) [all] [the|of the] [type checking|ty] type|typing "
                f"{_PROBLEMS} {_IN} {{types}}"
            ),
            (
                "(fix|repair|solve|resolve|correct) [all] [the|of the] (lint|linter|linting|ruff|style) "
                f"{_PROBLEMS} {_IN} {{lint}}"
            ),
            f"(fix|repair|solve|resolve|correct) [all] [the|of the] {_PROBLEMS} {_IN}",
            f"(fix|repair|resolve) [all] [the] {{code}} [{_PROBLEMS}] {_IN}",
            "(fix|repair|correct) {file}",
            "make {file} (pass|satisfy) [all] [the] (checks|linters)",
            "make {file} clean",
            "autofix {path}",
            "(apply|use|run) [all] [the] ruff fixes [(in|to|on|for) {path}] {lint}",
            "add [the|all] missing imports [(in|to) {path}] {unresolved}",
        ),
        example="fix all type errors in src/app.py",
        step=_step_fix_file,
        edits=True,
        about="file",
        ask="In which file? Say for example: `fix all problems in src/app.py`.",
    ),
)
