"""Fixing: one problem, a file, the workspace, a failing test. Each fix is re-checked before it counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from punie_ls.server.applying import Applied, apply
from punie_ls.server.commands.arguments import FixAllArguments, FixTestArguments, convert
from punie_ls.server.commands.prompts import fix_test
from punie_ls.server.commands.result import Result
from punie_ls.server.computing import computed_fix
from punie_ls.server.places import place_of, project_of
from punie_ls.server.problems import FIX_COMMAND
from punie_ls.server.progress import work_done_progress
from punie_ls.server.proposals import propose

if TYPE_CHECKING:
    from punie_agent.fix_all import Observer
    from punie_agent.fix_recorder import FixRecorder
    from punie_agent.fix_runs import FixRun
    from punie_ls.server.commands.table import Call
    from punie_ls.server.project import Project
    from punie_ls.server.running import Job
    from punie_ls.server.server import PunieServer
    from punie_semantic.workspace import Workspace


async def fix(server: PunieServer, call: Call, given: Sequence[Any]) -> Result:
    """Fix one problem, as a code action carries it, or a failing test."""
    if len(given) != 1 or not isinstance(given[0], dict):
        raise JsonRpcInvalidParams(f"{FIX_COMMAND} takes one object: uri, version and problem; or testId.")
    if "testId" in given[0]:
        return await fix_test(server, call, convert(FIX_COMMAND, given, FixTestArguments))
    computed = await computed_fix(server, given[0], call.token)
    outcome = computed.outcome
    applied, sentence = False, outcome.sentence
    if outcome.fixed:
        done = await apply(server, computed.project, outcome.changes, f"Fix with Punie: {outcome.request.code}")
        applied = done.applied
        if not applied:
            server.say(done.sentence, types.MessageType.Warning)
    if computed.message:
        server.say(computed.message)
    return Result(applied, sentence)


async def fix_file(server: PunieServer, call: Call, arguments: FixAllArguments) -> Result:
    """Fix what can be fixed in one file."""
    place = place_of(server, call.command, arguments.uri)
    path = place.project.root / place.path.relative_to(place.project.folder)
    return await _fix_paths(server, call, place.project, [path], f"Fix {place.file} with Punie", arguments)


async def fix_workspace(server: PunieServer, call: Call, arguments: FixAllArguments) -> Result:
    """Fix what can be fixed in the whole project of a document."""
    project = project_of(server, call.command, arguments.uri)
    return await _fix_paths(server, call, project, [], f"Fix {project.root.name} with Punie", arguments)


async def _fix_paths(
    server: PunieServer, call: Call, project: Project, paths: Sequence[Path], title: str, arguments: FixAllArguments
) -> Result:
    with server.jobs.running(title) as job:
        recorder = await project.recorder()
        source = recorder.source()
        async with project.unstored(title) as session:
            job.session = session.id
            watch = partial(import_module("punie_agent.fix_all").Observer, keep=recorder.keep, source=source)
            run, stopped = await _run(server, call, session.workspace, paths, job, arguments, watch)
            changes = session.workspace.overlay.changes()
        offered = _sentence(run, len(changes), "can be fixed" if changes else "fixed", stopped=stopped)
        job.doing = "Waiting for you"
        applied, sentence = False, offered
        if changes:
            done = await propose(server, project, changes, title, arguments.apply, offered)
            made = _sentence(run, len(changes), "fixed", stopped=stopped)
            applied, sentence = done.applied, f"{made if done.applied else offered} {done.sentence}"
            await _decided(recorder, source.run, done)
        server.say(sentence)
        return Result(applied, sentence)


async def _run(
    server: PunieServer,
    call: Call,
    workspace: Workspace,
    paths: Sequence[Path],
    job: Job,
    arguments: FixAllArguments,
    watch: Callable[..., Observer],
) -> tuple[FixRun, bool]:
    """The run, and whether it was cancelled: then it holds what was re-checked until then."""
    fixing = import_module("punie_agent.fix_all")
    run = import_module("punie_agent.fix_runs").FixRun()
    options = fixing.FixAllOptions(select=frozenset(arguments.select), unsafe_fixes=arguments.unsafe)
    async with work_done_progress(server, job.title, call.token, counted=True) as report:

        def on_file(run: FixRun, file: str) -> None:
            verb = "Checking " if run.phase == "checking" else ""
            job.doing = f"{verb}{run.done + 1}/{run.files} {file}"
            report(job.doing, _percentage(run))

        def on_problem(run: FixRun, doing: str) -> None:
            report(f"{job.doing}: {doing}", _percentage(run))

        try:
            chosen = import_module("punie_agent.fix_files").choose_files(workspace, paths)
            run.skipped += chosen.skipped
            observer = watch(on_file=on_file, on_problem=on_problem)
            await fixing.fix_all(workspace, chosen.files, options, run, observer)
        except asyncio.CancelledError:
            # The user has enough; what is fixed so far is theirs all the same.
            if server.closing or not run.fixed:
                raise
            task = asyncio.current_task()
            assert task is not None
            task.uncancel()
            return run, True
    return run, False


def _percentage(run: FixRun) -> int:
    """Counting what there is to do is a tenth of the work."""
    part = run.done / max(run.files, 1)
    return int(10 * part) if run.phase == "checking" else int(10 + 90 * part)


async def _decided(recorder: FixRecorder, run: str, done: Applied) -> None:
    """Keep what the user said to the fixes of a run."""
    if done.applied:
        await recorder.decide(run, "applied", done.transaction)
    elif done.rejected:
        await recorder.decide(run, "rejected")


def _sentence(run: FixRun, edited: int, verb: str, *, stopped: bool) -> str:
    if not run.files:
        return "There are no Python files here; nothing was checked."
    parts = [f"{_count(len(run.fixed), 'problem')} {verb}" + (f" in {_count(edited, 'file')}" if edited else "")]
    if run.left:
        first = run.left[0]
        parts.append(f"{len(run.left)} left (the first in {first.problem.file}: {first.sentence.rstrip('.')})")
    if run.unknown:
        parts.append(f"{_count(len(run.unknown), 'file')} could not be checked ({run.unknown[0]})")
    if stopped:
        parts.append(f"stopped after {run.done} of {_count(run.files, 'file')}")
    return "; ".join(parts) + "."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
