"""The search for a one-edit repair of the source that makes a failing test pass and breaks none.

Mutations of suspicious lines are tried in a copy of the project, likely ones first; what passes is then verified.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from punie_semantic.exceptions import SemanticError, ToolUnavailable
from punie_semantic.fixing.candidate import Candidate
from punie_semantic.fixing.circle import break_circle
from punie_semantic.fixing.mutations.circular import is_circular, mutants
from punie_semantic.fixing.mutations.diagnosis import Diagnosis, diagnosed
from punie_semantic.fixing.mutations.judging import Judge
from punie_semantic.fixing.mutations.proposing import Mutant, compiles, proposals
from punie_semantic.fixing.mutations.server import serving
from punie_semantic.fixing.mutations.trying import Trying, deadline
from punie_semantic.fixing.outcome import FixOptions, FixSearch, FoundFix, Rejected
from punie_semantic.paths import inside
from punie_semantic.pytest_run import Selection, copied
from punie_semantic.tools.testing import permit_tests
from punie_semantic.workspace import Workspace

DEFAULT = FixOptions(unsafe=True, seconds=30.0, enough_seconds=1.0)
MOST_PASSING = 16
SLACK_SECONDS = 300.0
MOST_JUDGED = 8
SURE = 0.5
UNLIKELY = 0.45
PATIENCE = 5.0
SLOW = 0.8


async def find_test_fixes(
    workspace: Workspace, test_ids: Sequence[str], options: FixOptions | None = None
) -> FixSearch:
    """Look for edits with which a failing test passes. The overlay and the disk are left as they are.

    Args:
        workspace: its overlay is the base; it must be allowed to run the project's code.
        test_ids: the failing tests; with several, an edit has to mend the first that fails, and is better the more it
            mends.
        options: how far to search. `seconds` is for the search; what it finds is verified after it.

    Raises:
        PathError: there is no such test file.
        ExecutionNotAllowed: the project's code may not be run.
    """
    wanted = options or DEFAULT
    search = FixSearch(None)
    started = time.monotonic()
    files = _files(workspace, test_ids)
    await permit_tests(workspace, "find_test_fixes", Selection(tuple(test_ids)).arguments())
    try:
        async with AsyncExitStack() as stack:
            state = workspace.overlay.state
            enter = stack.enter_async_context
            copy = await enter(copied(workspace.root, workspace.interpreter, workspace.overlay, state))
            server = await enter(serving(copy, files, workspace.settings, wanted.seconds + SLACK_SECONDS))
            diagnosis = await diagnosed(workspace, server, test_ids, wanted.seconds)
            circular = next((why for _, why in diagnosis.collected.errors if is_circular(why)), "")
            if circular:
                trying = Trying(workspace, server, diagnosis.collected, files)
                ways = mutants(workspace, copy.folder, circular)
                search.found, search.rejected = await break_circle(workspace, trying, ways, test_ids, files)
            if search.found:
                pass
            elif diagnosis.reason:
                search.state, search.reason = diagnosis.state, diagnosis.reason
            else:
                trying = Trying(workspace, server, diagnosis.collected, files)
                await _Run(workspace, trying, diagnosis, wanted, search, started)()
    except ToolUnavailable as error:
        search.state, search.reason = "unknown", str(error).rstrip(".")
    search.seconds = time.monotonic() - started
    return search


def _files(workspace: Workspace, test_ids: Sequence[str]) -> list[str]:
    """The files of the tests. Raises PathError when one does not exist."""
    files = list(dict.fromkeys(test.partition("::")[0] for test in test_ids))
    Selection(tuple(files)).arguments()
    for file in files:
        if not inside(workspace.root, file).is_dir():
            workspace.overlay.resolve(file)
    return files


@dataclass
class _Run:
    """One search; see `find_test_fixes`."""

    workspace: Workspace
    trying: Trying
    diagnosis: Diagnosis
    options: FixOptions
    search: FixSearch
    started: float
    passing: list[tuple[Mutant, int]] = field(default_factory=list)

    async def __call__(self) -> None:
        mutants = proposals(self.diagnosis.scenes)
        if not mutants:
            self.search.reason = "the test executes none of the project's own lines that can be edited"
            return
        await self._try(sorted(mutants, key=lambda m: -m.prior * (SLOW if self.trying.is_slow(m) else 1)))
        await self._verify()
        if not self.search.found and not self.search.reason:
            self.search.reason = f"none of {self.trying.runs} edits makes the test pass without breaking another"

    async def _try(self, mutants: Sequence[Mutant]) -> None:
        first_pass = 0.0
        for number, mutant in enumerate(mutants):
            now = time.monotonic()
            if now - self.started > self.options.seconds:
                if not self.passing:
                    self.search.state = "partial"
                    self.search.reason = f"the time was up after {number} of {len(mutants)} edits"
                return
            if first_pass and self._enough(mutant, now - first_pass):
                return
            if compiles(mutant) and await self._passes(mutant):
                first_pass = first_pass or time.monotonic()

    def _enough(self, following: Mutant, spent: float) -> bool:
        """Whether what passes is enough: what comes next is far less likely, or took long enough."""
        best = max(mutant.prior for mutant, _ in self.passing)
        late = spent > self.options.enough_seconds
        if self.diagnosis.others and not any(more for _, more in self.passing):
            # Other tests fail too, perhaps for the same reason: what mends them as well would be better.
            return spent > PATIENCE * self.options.enough_seconds
        return late or len(self.passing) >= MOST_PASSING or following.prior < best * UNLIKELY

    async def _passes(self, mutant: Mutant) -> bool:
        """Whether the first failing test passes on a mutant, and those beside it still do."""
        failing, limit = self.diagnosis.failing, deadline(self.diagnosis.seconds)
        try:
            outcome = await self.trying.run(mutant, failing[:1], limit)
        except SemanticError as error:
            self._reject(mutant, str(error))
            return False
        if not outcome.passes(failing[:1]):
            return False
        beside = [*self.diagnosis.others, *self.diagnosis.passing]
        if beside:
            outcome = await self.trying.run(mutant, beside, deadline(self.diagnosis.all_seconds), first=False)
            broken = [test for test in self.diagnosis.passing if outcome.tests.get(test) != "passed"]
            if broken:
                self._reject(mutant, f"breaks {broken[0]}")
                return False
        self.passing.append((mutant, sum(outcome.tests.get(test) == "passed" for test in self.diagnosis.others)))
        return True

    async def _verify(self) -> None:
        """Verify what passes, the best first."""
        if not self.passing:
            return
        ranked = sorted(self.passing, key=lambda item: (-_rank(*item), item[0].size))
        total = sum(_rank(*item) for item in ranked)
        judge = Judge(self.workspace, self.trying, self.diagnosis.failing)
        for mutant, more in ranked[:MOST_JUDGED]:
            if len(self.search.found) >= self.options.most_found:
                return
            report, why = await judge.whole(mutant)
            if report is None:
                self._reject(mutant, why)
                if judge.unknown:
                    self.search.state, self.search.reason = "unknown", judge.unknown
                continue
            share = _rank(mutant, more) / total
            passed = report.tests.passed if report.tests else 0
            words = self._why(mutant, more, passed)
            candidate = self._candidate(mutant, share)
            found = FoundFix(candidate, mutant.scene.file, mutant.text, report, _score(share), words)
            self.search.found.append(found)

    def _why(self, mutant: Mutant, more: int, passed: int) -> str:
        parts = [mutant.mutation.why] if mutant.mutation.why else []
        also = f" and {more} other failing one{'s' if more > 1 else ''}" if more else ""
        parts.append(f"{self.diagnosis.failing[0]}{also} passes with it")
        parts.append(f"{passed} affected test{'s pass' if passed != 1 else ' passes'}")
        others = len(self.passing) - 1
        if others:
            parts.append(
                f"{others} other edit{'s pass' if others > 1 else ' passes'} too: the tests alone do not decide"
            )
        return "; ".join(parts)

    def _candidate(self, mutant: Mutant, share: float) -> Candidate:
        mutation = mutant.mutation
        kind = "fix" if share >= SURE else "unsafe_fix"
        title = f"{mutation.title} in line {mutant.line} of {Path(mutant.scene.file).name}"
        return Candidate(title, mutation.edits, kind, mutation.operator, _score(share), mutation.why, mutant.scene.file)

    def _reject(self, mutant: Mutant, why: str) -> None:
        self.search.rejected.append(Rejected(self._candidate(mutant, 0.0), why))


def _rank(mutant: Mutant, more: int) -> float:
    """How good a mutant is that passes."""
    return mutant.prior * (1 + more) / (1 + 0.01 * mutant.size)


def _score(share: float) -> float:
    """Confidence: how far it stands out among all that pass."""
    return round(0.3 + 0.65 * share, 3)
