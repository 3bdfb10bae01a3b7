"""`punie-ls fix`: every problem of some paths, one after the other, each fix re-checked before the next."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from punie_agent.changed_lines import changed_lines
from punie_agent.fix_all import FixAllOptions, Lines, Observer, fix_all
from punie_agent.fix_files import Chosen, FileRules, choose_files
from punie_agent.fix_runs import FixRun
from punie_ls.cli.fix_progress import OnFile, progress_bar
from punie_ls.cli.fix_reports import Report, render, summary
from punie_ls.cli.fix_verb import Format
from punie_ls.cli.output import print_error
from punie_semantic.exceptions import SemanticError
from punie_semantic.workspace import Workspace


@dataclass(frozen=True)
class FixCommand:
    """The command's arguments, as `fix_verb` describes them."""

    paths: list[Path]
    workspace: Path
    apply: bool
    check: bool
    select: frozenset[str]
    ignore: frozenset[str]
    unsafe_fixes: bool
    suppress: bool
    tests: bool
    confidence: float
    changed: bool
    changed_lines: bool
    since: str
    generated: bool
    max_size: int
    seconds: float | None
    most: int | None
    form: Format
    output: Path | None
    diff: bool
    quiet: bool
    progress: bool
    record: bool

    @property
    def apart(self) -> bool:
        """Whether each fix is looked for on the files as they are: reports of problems are about those."""
        return self.check or (self.form in ("sarif", "github", "gitlab") and not self.apply)


async def fix_paths(command: FixCommand) -> int:
    """Fix and report. Gives the exit status: 0 nothing left, 1 problems left, 2 error or unknown."""
    with _ended_by_signals():
        try:
            report = await _run(command)
            _print(command, report)
        except (SemanticError, OSError) as error:
            print_error(str(error))
            return 2
        except asyncio.CancelledError:
            _go_on()
            print_error("Stopped before anything was checked; nothing was written.")
            return 2
    return report.run.status


async def _run(command: FixCommand) -> Report:
    async with Workspace.open(command.workspace) as workspace:
        chosen, lines = await _chosen(command, workspace)
        run = FixRun(skipped=chosen.skipped)
        options = FixAllOptions(
            select=command.select,
            ignore=command.ignore,
            unsafe_fixes=command.unsafe_fixes,
            suppress=command.suppress,
            tests=command.tests,
            sure=command.confidence,
            lines=lines,
            apart=command.apart,
            write=command.apply,
            seconds=command.seconds,
            most=command.most,
        )
        with progress_bar(enabled=command.progress and not command.quiet) as (on_file, on_problem):
            async with _watched(command, workspace, on_file, on_problem) as observer:
                try:
                    await fix_all(workspace, chosen.files, options, run, observer)
                except asyncio.CancelledError:
                    _go_on()
        diffs = run.written if command.apply else [(c.file, c.diff) for c in workspace.overlay.changes()]
        return Report(run, diffs, workspace.root, applied=command.apply, apart=command.apart)


async def _chosen(command: FixCommand, workspace: Workspace) -> tuple[Chosen, Lines | None]:
    """The files to look at, and the lines in them if only some are meant."""
    rules = FileRules(command.max_size, command.generated)
    listed = any(str(path) == "-" for path in command.paths)
    paths = [path.absolute() for path in command.paths if str(path) != "-"]
    if listed:
        paths += [path.absolute() for path in _from_stdin()]
        if not paths:
            return Chosen(), None
    if not command.changed:
        return choose_files(workspace, paths, rules, missing=listed), None
    changed = await changed_lines(workspace.root, command.since)
    below = [Path(os.path.normpath(path)) for path in paths]
    wanted = [path for path in changed if not below or any(path.is_relative_to(each) for each in below)]
    chosen = choose_files(workspace, wanted, rules, missing=True) if wanted else Chosen()
    return chosen, changed if command.changed_lines else None


def _from_stdin() -> list[Path]:
    """A list of files, one a line, or with NUL between them."""
    data = sys.stdin.buffer.read()
    names = data.split(b"\0") if b"\0" in data else data.splitlines()
    return [Path(os.fsdecode(name)) for name in names if name.strip()]


@asynccontextmanager
async def _watched(
    command: FixCommand, workspace: Workspace, on_file: OnFile, on_problem: OnFile
) -> AsyncGenerator[Observer]:
    """Who watches the run: the progress bar, and the store of sessions unless nothing is to be written."""
    if command.check or not command.record:
        yield Observer(on_file, on_problem)
        return
    from punie_agent.fix_recorder import FixRecorder  # the store takes long to import

    recorder = FixRecorder(workspace.settings.store, workspace.root, "command_line", print_error)
    try:
        yield Observer(on_file, on_problem, recorder.keep, recorder.source())
    finally:
        await recorder.close()


def _print(command: FixCommand, report: Report) -> None:
    text = render(command.form, report, diff=command.diff or not command.apply)
    if command.output is not None:
        command.output.write_text(text, encoding="utf-8", newline="")
    elif command.form == "text":
        sys.stdout.write(text)
    else:
        sys.stdout.buffer.write(text.encode())
    for reason in report.problems:
        print_error(reason)
    if not command.quiet:
        (sys.stdout if command.form == "text" and command.output is None else sys.stderr).write(summary(report))


@contextlib.contextmanager
def _ended_by_signals() -> Generator[None]:
    """SIGTERM ends the run as Ctrl-C does: what is done is kept, and it is said how far it came."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.remove_signal_handler(signal.SIGTERM)


def _go_on() -> None:
    """After a cancellation: what is left to do is to tell."""
    task = asyncio.current_task()
    assert task is not None
    while task.uncancel():
        pass
