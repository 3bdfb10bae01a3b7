"""What a search for a fix is asked, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.fixing.candidate import Candidate
from punie_semantic.results import VerificationReport

Tested = Literal["none", "guesses", "all"]


@dataclass(frozen=True)
class FixOptions:
    """How far to search.

    Attributes:
        unsafe: also candidates that ruff calls unsafe, or that may change what the program does; they come last.
        suppress: also comments that hide the problem.
        most_tried: how many candidates are checked at most.
        most_found: how many good ones are looked for.
        seconds: when to stop looking; what is found by then counts.
        enough_seconds: when to stop looking for another one after the first.
        tests: which fixes must not make any test fail that they can affect: none, all, or `guesses`: those of a problem
            whose best fix scores less than `sure`, up to the first with which all pass. Those after which fewer tests
            fail come first. That runs the project's code, before and after; who sets it has asked whether it may be
            run.
        sure: the score from which a fix is no guess.
        test_seconds: how long the tests of a problem's fixes may take, all together.
        least: the score below which a fix is a shot in the dark, and is not offered.
    """

    unsafe: bool = False
    suppress: bool = False
    most_tried: int = 32
    most_found: int = 4
    seconds: float = 5.0
    enough_seconds: float = 0.6
    tests: Tested = "none"
    sure: float = 0.85
    test_seconds: float = 120.0
    least: float = 0.15


@dataclass(frozen=True)
class FoundFix:
    """A fix that re-checked clean: the file's text with it, the comparison, its rank, why, and who proposed it.

    The comparison's `revealed` are problems that the mistake hid; its title says so.
    """

    candidate: Candidate
    file: str
    text: str
    report: VerificationReport
    score: float
    why: str
    generators: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rejected:
    """A candidate that did not hold, and why, as the end of a sentence; `text` and `new` for one that was checked."""

    candidate: Candidate
    why: str
    text: str = ""
    new: tuple[Diagnostic, ...] = ()


@dataclass
class FixSearch:
    """What a search came to. State: clean, partial (time was up), or unknown (a checker did not answer; `reason`).

    `testing_seconds` are those of `seconds` in which tests ran.
    """

    problem: Diagnostic | None
    found: list[FoundFix] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    held_back: list[Candidate] = field(default_factory=list)
    reason: str = ""
    state: str = "clean"
    seconds: float = 0.0
    testing_seconds: float = 0.0

    def reject(self, candidate: Candidate, why: str, text: str = "", new: Sequence[Diagnostic] = ()) -> None:
        """Remember what did not hold."""
        self.rejected.append(Rejected(candidate, why, text, tuple(new)))
