"""The last checks of candidates that hold in their own file: everything that depends on it, and the affected tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from punie_semantic.affected_tests import KnownRuns, compare_tests
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import SemanticError
from punie_semantic.fixing.outcome import FixOptions, FixSearch, FoundFix
from punie_semantic.fixing.ranking import Trial, explained, score, titled
from punie_semantic.overlay import State
from punie_semantic.results import Problem, TestComparison, VerificationReport
from punie_semantic.verify import verify, with_tests
from punie_semantic.workspace import Workspace

MOST_SHOWN = 20


@dataclass
class Held:
    """A candidate with which nothing new is reported anywhere."""

    trial: Trial
    report: VerificationReport

    def order(self, *, tested: bool) -> tuple[bool, int, float]:
        """Where it stands: tested ones first, if any was; with fewer failing tests; the likelier one."""
        tests = self.report.tests
        return (tested and tests is None, tests.unchanged if tests else 0, -score(self.trial))

    def found(self) -> FoundFix:
        """As it is offered."""
        trial = self.trial
        why = explained(trial, self.report)
        return FoundFix(titled(trial), trial.file, trial.text, self.report, score(trial), why, tuple(trial.generators))


@dataclass
class Verifier:
    """Checks candidates on the overlay, which is left as it was; what does not hold is noted in the search."""

    workspace: Workspace
    problem: Diagnostic
    options: FixOptions
    search: FixSearch
    known: KnownRuns = field(default_factory=dict)

    async def best(self, ranked: Sequence[Trial], names_it: Callable[[Trial], bool]) -> list[FoundFix]:
        """The fixes that hold, best first.

        Args:
            ranked: candidates, the likeliest first.
            names_it: whether one is so likely that it may show what the mistake hid.
        """
        waiting = list(ranked)
        held: list[Held] = []
        until = time.monotonic() + self.options.test_seconds
        while waiting and not held:
            while waiting and len(held) < self.options.most_found:
                held += await self._holds(waiting.pop(0), names_it)
            held.sort(key=lambda one: -score(one.trial))
            if self.options.tests == "all" or (self.options.tests == "guesses" and self._is_guess(held)):
                started = time.monotonic()
                held = await self._tested(held, until)
                self.search.testing_seconds += time.monotonic() - started
        tested = any(one.report.tests for one in held)
        return [one.found() for one in sorted(held, key=lambda one: one.order(tested=tested))]

    def _is_guess(self, held: Sequence[Held]) -> bool:
        return bool(held) and score(held[0].trial) < self.options.sure

    async def _holds(self, trial: Trial, names_it: Callable[[Trial], bool]) -> list[Held]:
        """The candidate when ty and ruff agree with it and with everything that depends on it."""
        known = self.workspace.revealed
        if not trial.shows and names_it(trial):
            known.remember(trial.path, trial.text, ())
        try:
            with self._edited(trial) as since:
                files = self.workspace.files
                report = await verify(self.workspace.checker, files, since, self.problem, known)
        except SemanticError as error:
            self._reject(trial, f"cannot be written: {error}")
            return []
        trial.shows = len(report.revealed)
        if trial.shows > MOST_SHOWN:
            known.forget(trial.path, trial.text)
            self._reject(trial, f"would show {trial.shows} other problems")
        elif report.state == "clean" and report.target_fixed:
            return [Held(trial, report)]
        elif report.state == "unknown":
            self._unknown(trial, report.reason)
        else:
            self._reject(trial, _causes(report.introduced) or "does not remove the problem")
        return []

    async def _tested(self, held: Sequence[Held], until: float) -> list[Held]:
        """Those that make no affected test fail; a guess may stay when its tests do not run at all.

        Of guesses, those that come after one with which all tests pass are not tested: the tests would not decide.
        """
        kept: list[Held] = []
        for number, one in enumerate(held):
            tests = await self._tests(one.trial, until)
            if tests is None:
                kept += [one] if self.options.tests == "guesses" else []
            elif tests.introduced:
                self._reject(one.trial, f"breaks {tests.introduced[0].test_id}")
            elif tests.state == "clean":
                kept.append(Held(one.trial, with_tests(one.report, tests)))
                if self.options.tests == "guesses" and not tests.unchanged:
                    return [*kept, *held[number + 1 :]]
            elif self.options.tests == "guesses" and not self._hangs(tests):
                kept.append(one)
            else:
                self._unknown(one.trial, tests.reason)
        return kept

    async def _tests(self, trial: Trial, until: float) -> TestComparison | None:
        """What the tests that the edit can affect say before and after; None when there is no time for them."""
        workspace = self.workspace
        left = until - time.monotonic()
        if left <= max((run.duration for run in self.known.values()), default=0.0):
            self.search.state, self.search.reason = "partial", "the time for tests was up"
            return None
        with self._edited(trial) as since:
            return await compare_tests(
                workspace.files,
                workspace.overlay,
                workspace.interpreter,
                since,
                workspace.settings,
                left,
                self.known,
            )

    def _hangs(self, tests: TestComparison) -> bool:
        """Whether the tests come to their end without the edit only."""
        return tests.state == "unknown" and any(run.ended for run in self.known.values())

    @contextmanager
    def _edited(self, trial: Trial) -> Generator[State]:
        """The overlay with the candidate in it; the state before it."""
        overlay = self.workspace.overlay
        number = overlay.checkpoint()
        try:
            since: State = overlay.checkpoint_state(number)
            overlay.write(trial.path, trial.text)
            yield since
        finally:
            overlay.rollback(number)
            overlay.forget(number)

    def _unknown(self, trial: Trial, reason: str) -> None:
        self._reject(trial, f"could not be checked: {reason.rstrip('.')}")
        self.search.state, self.search.reason = "unknown", reason

    def _reject(self, trial: Trial, why: str) -> None:
        self.search.reject(trial.candidate, why, trial.text)


def _causes(introduced: Sequence[Problem]) -> str:
    if not introduced:
        return ""
    worst = next((p for p in introduced if not p.fixable), introduced[0])
    return f"would cause {worst.code} in line {worst.line} of {worst.file}: {_first(worst.message)}"


def _first(message: str) -> str:
    return next(iter(message.strip().splitlines()), "").rstrip(".")
