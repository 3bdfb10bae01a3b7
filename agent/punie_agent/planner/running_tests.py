"""The project's tests: run, count, list, and why one fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from punie_agent.planner.asking import FIND
from punie_agent.planner.file_questions import one
from punie_agent.planner.programs import program
from punie_agent.planner.recipe import Answer, Recipe, Results, Slots, Step
from punie_agent.planner.telling import block, caveat, code, count, joined, listed, place, sentence, trouble

TRACEBACK_LINES = 60

_FIELDS = """\
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
    "duration": seen.duration,
"""

_RUN = f"""
path = found(path) if path.endswith(".py") else path
seen = pytest_run(path, keyword, last_failed=last_failed, affected=affected)
{{
{_FIELDS}
}}
"""

# The named test; else those that failed last, as far as they still do; else all of them.
RUN_FAILING = """
def run_failing(test):
    if "::" in test:
        return pytest_run(ids=[found(test.partition("::")[0]) + "::" + test.partition("::")[2]])
    if test.endswith(".py"):
        return pytest_run(found(test))
    if test:
        return pytest_run(keyword=test.replace(".", " and "))
    seen = pytest_run(last_failed=True)
    return seen if seen.failures else pytest_run()
"""

_WHY = (
    RUN_FAILING
    + f"""
seen = run_failing(test)
source = ""
if seen.failures and seen.failures[0].line:
    first = seen.failures[0]
    source = read_file(first.file, max(1, first.line - 3), 6).text
{{
{_FIELDS}
    "source": source,
}}
"""
)

_COLLECT = """
path = found(path) if path.endswith(".py") else path
seen = pytest_collect(path, limit=10000)
{
    "state": seen.state,
    "reason": seen.reason,
    "tests": seen.tests[:20],
    "total": seen.total,
    "failures": seen.failures[:5],
}
"""


def numbers(result: Mapping[str, Any]) -> str:
    """`3 passed, 1 failed, 2 skipped`."""
    named = ("passed", "failed", "errors", "skipped", "xfailed", "xpassed")
    words = {"errors": "with errors", "xfailed": "failed as expected", "xpassed": "passed unexpectedly"}
    parts = [f"{result[n]} {words.get(n, n)}" for n in named if result[n] or n in ("passed", "failed")]
    return ", ".join(parts)


def _ran(result: Mapping[str, Any]) -> int:
    return sum(result[n] for n in ("passed", "failed", "errors", "skipped", "xfailed", "xpassed"))


def failure_line(failure: Mapping[str, Any]) -> str:
    """A failed test, where, and the first line of why."""
    first = next(iter(str(failure["message"]).strip().splitlines()), "")
    at = f" at {place(failure)}" if failure.get("file") else ""
    return f"{code(failure['test_id'])}{at}: {code(first)}" if first else f"{code(failure['test_id'])}{at}"


def _tell_run(slots: Slots, result: Mapping[str, Any]) -> str:
    if not _ran(result) and not result["failures"]:
        return joined("No test ran.", caveat(result))
    seconds = f" in {result['duration']:.1f} s"
    if result["success"]:
        return joined(f"The tests pass: {numbers(result)}{seconds}.", caveat(result))
    head = f"The tests fail: {numbers(result)}{seconds}."
    hint = "Ask `why does the failing test fail` for the reason, or `fix the failing test`."
    return joined(head, listed([failure_line(f) for f in result["failures"]], result["total"]), hint, caveat(result))


def _tell_count(slots: Slots, result: Mapping[str, Any]) -> str:
    if not _ran(result) and not result["failures"]:
        return joined("No test ran.", caveat(result))
    return joined(
        f"{numbers(result)}.", listed([failure_line(f) for f in result["failures"]], result["total"]), caveat(result)
    )


def tell_why(slots: Slots, result: Mapping[str, Any]) -> str:
    """The first failure with its evidence, and which others there are."""
    failures = result["failures"]
    if not failures:
        if not _ran(result):
            named = f" {code(slots['test'])}" if slots.get("test") else ""
            return joined(f"No test{named} ran, so nothing failed.", caveat(result))
        return joined(f"Nothing fails: {numbers(result)}.", caveat(result))
    first = failures[0]
    head = f"{code(first['test_id'])} fails" + (f" at {place(first)}" if first["file"] else "") + "."
    lines = str(first["traceback"]).rstrip().splitlines()
    cut = f"(the last {TRACEBACK_LINES} of {len(lines)} lines)" if len(lines) > TRACEBACK_LINES else ""
    trace = block("\n".join(lines[-TRACEBACK_LINES:]), "text") if lines else ""
    source = block(result["source"]) if result.get("source") and not trace else ""
    others = failures[1:]
    more = (
        joined(
            f"{count(result['total'] - 1, 'other test')} failed too:",
            listed([failure_line(f) for f in others], result["total"] - 1),
        )
        if others
        else ""
    )
    return joined(
        head,
        sentence(code(str(first["message"]).strip().splitlines()[0])) if str(first["message"]).strip() else "",
        source,
        trace,
        cut,
        more,
        caveat(result),
    )


def _step_why(slots: Slots, results: Results) -> Step:
    if not results:
        return program(_WHY, test=slots.get("test", ""))
    return trouble(results[-1]) or Answer(tell_why(slots, results[-1]))


def _tell_list(slots: Slots, result: Mapping[str, Any]) -> str:
    where = f" in {code(slots['path'])}" if slots.get("path") else ""
    bad = [failure_line(f) for f in result["failures"]]
    broken = joined("Some could not be collected:", listed(bad)) if bad else ""
    if not result["total"]:
        return joined(f"There is no test{where}.", broken, caveat(result))
    head = f"There {'is' if result['total'] == 1 else 'are'} {count(result['total'], 'test')}{where}:"
    return joined(head, listed([code(t["test_id"]) for t in result["tests"]], result["total"]), broken, caveat(result))


_TESTS = "(tests|test|test suite|unit tests|pytest|testsuite)"

RECIPES = (
    Recipe(
        name="run_tests",
        does="Runs tests: all, some, the last failed, those that the edits affect",
        phrases=(
            f"(run|execute|start|rerun|launch) [all] [the|my] {_TESTS} [(in|of|under|from|on) {{path}}]",
            "(run|execute|pytest|rerun|run pytest|start) {tests}",
            "run [the] tests {tests}",
            "(run|execute|rerun) [the] [test] {keyword} in {tests}",
            "(which|what) tests (fail|failed|are failing|are red|are broken)",
            "pytest",
            "test {path}",
            "(run|execute|rerun) [the] test (named|called) {keyword}",
            "(run|execute|rerun) [the|all] tests (named|called|matching|like|with) {keyword} [in {path}]",
            "(run|execute|rerun) [the] test {keyword}",
            "(are|do|did) [all|the|our|my] [the] tests (pass|passing|green|ok|run|succeed) [in {path}]",
            "[do] [all] tests pass",
            "(run|rerun|retry|execute) [only] [the] [last|previously] (failed|failing) tests {last_failed}",
            "(run|rerun|retry) [the] tests that failed [last|before|last time] {last_failed}",
            "(run|rerun|execute) [only] [the] (affected|impacted|relevant) tests {affected}",
        ),
        example="run the tests in tests/unit",
        step=one(_RUN, _tell_run, path=".", keyword="", last_failed=False, affected=False),
        about="folder",
    ),
    Recipe(
        name="count_tests",
        does="How many tests pass and fail",
        phrases=(
            (
                "(count|number of) [the] (passed|passing|failed|failing) [and failed|and failing|and passed|and "
                "passing] tests [in {path}]"
            ),
            (
                "how many tests (pass|fail|passed|failed|are passing|are failing|succeed) [and how many fail|and "
                "how many pass|and fail] [in {path}]"
            ),
        ),
        example="count passed and failed tests",
        step=one(_RUN, _tell_count, path=".", keyword="", last_failed=False, affected=False),
        about="folder",
    ),
    Recipe(
        name="why_failing",
        does="Why a test fails, with its traceback",
        phrases=(
            "why (does|is|did|do) {test} (fail|failing|failed|red|broken|not pass|not work)",
            (
                "why (does|is|do|are|did) [the|this|my] [failing|failed] (test|tests) "
                "(fail|failing|failed|red|broken|not pass)"
            ),
            "(explain|show|analyse) [me] [why] [the] (failing|failed) (test|tests|failure)",
            "(explain|show) [me] (the|why) {test} (fails|failure|is failing)",
            "what is wrong with (the failing test|the tests|{test})",
            "(explain|debug|diagnose) [the] failure of {test}",
            "debug {test}",
            "what went wrong (in|with) {test}",
        ),
        example="why does the failing test fail?",
        step=_step_why,
        weight=1,
    ),
    Recipe(
        name="list_tests",
        does="Which tests there are",
        phrases=(
            f"{FIND} tests [(in|of|under) {{path}}]",
            "(collect|which|what) tests [are there|exist|do we have|are] [(in|of|under) {path}]",
            "how many tests (are there|do we have|exist) [(in|of|under) {path}]",
        ),
        example="list the tests in tests/unit",
        step=one(_COLLECT, _tell_list, path="."),
        about="folder",
    ),
)
