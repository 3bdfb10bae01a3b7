"""Fixing a failing test: what is deterministic is tried in the files of its traceback; else the evidence is told."""

from __future__ import annotations

from punie_agent.planner.fix_programs import FIX_FILE
from punie_agent.planner.programs import program
from punie_agent.planner.recipe import Answer, Recipe, Results, Slots, Step
from punie_agent.planner.running_tests import RUN_FAILING, tell_why
from punie_agent.planner.telling import code, count, joined, listed, trouble

MOST_FILES = 4
MOST_PROBLEMS = 12

_FIX_TEST = (
    RUN_FAILING
    + FIX_FILE
    + """
seen = run_failing(test)
files, fixes, passes, after = [], [], False, ""
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
    "files": files,
    "problems": problems[:5],
}
"""
)


def step_fix_test(slots: Slots, results: Results) -> Step:
    """Run it, try what ruff and ty have for the files of its traceback, run it again."""
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
        left = result["total"] - 1
        more = f"{count(left, 'other test')} failed too; ask again for {'it' if left == 1 else 'them'}." if left else ""
        return Answer(joined(f"{first} passes with these fixes:", fixes, more))
    tried = "Punie tries only fixes that ruff and ty have; this failure needs a decision, yours or a model's."
    if result["fixes"]:
        tried = joined("These fixes were tried and taken back, because the test fails with them as well:", fixes, tried)
    found = [
        f"{code(p['file'] + ':' + str(p['line']))} {p['code']}: {p['message'].splitlines()[0]}"
        for p in result["problems"]
    ]
    clues = joined("ty and ruff report on the way:", listed(found)) if found else ""
    return Answer(joined(f"{first} could not be fixed.", tried, tell_why(slots, result), clues))


RECIPES = (
    Recipe(
        name="fix_test",
        does="Tries ruff's and ty's fixes until a failing test passes; else tells the evidence",
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
