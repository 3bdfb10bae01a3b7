"""The problems of one file, one after the other: after each fix the file is looked at again."""

from __future__ import annotations

import ast
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from punie_agent.fix_order import SYNTAX, Key, by_urgency, keys
from punie_agent.fix_runs import Fix, ProblemOutcome, told
from punie_agent.fix_traces import FixTrace, TraceSource, traced, traced_bulk
from punie_agent.fix_wanted import Moved, Wanted, touches
from punie_semantic.affected_tests import compare_tests
from punie_semantic.checking import Findings, all_unknown
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.disk import refuse_read_only
from punie_semantic.exceptions import EditError, PathError, SemanticError, ToolUnavailable
from punie_semantic.fixing.generators.table import GENERATORS
from punie_semantic.fixing.outcome import FixOptions, FixSearch, FoundFix
from punie_semantic.fixing.search import find_fixes
from punie_semantic.layout import take_form
from punie_semantic.paths import relative
from punie_semantic.results import VerificationReport
from punie_semantic.ruff_rewrite import fixed
from punie_semantic.text_edits import lsp_edits
from punie_semantic.verify import verify, with_tests
from punie_semantic.workspace import Workspace

LEAST_FOR_BULK = 8
SURE = 0.7
# What was asked for by name need not be as likely.
_SURE_OF = {"fix": 1.0, "import": 1.0, "unsafe_fix": 0.4, "suppress": 0.0}


@dataclass(frozen=True)
class FileOptions:
    """How the problems of a file are fixed.

    Attributes:
        wanted: of which codes.
        lines: only in these lines of the text at the beginning, 0-based; None for all.
        search: how far to search for each.
        sure: the least score of a fix that nobody looks at before it is made.
        apart: each fix is looked for on the text as it is, and none is made.
        bulk: whether many safe fixes of ruff may be made and checked together.
        disk: whether places are told in the text as it is left; else in that of the beginning.
    """

    wanted: Wanted = field(default_factory=Wanted)
    lines: tuple[range, ...] | None = None
    search: FixOptions = field(default_factory=FixOptions)
    sure: float = SURE
    apart: bool = False
    bulk: bool = True
    disk: bool = False


@dataclass
class FileOutcome:
    """What came of the problems of a file."""

    fixed: list[ProblemOutcome] = field(default_factory=list)
    left: list[ProblemOutcome] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    traces: list[FixTrace] = field(default_factory=list)

    def not_written(self, why: str) -> FileOutcome:
        """The same when its fixes could not be written: all problems are left."""
        back = [replace(outcome, sentence=why, fix=None) for outcome in self.fixed]
        return FileOutcome([], sorted([*back, *self.left], key=_place), self.unknown, self.traces)


class FileFixer:
    """One file of a run. May be stopped at any await; `outcome` then tells what holds.

    Args:
        workspace: its overlay gets the fixes.
        path: the file.
        options: which problems, and how.
        source: what the traces say of who asked.
        is_late: says why it is time to stop; empty when it is not.
        doing: told what is being done.

    Attributes:
        late: what `is_late` said, when that ended it.
    """

    def __init__(
        self,
        workspace: Workspace,
        path: Path,
        options: FileOptions,
        source: TraceSource,
        is_late: Callable[[], str] = lambda: "",
        doing: Callable[[str], None] = lambda words: None,
    ) -> None:
        self.path = path
        self.file = relative(workspace.root, path)
        self._workspace = workspace
        self._options = options
        self._source = source
        self._is_late = is_late
        self.late = ""
        self._doing = doing
        self._original = ""
        self._last: Findings = Findings(())
        self._declined: dict[Key, ProblemOutcome] = {}
        self._outcome = FileOutcome()
        self._stopped = ""
        self._moved = Moved("", "")
        self._bulk = options.bulk and options.lines is None and not options.apart

    @property
    def made(self) -> int:
        """How many fixes were made."""
        return len(self._outcome.fixed)

    def stop(self, why: str) -> None:
        """Say why it was left in the middle."""
        self._stopped = self._stopped or why

    async def fix(self) -> None:
        """Fix what can be fixed."""
        overlay = self._workspace.overlay
        try:
            self._original = overlay.text(self.path)
        except SemanticError as error:
            self._outcome.unknown.append(str(error))
            return
        self._moved = Moved(self._original, self._original)
        while not self._stopped:
            self._last = await self._workspace.checker.both(self.path)
            if self._last.unknown:
                self._outcome.unknown.append(all_unknown([self._last]))
                return
            if refused := self._refused():
                self.stop(refused)
                return
            todo = self._todo()
            if self._bulk and len(todo) >= LEAST_FOR_BULK and all(p.tool == "ruff" for p in todo):
                self._bulk = False
                if await self._fix_in_bulk(todo):
                    continue
            if not await self._fix_one_of(todo):
                return

    def outcome(self) -> FileOutcome:
        """What came of it, the problems sorted by place."""
        text = self._text()
        moved = Moved(text, text if self._options.disk else self._original)
        why = self._why_not_tried(text)
        left = []
        for key, problem in zip(keys(self._last.problems), self._last.problems, strict=True):
            if self._wanted(problem):
                sentence = f"Not tried: {why}." if why else ""
                known = self._declined.get(key) or ProblemOutcome(problem.problem(), sentence)
                source = moved.source(problem.line + 1)
                left.append(replace(known, problem=moved.problem(problem.problem()), source=source))
        made = self._outcome
        return FileOutcome(sorted(made.fixed, key=_place), sorted(left, key=_place), made.unknown, made.traces)

    async def _fix_one_of(self, todo: Sequence[Diagnostic]) -> bool:
        """Try problems until one is fixed: then the others may look different. False when there is nothing to do."""
        names = dict(zip(map(id, self._last.problems), keys(self._last.problems), strict=True))
        text = self._text()
        for problem in todo:
            if late := self._is_late():
                self.late = late
                self.stop(late)
                return False
            self._doing(f"{problem.code} in line {problem.line + 1}")
            generators = (*GENERATORS, *self._workspace.suggesters)
            search = await find_fixes(self._workspace, problem, self._options.search, generators)
            self._trace(search, problem, text)
            if search.found and self._is_sure(search.found[0]) and not self._options.apart:
                self._make(problem, search.found[0], text)
                return True
            self._declined[names[id(problem)]] = self._result(problem, search, text)
        return False

    def _make(self, problem: Diagnostic, found: FoundFix, text: str) -> None:
        overlay = self._workspace.overlay
        overlay.write(overlay.resolve(found.file), found.text)
        fix = Fix(found.candidate.title, found.candidate.kind, found.why, found.file)
        # The checks count how many of a kind are gone, not which: the target is one of them.
        others = [p for p in found.report.fixed if p.file == self.file and self._options.wanted(p.tool, p.code)]
        same = next((p for p in others if (p.tool, p.code, p.message) == _kind(problem)), None)
        with_it = f"Gone with the fix of {problem.code} in line {problem.line + 1}."
        outcomes = [ProblemOutcome(problem.problem(), f"Fixed {problem.code}: {fix.title}.", fix)]
        outcomes += [ProblemOutcome(other, with_it) for other in others if other is not same]
        self._fixed(outcomes, text)

    def _is_sure(self, found: FoundFix) -> bool:
        return found.score >= self._options.sure * _SURE_OF[found.candidate.kind]

    def _fixed(self, outcomes: Sequence[ProblemOutcome], text: str) -> None:
        moved = Moved(text, self._original)
        for outcome in outcomes:
            problem, source = moved.problem(outcome.problem), moved.source(outcome.problem.line)
            self._outcome.fixed.append(replace(outcome, problem=problem, source=source))

    def _result(self, problem: Diagnostic, search: FixSearch, text: str) -> ProblemOutcome:
        """What is left, perhaps with a fix that was not to be made."""
        if not search.found:
            return ProblemOutcome(problem.problem(), told(problem, search))
        found = search.found[0]
        if not self._is_sure(found):
            doubt = f"Not sure enough of “{found.candidate.title}” ({found.score:.2f}; --confidence makes it be taken)."
            return ProblemOutcome(problem.problem(), doubt)
        overlay = self._workspace.overlay
        before = text if found.file == self.file else overlay.text(overlay.resolve(found.file))
        edits = tuple(lsp_edits(before, found.text))
        fix = Fix(found.candidate.title, found.candidate.kind, found.why, found.file, edits)
        return ProblemOutcome(problem.problem(), f"Can be fixed: {fix.title}.", fix)

    async def _fix_in_bulk(self, todo: Sequence[Diagnostic]) -> bool:
        """All safe fixes of ruff at once, kept when together they re-check clean; False when they were not."""
        safe = [p for p in todo if p.fix is not None and p.fix.applicability == "safe"]
        if len(safe) < LEAST_FOR_BULK:
            return False
        started = time.monotonic()
        text, root = self._text(), self._workspace.root
        self._doing(f"{len(safe)} safe fixes of ruff")
        try:
            rewritten = await fixed(root, self.path, text, sorted({p.code for p in safe}))
        except (EditError, ToolUnavailable):
            return False
        report = await self._checked(take_form(text, rewritten))
        if report is None:
            return False
        gone = {problem.id for problem in report.fixed}
        mended = [problem for problem in safe if problem.id in gone]
        seconds = (time.monotonic() - started) / max(len(mended), 1)
        self._outcome.traces += [
            traced_bulk(problem, text, self._source, report.files_checked, seconds) for problem in mended
        ]
        self._fixed([_in_bulk(problem) for problem in mended], text)
        return True

    async def _checked(self, text: str) -> VerificationReport | None:
        """Put a text into the overlay if it re-checks clean and mends something."""
        overlay = self._workspace.overlay
        number = overlay.checkpoint()
        kept = False
        try:
            overlay.write(self.path, text)
            since = overlay.checkpoint_state(number)
            workspace = self._workspace
            report = await verify(workspace.checker, workspace.files, since)
            if self._options.search.tests == "all" and report.state == "clean":
                files, interpreter, settings = workspace.files, workspace.interpreter, workspace.settings
                report = with_tests(report, await compare_tests(files, overlay, interpreter, since, settings))
            kept = report.state == "clean" and bool(report.fixed)
        except SemanticError:
            return None
        finally:
            if not kept:
                overlay.rollback(number)
        return report if kept else None

    def _todo(self) -> list[Diagnostic]:
        """The problems that were not tried yet, the most urgent first; in a file that does not parse, only why."""
        problems = self._last.problems
        names = keys(problems)
        todo = [p for p, key in zip(problems, names, strict=True) if key not in self._declined and self._wanted(p)]
        if _broken(problems, self._text()) is not None:
            todo = [problem for problem in todo if problem.code == SYNTAX]
        return sorted(todo, key=by_urgency)

    def _wanted(self, problem: Diagnostic) -> bool:
        if not self._options.wanted(problem.tool, problem.code):
            return False
        if self._options.lines is None:
            return True
        first = self._back.line(problem.line)
        # A line that is not in the old text is one of those that were fixed here.
        return first is None or touches(problem, self._options.lines, first)

    @property
    def _back(self) -> Moved:
        """From the present text to that of the beginning."""
        text = self._text()
        if self._moved.text != text:
            self._moved = Moved(text, self._original)
        return self._moved

    def _refused(self) -> str:
        """Why the file is not edited at all; empty when it may be."""
        if self._options.apart or self._workspace.overlay.buffer(self.path) is not None:
            return ""
        try:
            refuse_read_only(self.path, self.file)
        except PathError:
            return "the file is read-only"
        return ""

    def _why_not_tried(self, text: str) -> str:
        broken = _broken(self._last.problems, text)
        if self._stopped or broken is None:
            return self._stopped
        return f"line {broken + 1} has a syntax error, which must be mended first"

    def _trace(self, search: FixSearch, problem: Diagnostic, text: str) -> None:
        if search.found or search.rejected:  # without a candidate there is nothing to learn from
            choice = None if search.found and self._is_sure(search.found[0]) else ""
            self._outcome.traces.append(traced(search, problem, text, self._source, choice=choice))

    def _text(self) -> str:
        try:
            return self._workspace.overlay.text(self.path)
        except SemanticError:
            return self._original


def _in_bulk(problem: Diagnostic) -> ProblemOutcome:
    title = problem.fix.title if problem.fix else problem.message
    fix = Fix(title, "fix", "one of ruff's safe fixes, made together", problem.file)
    return ProblemOutcome(problem.problem(), f"Fixed {problem.code}: {title}.", fix)


def _broken(problems: Sequence[Diagnostic], text: str) -> int | None:
    """The line of the first syntax error of a text that does not parse, 0-based; None for a text that does."""
    lines = [problem.line for problem in problems if problem.code == SYNTAX]
    if not lines:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return min(lines)
    return None


def _kind(problem: Diagnostic) -> tuple[str, str, str]:
    return problem.tool, problem.code, problem.message


def _place(outcome: ProblemOutcome) -> tuple[int, int]:
    return outcome.problem.line, outcome.problem.column
