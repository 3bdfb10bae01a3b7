"""The search for a fix: candidates of all generators, each checked in the overlay, the best ones with their dependents.

Nothing is offered that does not re-check clean; the overlay is left as it was.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from punie_semantic.checking import Findings, all_unknown
from punie_semantic.diagnostics import Diagnostic, new_in
from punie_semantic.exceptions import SemanticError
from punie_semantic.fixing.candidate import Candidate, Edit, applied
from punie_semantic.fixing.generators.row import Generator
from punie_semantic.fixing.generators.table import GENERATORS
from punie_semantic.fixing.outcome import FixOptions, FixSearch
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.ranking import Trial, score
from punie_semantic.fixing.syntax.repair import declined
from punie_semantic.fixing.tidying import causes, tidied
from punie_semantic.fixing.verifying import Verifier
from punie_semantic.fresh import BROKEN, edited_lines, stays
from punie_semantic.revealed import can_hide, hid
from punie_semantic.sources import line_ending, with_line_ending
from punie_semantic.text_edits import line_edits
from punie_semantic.workspace import Workspace

# The best score so far below which generators of this cost are asked, too.
ENOUGH = (1.0, 0.85, 0.6)
SURE = 0.7
LIKELY = 0.8
SURE_SYNTAX = 0.9
RIVAL = 0.75
CLEARLY = 0.1
# The generators that say what a name or an attribute is really called, besides those of imports.
NAMING = frozenset({"did you mean", "attribute", "self"})
_NAME = re.compile(r"[\w.]+")
MOST_CHARACTERS = 1_000_000
logger = logging.getLogger(__name__)


async def find_fixes(
    workspace: Workspace,
    problem: Diagnostic,
    options: FixOptions | None = None,
    generators: Sequence[Generator] = GENERATORS,
) -> FixSearch:
    """Look for fixes of a problem that is reported in the overlay's present state. Raises SemanticError for its file.

    Args:
        workspace: its overlay is the base.
        problem: as the checker reports it in this state.
        options: how far to search.
        generators: where candidates come from.
    """
    wanted = options or FixOptions()
    search = FixSearch(problem)
    started = time.monotonic()
    file = workspace.overlay.resolve(problem.file)
    if len(workspace.overlay.text(file)) > MOST_CHARACTERS:
        search.state, search.reason = "unknown", f"{problem.file} is larger than 1 MB; Punie fixes smaller files"
        return search
    before = await workspace.checker.both(file)
    if before.unknown:
        search.state, search.reason = "unknown", all_unknown([before])
    else:
        await _Run(workspace, problem, before, wanted, search)(generators)
    search.seconds = time.monotonic() - started
    return search


@dataclass
class _Run:
    workspace: Workspace
    problem: Diagnostic
    before: Findings
    options: FixOptions
    search: FixSearch
    trials: dict[tuple[str, str], Trial] = field(default_factory=dict)
    behind: list[tuple[Trial, list[Diagnostic]]] = field(default_factory=list)

    async def __call__(self, generators: Sequence[Generator]) -> None:
        place = Place(self.workspace, self.problem, self.before.diagnostics)
        await asyncio.to_thread(lambda: place.tree.nodes)
        wanted = [generator for generator in generators if generator.wants(self.problem)]
        good: list[Trial] = []
        for cost, enough in enumerate(ENOUGH):
            if not good or max(map(score, good)) < enough:
                asked = [g for g in wanted if g.cost == cost and not (g.guesses and self.behind)]
                good += await self._try(await self._trials(asked, place))
        good += self._likely_behind(max(map(score, good), default=0.0))
        ranked = sorted(good, key=lambda t: (-score(t), t.candidate.size))
        verifier = Verifier(self.workspace, self.problem, self.options, self.search)
        self.search.found = await verifier.best([t for t in ranked if self._is_likely(t)], self._names_it)
        if not self.search.found and self.problem.code == BROKEN:
            self.search.reason = self.search.reason or declined(place.text)

    def _is_likely(self, trial: Trial) -> bool:
        """Whether it is no shot in the dark; a comment that hides the problem is what was asked for."""
        return score(trial) >= self.options.least or trial.candidate.kind == "suppress"

    def _names_it(self, trial: Trial) -> bool:
        """Whether it is very likely what is meant, a name or what does not parse, and nothing else is as sure."""
        least = SURE_SYNTAX if self.problem.code == BROKEN else LIKELY
        if trial.weight < least or not can_hide(self.problem) or not _is_naming(trial.candidate, trial.before):
            return False
        rivals = [
            other.weight
            for other in self.trials.values()
            if other.candidate.generator == trial.candidate.generator and other.origin != trial.origin
        ]
        return trial.weight - max(rivals, default=0.0) >= CLEARLY

    def _likely_behind(self, best: float) -> list[Trial]:
        """What is so likely that the problems which it shows were there before, and only could not be seen."""
        found = []
        for trial, new in self.behind:
            edited = edited_lines(trial.before, trial.text)
            if self._names_it(trial) and hid(self.problem, new, edited):
                trial.shows = len(new)
                if score(trial) > best * RIVAL:
                    self.workspace.revealed.remember(trial.path, trial.text, new)
                    found.append(trial)
        texts = {trial.text for trial in found}
        self.search.rejected = [rejected for rejected in self.search.rejected if rejected.text not in texts]
        return found

    async def _try(self, trials: Sequence[Trial]) -> list[Trial]:
        """Those that hold in their own file, the likely ones looked at first."""
        started = time.monotonic()
        good: list[Trial] = []
        for number, trial in enumerate(sorted(trials, key=lambda t: (-t.weight, t.candidate.size))):
            if number >= self.options.most_tried or self._enough(trial, good, time.monotonic() - started):
                break
            checked = await self._checked(trial)
            if checked is not None:
                good.append(checked)
        return good

    def _enough(self, trial: Trial, good: Sequence[Trial], spent: float) -> bool:
        if not good:
            if spent > self.options.seconds and self.search.state == "clean":
                self.search.state, self.search.reason = "partial", "the time was up before all candidates were checked"
            return spent > self.options.seconds
        best = max(map(score, good))
        return spent > self.options.enough_seconds or len(good) >= self.options.most_found or trial.weight < best / 4

    async def _trials(self, generators: Sequence[Generator], place: Place) -> list[Trial]:
        """What generators propose; one trial for what comes to the same text, and none for what was tried already."""
        for generator in generators:
            for candidate in await self._generated(generator, place):
                trial = self._trial(candidate, place)
                if trial is not None:
                    self.trials.setdefault((trial.file, trial.text), trial).agree(candidate)
        fresh = [trial for trial in self.trials.values() if not trial.tried]
        for trial in fresh:
            trial.tried = True
        return fresh

    async def _generated(self, generator: Generator, place: Place) -> list[Candidate]:
        try:
            found = await generator.generate(place)
        except SemanticError as error:
            self.search.reason = self.search.reason or f"{generator.name}: {error}"
            return []
        except Exception:
            # One generator that fails on a strange file must not cost the user the others' fixes.
            logger.exception("the generator %s failed on %s", generator.name, self.problem.id)
            if self.search.state == "clean":
                self.search.state = "partial"
                self.search.reason = f"one way to find fixes failed ({generator.name}); the log says how"
            return []
        allowed = [c for c in found if self._allowed(c)]
        self.search.held_back += [c for c in found if c.kind == "unsafe_fix" and not self.options.unsafe]
        return allowed

    def _allowed(self, candidate: Candidate) -> bool:
        if candidate.kind == "suppress":
            return self.options.suppress
        return candidate.kind != "unsafe_fix" or self.options.unsafe

    def _trial(self, candidate: Candidate, place: Place) -> Trial | None:
        overlay = self.workspace.overlay
        file = candidate.file or self.problem.file
        try:
            path = overlay.resolve(file)
            before = place.text if path == place.file else overlay.text(path)
            ending = line_ending(before)
            text = applied(before, [Edit(e.start, e.end, with_line_ending(e.text, ending)) for e in candidate.edits])
        except (SemanticError, ValueError) as error:
            logger.warning("a candidate of %s cannot be applied: %s", candidate.generator, error)
            return None
        return None if text == before else Trial(candidate, file, path, before, text)

    async def _checked(self, trial: Trial) -> Trial | None:
        """The trial when ty and ruff agree with it in its own file; tidied up when it is only untidy."""
        own = self.problem.file == trial.file
        old = self.before if own else await self.workspace.checker.both(trial.path)
        tidy, now, new = await tidied(self.workspace, trial, old)
        if now.unknown or old.unknown:
            self._reject(trial, f"could not be checked: {all_unknown([now, old])}")
            self.search.state, self.search.reason = "unknown", all_unknown([now, old])
            return None
        if new:
            # What is meant is known, and shows another problem behind this one: a guess would only hide both.
            if trial.weight >= SURE and own and self._gone(now, tidy, own=own):
                self.behind.append((tidy, new))
            self._reject(trial, causes(new), new)
            return None
        after = (
            now
            if own
            else await self.workspace.checker.both(self.workspace.root / self.problem.file, tidy.state(self.workspace))
        )
        if not self._gone(after, trial, own=own):
            self._reject(trial, "does not remove the problem")
            return None
        # ty and ruff often report one mistake each in its way, at the same place.
        tidy.fixed = len(
            {(d.line, d.range["start"]["character"]) for d in new_in(self.before.problems, after.problems)}
        )
        tidy.hints = len(new_in(now.diagnostics, old.diagnostics)) - len(new_in(old.diagnostics, now.diagnostics))
        return tidy

    def _gone(self, after: Findings, trial: Trial, *, own: bool) -> bool:
        kind = self.problem.kind
        same = [d for d in after.problems if d.kind == kind]
        if len(same) >= sum(d.kind == kind for d in self.before.problems):
            return False
        if not own:
            return True
        return not stays(self.problem, after.problems, line_edits(trial.before, trial.text))

    def _reject(self, trial: Trial, why: str, new: Sequence[Diagnostic] = ()) -> None:
        self.search.reject(trial.candidate, why, trial.text, new)


def _is_naming(candidate: Candidate, before: str) -> bool:
    """Whether it is an import, a likely repair of what does not parse, or only writes other names."""
    if candidate.generator == "syntax":
        # Lines that move belong to another block: what is new then may be the edit's own.
        return all((edit.text + before[edit.start : edit.end]).strip() for edit in candidate.edits)
    if candidate.generator in ("import", "wrong import"):
        return True
    return candidate.generator in NAMING and all(_NAME.fullmatch(edit.text) for edit in candidate.edits)
