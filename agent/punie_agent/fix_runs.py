"""How far a run of fixes has come: what was fixed, what is left, what could not be told. Bounded, with exact counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from punie_agent.fix_files import Skipped
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.fixing.outcome import FixSearch
from punie_semantic.results import Problem

MOST_KEPT = 10_000
MOST_TOLD = 2


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix that re-checked clean.

    Attributes:
        title: what it does.
        kind: `fix`, `import`, `unsafe_fix` or `suppress`.
        why: one line in its favour.
        file: whose text it changes.
        edits: LSP TextEdits of that file in utf-32, against the text before the fix; empty where nobody asked for them.
    """

    title: str
    kind: str
    why: str
    file: str
    edits: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ProblemOutcome:
    """What came of one problem.

    Attributes:
        problem: the problem, at its place.
        sentence: what was done, or why nothing was.
        fix: the fix; None when there is none that holds.
        source: the line of the problem, without its indentation; what a finding is recognised by when lines move.
    """

    problem: Problem
    sentence: str
    fix: Fix | None = None
    source: str = ""

    @property
    def unsafe(self) -> bool:
        """Whether the user must look at the fix."""
        return self.fix is not None and self.fix.kind == "unsafe_fix"


class Outcomes:
    """A list that keeps the first `MOST_KEPT`, and counts all."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: list[ProblemOutcome] = []

    def add(self, outcomes: Sequence[ProblemOutcome]) -> None:
        """Add some."""
        self.count += len(outcomes)
        self._kept += outcomes[: max(MOST_KEPT - len(self._kept), 0)]

    def add_uncounted_for(self, count: int) -> None:
        """Count problems of which nothing else is known."""
        self.count += count

    @property
    def room(self) -> int:
        """How many more are kept."""
        return MOST_KEPT - len(self._kept)

    def __iter__(self) -> Iterator[ProblemOutcome]:
        return iter(self._kept)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> ProblemOutcome:
        return self._kept[index]


@dataclass
class FixRun:
    """What a run came to, or has come to so far.

    Attributes:
        phase: `checking` while it is counted what there is to do.
        files: how many files there are.
        done: how many of them are finished.
        problems: how many problems there were before, of those that were asked for; None before that is known.
        fixed: the problems that are gone.
        left: those that remain: at their line in the files on disk, or in the texts as the run leaves them.
        unknown: what could not be checked, and why.
        skipped: files that were left alone, and why.
        written: the files that were written, with their diffs.
        stopped: why the run ended early; empty when it did not.
    """

    phase: Literal["checking", "fixing"] = "checking"
    files: int = 0
    done: int = 0
    problems: int | None = None
    fixed: Outcomes = field(default_factory=Outcomes)
    left: Outcomes = field(default_factory=Outcomes)
    unknown: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    written: list[tuple[str, str]] = field(default_factory=list)
    stopped: str = ""

    @property
    def handled(self) -> int:
        """How many problems are dealt with."""
        return self.fixed.count + self.left.count

    @property
    def status(self) -> int:
        """The exit status: 0 nothing is left, 1 problems are left, 2 something could not be told."""
        if self.unknown or any(skipped.unknown for skipped in self.skipped):
            return 2
        return 1 if self.left.count else 0


def told(problem: Diagnostic, search: FixSearch) -> str:
    """One sentence about a search that came to nothing."""
    code = problem.code
    if search.rejected:
        parts = [f"“{r.candidate.title}” {r.why.rstrip('.')}" for r in search.rejected[:MOST_TOLD]]
        more = len(search.rejected) - len(parts)
        return f"No fix for {code} holds: {'; '.join(parts)}{f' (and {more} more)' if more else ''}."
    if search.held_back:
        title = search.held_back[0].title
        return f"The only fix for {code} is unsafe: “{title}”. Allow unsafe fixes (--unsafe-fixes) to try it."
    if search.reason:
        return f"No fix for {code} could be looked for: {search.reason.rstrip('.')}."
    return f"There is no fix for {code}."
