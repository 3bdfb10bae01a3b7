"""Tests that only show that code runs: a call with simple values for each public function. What fails is left out."""

from __future__ import annotations

from punie_agent.planner.asking import name_of, where
from punie_agent.planner.docstrings import READ_DEFINITION
from punie_agent.planner.programs import PLACE, program
from punie_agent.planner.recipe import Answer, Recipe, Results, Slots, Step
from punie_agent.planner.smoke_cases import Case, cases_for
from punie_agent.planner.telling import block, code, count, joined, listed, trouble

_GATHER = (
    READ_DEFINITION.replace("seen = ", "whole = ").rpartition("{")[0]
    + """
tests = list_files("test_*.py, *_test.py", limit=5000).files
way = import_path_of(path)
own = path.split("/")[-1].replace(".py", "")
{
    "file": path,
    "line": line,
    "text": whole.text,
    "module": way.module,
    "statement": way.statement,
    "tests": tests,
    "names": [t for t in tests if t.endswith("/test_" + own + ".py") or t.endswith("/test_" + own + "_smoke.py")],
}
"""
)

_TRY = """
start = checkpoint()
write_file(path, text)
organize_imports(path)
format_code(path)
ran, why, passed, failures = False, "", 0, []
try:
    seen = pytest_run(path)
    ran, why, passed = seen.state != "unknown", seen.reason, seen.passed
    failures = [{"test_id": f.test_id, "message": f.message} for f in seen.failures]
except Exception as error:
    why = str(error)
if ran and (failures or not passed):
    rollback(start)
{
    "ran": ran,
    "why": why,
    "passed": passed,
    "failures": failures,
    "path": path,
    "text": "" if ran and (failures or not passed) else read_file(path).text,
}
"""


def step_smoke_tests(slots: Slots, results: Results) -> Step:
    """Read, write and run; leave out what fails and run again; tell."""
    if not results:
        return program((PLACE if slots.get("path") else "") + _GATHER, **where(slots))
    if bad := trouble(results[-1]):
        return bad
    read = results[0]
    name = code(name_of(slots) if slots.get("symbol") else read["file"])
    if not read["statement"]:
        return Answer(f"No test was written: {code(read['file'])} cannot be imported by a name.")
    try:
        imported, cases, skipped = cases_for(read["text"], read["line"])
    except ValueError as error:
        return Answer(f"No test was written for {name}: {error}")
    path = _free_path(read)
    if not path:
        return Answer(f"No test was written: {code(read['names'][0])} and its smoke tests exist already.")
    failed = {f["test_id"].rpartition("::")[2]: f["message"] for r in results[1:] for f in r["failures"]}
    left = [case for case in cases if case.name not in failed]
    last = results[-1]
    if len(results) == 1 or (last["ran"] and last["failures"] and left and len(results) < 4):
        return program(_TRY, path=path, text=written(read["module"], imported, left))
    return Answer(_tell(name, last, failed, skipped))


def _tell(name: str, last: dict, failed: dict[str, str], skipped: list[str]) -> str:  # type: ignore[type-arg]
    reasons = [f"{code(test)}: {code(_first(why))}" for test, why in failed.items()]
    dropped = (
        joined(f"Left out, because they fail as written ({count(len(failed), 'test')}):", listed(reasons))
        if failed
        else ""
    )
    unfit = joined("No test was written for:", listed(skipped)) if skipped else ""
    if last["ran"] and (last["failures"] or not last["passed"]):
        return joined(f"No test was kept for {name}: none that Punie can write passes.", dropped, unfit)
    ran = f"{count(last['passed'], 'test')} ran and passed." if last["ran"] else f"They were not run: {last['why']}"
    honest = "They are smoke tests: they show that the code runs with simple values, not that it is right."
    return joined(f"Wrote {code(last['path'])} for {name}. {ran} {honest}", block(last["text"]), dropped, unfit)


def _first(text: str) -> str:
    return next(iter(text.strip().splitlines()), "it fails")


def _free_path(read: dict) -> str:  # type: ignore[type-arg]
    """A file name that is free, in the folder where the project's tests are."""
    stem = read["file"].rpartition("/")[2].removesuffix(".py")
    folders = sorted({test.rpartition("/")[0] for test in read["tests"]}, key=lambda f: (f.count("/"), f))
    folder = f"{folders[0]}/" if folders and folders[0] else "" if folders else "tests/"
    names = [f"{folder}test_{stem}.py", f"{folder}test_{stem}_smoke.py"]
    return next((name for name in names if name not in read["tests"]), "")


def written(module: str, imported: list[str], cases: list[Case]) -> str:
    """The test module's text."""
    head = '"""Smoke tests that Punie wrote: they show that the code runs, not that it is right."""'
    if not cases:
        lines = [f"def test_{module.replace('.', '_')}_can_be_imported() -> None:"]
        body = [*lines, f'    assert {module}.__name__ == "{module}"']
        return "\n".join([head, "", f"import {module}", "", "", *body, ""])
    used = [name for name in imported if any(name in line for case in cases for line in case.lines)]
    parts = [head, "", f"from {module} import {', '.join(used)}", ""]
    for case in cases:
        parts += ["", f"def {case.name}() -> None:", *(f"    {line}" if line else "" for line in case.lines), ""]
    return "\n".join(parts)


RECIPES = (
    Recipe(
        name="generate_tests",
        does="Writes smoke tests, and keeps those that pass",
        phrases=(
            "(write|generate|create|add) [a|some|the] [unit|smoke] (tests|test) (for|of) ({file}|{symbol})",
            "(write|generate|create|add) [some|the] [unit|smoke] tests",
        ),
        example="write tests for src/app.py",
        step=step_smoke_tests,
        edits=True,
        weight=1,
        about="symbol_or_file",
        ask="For what? Say for example: `write tests for src/app.py`.",
    ),
)
