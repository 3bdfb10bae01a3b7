"""Every problem of some files, one after the other, each fix re-checked before the next.

What is fixed so far stays, also when the run is cancelled in the middle: in the overlay, or file by file on disk.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from punie_agent.fix_file import SURE, FileFixer, FileOptions, FileOutcome
from punie_agent.fix_files import Skipped
from punie_agent.fix_order import in_import_order
from punie_agent.fix_runs import FixRun, ProblemOutcome
from punie_agent.fix_traces import FixTrace, TraceSource, new_run
from punie_agent.fix_wanted import Wanted, touches
from punie_semantic.checking import all_unknown
from punie_semantic.entries import Head
from punie_semantic.exceptions import SemanticError
from punie_semantic.fixing.outcome import FixOptions
from punie_semantic.paths import relative
from punie_semantic.workspace import Workspace

BATCH = 64
SECONDS_FOR_ONE = 5.0
MOST_FOUND = 2

Lines = Mapping[Path, tuple[range, ...]]


@dataclass(frozen=True)
class FixAllOptions:
    """Which problems to fix, and how.

    Attributes:
        select: only codes that are one of these; of ruff's, also those that begin with one.
        ignore: not these.
        unsafe_fixes: also what ruff calls unsafe, or what may change what the program does.
        suppress: also comments that hide a problem, when nothing else holds.
        tests: whether a fix must not make any test fail that it can affect; the project's code is run for it.
        sure: the least score, from 0 to 1, of a fix that is made without anybody looking at it.
        lines: only problems in these lines (0-based, of the files as they are at the beginning); None for all.
        apart: each fix is looked for on the files as they are, and none is made.
        write: each file is written when it is finished, as one transaction.
        seconds: when to stop.
        most: how many fixes to make at most.
    """

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    unsafe_fixes: bool = False
    suppress: bool = False
    tests: bool = False
    sure: float = SURE
    lines: Lines | None = None
    apart: bool = False
    write: bool = False
    seconds: float | None = None
    most: int | None = None


async def _keep_nothing(traces: Sequence[FixTrace]) -> None:
    """Nobody wants them."""


@dataclass(frozen=True)
class Observer:
    """Who watches a run.

    Attributes:
        on_file: called before each file.
        on_problem: called before each problem, with a few words about it.
        keep: gets the traces of a file when it is finished.
        source: what the traces say of who asked.
    """

    on_file: Callable[[FixRun, str], None] = lambda run, file: None
    on_problem: Callable[[FixRun, str], None] = lambda run, doing: None
    keep: Callable[[Sequence[FixTrace]], Awaitable[None]] = _keep_nothing
    source: TraceSource = field(default_factory=lambda: TraceSource(new_run(), "editor", ""))


async def fix_all(
    workspace: Workspace,
    files: Sequence[Path],
    options: FixAllOptions,
    run: FixRun,
    observer: Observer | None = None,
) -> None:
    """Fix the problems of files: what others import first. `run` tells at any time how far it is.

    Raises SemanticError. When it is cancelled, `run` holds what is kept, and the rest as left.
    """
    run.files = len(files)
    work = _Work(workspace, await in_import_order(workspace, files), options, run, observer or Observer())
    try:
        await work.count()
        await work.fix()
    except asyncio.CancelledError:
        # What is on its way to the disk gets there; the user is told how far it came.
        await asyncio.shield(work.end("stopped"))
        raise


class _Work:
    """One run. `count` comes first, so that whatever ends it, it is known what is left."""

    def __init__(
        self, workspace: Workspace, files: Sequence[Path], options: FixAllOptions, run: FixRun, observer: Observer
    ) -> None:
        self.workspace = workspace
        self.files = files
        self.options = options
        self.run = run
        self.observer = observer
        self.started = time.monotonic()
        self.waiting: dict[Path, list[ProblemOutcome] | int] = {}
        self.present: FileFixer | None = None
        self.finishing: asyncio.Task[None] | None = None
        self.wanted = Wanted(options.select, options.ignore)
        self.lines = options.lines

    async def count(self) -> None:
        """Look at all files: what there is to do."""
        checker = self.workspace.checker
        problems = 0
        for start in range(0, len(self.files), BATCH):
            batch = self.files[start : start + BATCH]
            if self._late():
                break
            await checker.prefetch_ruff(batch)
            await checker.prefetch(batch, self.workspace.overlay.state)
            for path in batch:
                self.observer.on_file(self.run, relative(self.workspace.root, path))
                problems += await self._count(path)
                self.run.done += 1
        unchecked = len(self.files) - self.run.done
        if unchecked:
            self.run.stopped = self._late()
            self.run.unknown.append(f"{unchecked} of {len(self.files)} files were not checked: {self.run.stopped}.")
        self.run.phase, self.run.done, self.run.problems = "fixing", 0, problems

    async def _count(self, path: Path) -> int:
        name = relative(self.workspace.root, path)
        if not self.workspace.overlay.exists(path):
            self.run.skipped.append(Skipped(name, "was deleted meanwhile"))
            return 0
        findings = await self.workspace.checker.both(path)
        if findings.unknown:
            self.run.unknown.append(f"{name}: {all_unknown([findings])}")
            return 0
        lines = self._lines(path)
        found = [p for p in findings.problems if self.wanted(p.tool, p.code) and touches(p, lines)]
        room = self.run.left.room - sum(len(w) for w in self.waiting.values() if not isinstance(w, int))
        self.waiting[path] = (
            [ProblemOutcome(problem.problem(), "") for problem in found] if len(found) <= room else len(found)
        )
        return len(found)

    async def fix(self) -> None:
        """Fix file by file."""
        for path in self.files:
            self.observer.on_file(self.run, relative(self.workspace.root, path))
            if self.waiting.get(path):
                if late := self._late():
                    await self.end(late)
                    return
                await self._fix_file(path)
            self.waiting.pop(path, None)
            if self.run.stopped:
                await self.end(self.run.stopped)
                return
            self.run.done += 1

    async def _fix_file(self, path: Path) -> None:
        if not self.workspace.overlay.exists(path):
            self.run.skipped.append(Skipped(relative(self.workspace.root, path), "was deleted meanwhile"))
            return
        search = FixOptions(
            unsafe=self.options.unsafe_fixes,
            suppress=self.options.suppress,
            tests="all" if self.options.tests else "none",
            most_found=MOST_FOUND,
            seconds=SECONDS_FOR_ONE,
        )
        options = FileOptions(
            wanted=self.wanted,
            lines=self._lines(path),
            search=search,
            sure=self.options.sure,
            apart=self.options.apart,
            bulk=self.options.most is None,
            disk=self.options.write,
        )
        self.present = FileFixer(
            self.workspace,
            path,
            options,
            self.observer.source,
            self._late,
            lambda words: self.observer.on_problem(self.run, words),
        )
        await self.present.fix()
        self.run.stopped = self.run.stopped or self.present.late
        await self._finished()
        self.waiting.pop(path, None)

    async def _finished(self) -> None:
        """Finish the present file, once and to the end, whoever is cancelled meanwhile."""
        if self.finishing is None and self.present is not None:
            self.finishing = asyncio.create_task(self._finish(self.present))
        if self.finishing is not None:
            await asyncio.shield(self.finishing)
        self.present = self.finishing = None

    async def _finish(self, fixer: FileFixer) -> None:
        """Write a file that is finished, as far as it came, and count it."""
        outcome = fixer.outcome()
        head, why = await self._write(fixer, outcome)
        if why:
            outcome = outcome.not_written(why)
            self.run.unknown.append(f"{fixer.file}: {why}")
        self.run.fixed.add(outcome.fixed)
        self.run.left.add(outcome.left)
        self.run.unknown += [f"{fixer.file}: {reason}" for reason in outcome.unknown]
        update = {} if head is None else {"decision": "applied", "decided": head.created, "transaction": head.id}
        await self.observer.keep(
            [trace.model_copy(update=update) if trace.outcome == "fixed" else trace for trace in outcome.traces]
        )

    async def _write(self, fixer: FileFixer, outcome: FileOutcome) -> tuple[Head | None, str]:
        """The transaction, and why there is none when there should be."""
        if not self.options.write or not outcome.fixed:
            return None, ""
        count = len(outcome.fixed)
        diffs = [(change.file, change.diff) for change in self.workspace.overlay.changes()]
        title = f"punie-ls fix: {count} problem{'' if count == 1 else 's'} in {fixer.file}"
        try:
            head = await self.workspace.commit(title)
        except (SemanticError, OSError) as error:
            await self.workspace.begin(self.workspace.overlay.buffers)
            return None, str(error)
        self.run.written += diffs
        return head, ""

    async def end(self, why: str) -> None:
        """End early: what is done is kept, and all the rest is left."""
        self.run.stopped = self.run.stopped or why
        if self.present is not None:
            self.present.stop(why)
            self.waiting.pop(self.present.path, None)
            await self._finished()
        if self.run.phase == "checking":
            unchecked = len(self.files) - self.run.done
            self.run.unknown.append(f"{unchecked} of {len(self.files)} files were not checked: {why}.")
        for waiting in self.waiting.values():
            if isinstance(waiting, int):
                self.run.left.add_uncounted_for(waiting)
            else:
                self.run.left.add([ProblemOutcome(o.problem, f"Not tried: {why}.", source=o.source) for o in waiting])
        self.waiting.clear()

    def _lines(self, path: Path) -> tuple[range, ...] | None:
        return None if self.options.lines is None else self.options.lines.get(path, ())

    def _late(self) -> str:
        """Why it is time to stop; empty when it is not."""
        seconds, most = self.options.seconds, self.options.most
        if seconds is not None and time.monotonic() - self.started > seconds:
            return f"the {seconds:g} seconds were over"
        made = self.run.fixed.count + (self.present.made if self.present else 0)
        if most is not None and made >= most:
            return f"{most} fix{' was' if most == 1 else 'es were'} made, and no more were wanted"
        return ""
