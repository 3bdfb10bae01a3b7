"""Fixing a failing test: ruff's and ty's fixes in the files of its traceback, then edits of the source that are tried.

What makes the test pass and breaks no other is kept; else the evidence is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from punie_agent.planner.fix_programs import FIX_FILE
from punie_agent.planner.programs import program
from punie_agent.planner.recipe import Answer, Recipe, Results, Slots, Step
from punie_agent.planner.running_tests import RUN_FAILING, tell_why
from punie_agent.planner.telling import code, count, joined, listed, sentence, trouble

MOST_FILES = 4
MOST_PROBLEMS = 12

_FIX_TEST = (
    RUN_FAILING
    + FIX_FILE
    + """
seen = run_failing(test)
files, fixes, passes, after = [], [], False, ""
offers, kept, mended, passing, searched = [], "", [], 0, ""
if seen.failures:
    first = seen.failures[0]
    evidence = first.file + ":0 " + first.traceback + " " + first.message
    for sign in ["'", '"', ","]:
        evidence = evidence.replace(sign, " ")
    for word in evidence.split():
        name = word.split(":")[0]
        if name.endswith(".py") and name not in files:
            try:
                read_file(name, 1, 1)
                files.append(name)
            except Exception:
                pass
    start = checkpoint()
    for file in files[:most_files]:
        before = diagnostics(file)
        if [p for p in before.problems if p.severity == "error"]:
            done = fix_file(file, "", "", False, most)
            fixes.extend([file + ":" + str(f["line"]) + " " + f["code"] + ": " + f["kept"] for f in done["fixed"]])
    if fixes:
        again = pytest_run(ids=[first.test_id])
        passes, after = again.success, again.failures[0].message if again.failures else again.reason
        if not passes:
            rollback(start)
    if not passes:
        search = find_test_fixes([first.test_id])
        searched = search.reason
        for fix in search.fixes:
            if not passes:
                start = checkpoint()
                apply_code_action(fix.id)
                report = verify_edits(start, tests=True)
                if report.state == "clean" and report.tests and first.test_id in report.tests.fixed:
                    passes, kept, mended, passing = True, fix.id, report.tests.fixed, report.tests.passed
                else:
                    rollback(start)
            offer = {"id": fix.id, "file": fix.file, "title": fix.title, "why": fix.why}
            offers.append(offer)
problems = []
for file in files[:most_files]:
    errors = [p for p in diagnostics(file).problems if p.severity == "error"]
    problems.extend([{"file": file, "line": p.line, "code": p.code, "message": p.message} for p in errors])
{
    "state": seen.state,
    "reason": seen.reason,
    "success": seen.success,
    "passed": seen.passed,
    "failed": seen.failed,
    "errors": seen.errors,
    "skipped": seen.skipped,
    "xfailed": seen.xfailed,
    "xpassed": seen.xpassed,
    "failures": seen.failures[:20],
    "total": len(seen.failures),
    "fixes": fixes,
    "passes": passes,
    "after": after,
    "kept": [offer for offer in offers if offer["id"] == kept],
    "others": [offer for offer in offers if offer["id"] != kept],
    "mended": mended,
    "passing": passing,
    "searched": searched,
    "files": files,
    "problems": problems[:5],
}
"""
)


def step_fix_test(slots: Slots, results: Results) -> Step:
    """Run it, try what ruff and ty have for the files of its traceback, then edits of suspicious lines."""
    if not results:
        return program(_FIX_TEST, test=slots.get("test", ""), most_files=MOST_FILES, most=MOST_PROBLEMS)
    result = results[-1]
    if bad := trouble(result):
        return bad
    if not result["failures"]:
        return Answer(tell_why(slots, result))
    first = code(result["failures"][0]["test_id"])
    fixes = listed([text.rstrip(".") for text in result["fixes"]])
    if result["passes"]:
        left = result["total"] - max(len(result["mended"]), 1)
        more = (
            f"{count(left, 'other test')} failed too; ask again for {'it' if left == 1 else 'them'}."
            if left > 0
            else ""
        )
        if result["kept"]:
            return Answer(joined(_tell_edit(first, result), more))
        return Answer(joined(f"{first} passes with these fixes:", fixes, more))
    why = sentence(f"No edit was found: {str(result['searched']).rstrip('.')}") if result["searched"] else ""
    tried = joined(why, "This failure needs a decision, yours or a model's.")
    if result["fixes"]:
        tried = joined("These fixes were tried and taken back, because the test fails with them as well:", fixes, tried)
    found = [
        f"{code(p['file'] + ':' + str(p['line']))} {p['code']}: {p['message'].splitlines()[0]}"
        for p in result["problems"]
    ]
    clues = joined("ty and ruff report on the way:", listed(found)) if found else ""
    return Answer(joined(f"{first} could not be fixed.", tried, tell_why(slots, result), clues))


def _tell_edit(first: str, result: Mapping[str, Any]) -> str:
    """The edit that is kept, why it, which tests pass with it, and what else would do."""
    kept = result["kept"][0]
    also = [code(test) for test in result["mended"] if code(test) != first]
    others = [f"{fix['title']}: {fix['why']}" for fix in result["others"]]
    return joined(
        f"{first} passes with this edit:",
        listed([f"{kept['file']}: {kept['title']}"]),
        sentence(f"Why this one: {kept['why']}"),
        joined("These pass now too:", listed(also)) if also else "",
        f"{count(result['passing'], 'affected test')} pass.",
        joined("Other edits that would do:", listed(others)) if others else "",
    )


RECIPES = (
    Recipe(
        name="fix_test",
        does="Tries fixes and small edits until a failing test passes and no other breaks; else tells the evidence",
        phrases=(
            "(fix|repair) [the|a|my|this] (failing|failed|broken) test",
            "(fix|repair) [the] [failing|failed] {test}",
            "make [the] [failing] {test} pass",
            "make the [failing] (test|tests) pass",
            "(fix|repair) [all] [the|my] [failing|failed] tests",
        ),
        example="fix the failing test",
        step=step_fix_test,
        edits=True,
        weight=1,
    ),
)
