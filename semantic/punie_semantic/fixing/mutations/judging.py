"""The last word on a mutant that passes: ty and ruff on it and its dependents, and all the tests that it can affect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from punie_semantic.affected_tests import affected_tests
from punie_semantic.exceptions import SemanticError
from punie_semantic.fixing.mutations.proposing import Mutant
from punie_semantic.fixing.mutations.server import Outcome
from punie_semantic.fixing.mutations.trying import Trying
from punie_semantic.overlay import State
from punie_semantic.results import Problem, TestComparison, TestFailure, VerificationReport
from punie_semantic.verify import verify, with_tests
from punie_semantic.workspace import Workspace

TEST_SECONDS = 120.0
PASSED = ("passed", "xpassed")


class Judge:
    """Verifies mutants, as they would be verified as edits.

    Args:
        workspace: the project; its overlay is left as it is.
        trying: runs the tests, in a copy of the project.
        failing: the tests that are to pass.

    Attributes:
        unknown: why an edit could not be judged, when one could not.
    """

    def __init__(self, workspace: Workspace, trying: Trying, failing: Sequence[str]) -> None:
        self._workspace = workspace
        self._trying = trying
        self._failing = tuple(failing)
        self._before: dict[tuple[str, ...], Outcome] = {}
        self.unknown = ""

    async def whole(self, mutant: Mutant) -> tuple[VerificationReport | None, str]:
        """The comparison of ty, ruff and the tests that the edit can affect when nothing is new; or why it fails."""
        report, why, tests = await self.compared(mutant)
        if report is None:
            return None, why
        comparison = await self._tests(mutant, tests)
        report = with_tests(report, comparison).model_copy(update={"target_fixed": True})
        if comparison.introduced:
            return None, f"breaks {comparison.introduced[0].test_id}"
        if not set(self._failing[:1]) <= set(comparison.fixed):
            return None, f"{self._failing[0]} fails with it in a run of all affected tests"
        return (report, "") if report.state == "clean" else (None, self._unsure(report.reason))

    def _unsure(self, reason: str) -> str:
        self.unknown = reason.rstrip(".")
        return f"could not be checked: {self.unknown}"

    async def imported(self, mutant: Mutant, files: Sequence[str], wanted: Sequence[str]) -> str:
        """Why the tests of files that could not be imported still do not pass with an edit; empty when they do."""
        outcome = await self._trying.anew(mutant, files, TEST_SECONDS)
        tests = [test for test in outcome.tests if not wanted or any(_names(one, test) for one in wanted)]
        if outcome.ended != "done" or not tests:
            return "does not make the tests importable"
        failed = [test for test in tests if outcome.tests[test] not in PASSED]
        return f"{failed[0]} fails with it" if failed else ""

    async def compared(self, mutant: Mutant) -> tuple[VerificationReport | None, str, list[str]]:
        """ty and ruff on an edit and its dependents when nothing is new, or why not; and the tests it can affect."""
        overlay = self._workspace.overlay
        number = overlay.checkpoint()
        since: State = overlay.checkpoint_state(number)
        try:
            overlay.write(mutant.path, mutant.text)
            report = await verify(self._workspace.checker, self._workspace.files, since)
            tests, unknown = affected_tests(self._workspace.files, overlay, since)
        except SemanticError as error:
            return None, f"cannot be written: {error}", []
        finally:
            overlay.rollback(number)
        if report.introduced:
            return None, _causes(report.introduced), []
        if report.state != "clean" or unknown:
            return None, self._unsure(report.reason or unknown), []
        own = {test.partition("::")[0] for test in self._failing}
        return report, "", sorted({*tests, *own} if "." not in tests else {"."})

    async def _tests(self, mutant: Mutant, tests: Sequence[str]) -> TestComparison:
        key = tuple(tests)
        if key not in self._before:
            # Those that fail are known, and one of them may hang.
            outcome = await self._trying.unchanged(key, TEST_SECONDS, without=self._failing)
            self._before[key] = replace(outcome, tests={**outcome.tests, **dict.fromkeys(self._failing, "failed")})
        before, after = self._before[key], await self._trying.anew(mutant, key, TEST_SECONDS)
        missing = sorted(before.tests.keys() - after.tests.keys())
        reasons = [
            "" if outcome.ended == "done" else f"the affected tests did not come to their end {when} the edit"
            for outcome, when in ((before, "before"), (after, "with"))
        ]
        why = "; ".join(filter(None, [*reasons, f"{missing[0]} did not run with the edit" if missing else ""]))
        fresh = [] if reasons[0] else sorted(after.bad - before.bad)
        return TestComparison(
            state="errors" if fresh else "unknown" if why else "clean",
            reason=why,
            introduced=[
                TestFailure(test_id=n, file=n.partition("::")[0], line=1, message="", traceback="") for n in fresh
            ],
            fixed=sorted(test for test in before.bad if after.tests.get(test) == "passed"),
            unchanged=len(after.bad & before.bad),
            passed=sum(status in PASSED for status in after.tests.values()),
        )


def _names(wanted: str, test: str) -> bool:
    """Whether an id means a test: itself, its file, its class, or all its parameters."""
    return test == wanted or test.startswith((f"{wanted}::", f"{wanted}[", f"{wanted.rstrip('/')}/"))


def _causes(introduced: Sequence[Problem]) -> str:
    worst = next((p for p in introduced if not p.fixable), introduced[0])
    message = next(iter(worst.message.strip().splitlines()), "").rstrip(".")
    return f"would cause {worst.code} in line {worst.line} of {worst.file}: {message}"
