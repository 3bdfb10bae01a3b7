"""Which of several good fixes is the one: its kind, what else it mends, who agrees, and how small it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from punie_semantic.fixing.candidate import Candidate
from punie_semantic.overlay import State
from punie_semantic.results import VerificationReport
from punie_semantic.workspace import Workspace

_KINDS = {"fix": 1.0, "import": 0.97, "unsafe_fix": 0.6, "suppress": 0.05}
ANOTHER = 0.6
AGREES = 0.8
HINT = 0.85
# Nobody looks at each of many fixes: what shows other problems stays below what a batch makes.
SHOWS, MOST_SHOWING = 0.8, 0.69


@dataclass
class Trial:
    """A candidate on its way through the checks.

    Attributes:
        candidate: the first that came to this text.
        file: its file, relative to the workspace.
        path: the file.
        before: the file's text as it is.
        text: the file's text with it.
        generators: who proposed it.
        weight: how likely it is, from all who proposed it.
        tried: whether its turn has come.
        fixed: how many problems of the problem's file are gone with it.
        hints: how many hints, unused names for instance, came with it; negative when some went.
        shows: how many problems it shows that the mistake hid.
    """

    candidate: Candidate
    file: str
    path: Path
    before: str
    text: str
    generators: list[str] = field(default_factory=list)
    weight: float = 0.0
    tried: bool = False
    fixed: int = 1
    hints: int = 0
    shows: int = 0

    @property
    def origin(self) -> str:
        """What it says, however it is written."""
        return self.candidate.title.removesuffix(" for type checkers")

    def agree(self, candidate: Candidate) -> None:
        """Count another proposal of the same text; the likelier one speaks for it."""
        if candidate.generator not in self.generators:
            self.generators.append(candidate.generator)
        if self.weight and candidate.weight > self.candidate.weight:
            self.candidate = candidate
        self.weight = max(self.weight, candidate.weight)

    def state(self, workspace: Workspace) -> State:
        """The overlay's present edits with this one."""
        return {**workspace.overlay.state, self.path: self.text}

    def with_text(self, text: str) -> Trial:
        """The same with a text that was tidied up."""
        return replace(self, text=text)


def score(trial: Trial) -> float:
    """From 0 to 1: the proposal's weight, and the evidence."""
    doubt = 1 - trial.weight * _KINDS[trial.candidate.kind]
    doubt *= ANOTHER ** min(max(trial.fixed - 1, 0), 4)
    doubt *= AGREES ** min(len(trial.generators) - 1, 3)
    found = (1 - doubt) * HINT ** min(max(trial.hints, 0), 3)
    return min(found * SHOWS, MOST_SHOWING) if trial.shows else found


def titled(trial: Trial) -> Candidate:
    """The candidate; its title says when it shows more problems."""
    if not trial.shows:
        return trial.candidate
    more = "another problem" if trial.shows == 1 else f"{trial.shows} other problems"
    return replace(trial.candidate, title=f"{trial.candidate.title}, which shows {more}")


def explained(trial: Trial, report: VerificationReport) -> str:
    """One line: why this one."""
    parts = [trial.candidate.why] if trial.candidate.why else []
    if trial.fixed > 1:
        parts.append(f"mends {trial.fixed} problems at once")
    if len(trial.generators) > 1:
        parts.append(f"{' and '.join(trial.generators[:3])} agree")
    if report.tests is not None and report.tests.passed:
        number = report.tests.passed
        parts.append(f"{number} affected test{'s pass' if number > 1 else ' passes'}")
    revealed, files = report.revealed, len(report.files_checked)
    if revealed:
        first = revealed[0]
        message = next(iter(first.message.splitlines()), "").rstrip(".")
        parts.append(f"the mistake hid {first.code} in line {first.line}: {message}")
    parts.append(f"nothing {'else ' if revealed else ''}new in {files} file{'' if files == 1 else 's'}")
    return "; ".join(parts)
