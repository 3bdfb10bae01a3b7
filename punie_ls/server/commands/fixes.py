"""Fixing: one problem, a file, the workspace, a failing test. Each fix is re-checked before it counts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcInvalidParams

from punie_ls.server.applying import apply, changed_in_editor
from punie_ls.server.commands.arguments import FixAllArguments, FixTestArguments, convert
from punie_ls.server.commands.prompts import fix_test
from punie_ls.server.commands.result import Result
from punie_ls.server.places import place_of, project_of
from punie_ls.server.problems import FIX_COMMAND, from_data
from punie_ls.server.progress import Report, work_done_progress
from punie_ls.server.proposals import propose
from punie_semantic.exceptions import SourceError
from punie_semantic.wire.uris import path_of

if TYPE_CHECKING:
    from punie_agent.fix_all import FixRun
    from punie_agent.fixing import FixOutcome
    from punie_agent.session import Session
    from punie_ls.server.commands.table import Call
    from punie_ls.server.project import Project
    from punie_ls.server.running import Job
    from punie_ls.server.server import PunieServer


async def fix(server: PunieServer, call: Call, given: Sequence[Any]) -> Result:
    """Fix one problem, as a code action carries it, or a failing test."""
    if len(given) != 1 or not isinstance(given[0], dict):
        raise JsonRpcInvalidParams(f"{FIX_COMMAND} takes one object: uri, version and problem; or testId.")
    if "testId" in given[0]:
        return await fix_test(server, call, convert(FIX_COMMAND, given, FixTestArguments))
    project, outcome = await computed_fix(server, given[0], call.token)
    applied, sentence = False, outcome.sentence
    if outcome.fixed:
        done = await apply(server, project, outcome.changes, f"Fix with Punie: {outcome.request.code}")
        applied = done.applied
        if not applied:
            server.say(done.sentence, types.MessageType.Warning)
    if outcome.unsafe or not outcome.fixed:
        server.say(outcome.sentence)
    return Result(applied, sentence)


async def computed_fix(
    server: PunieServer, data: Mapping[str, Any], token: int | str | None
) -> tuple[Project, FixOutcome]:
    """The fix of one problem. Raises JsonRpcInvalidParams or JsonRpcContentModified."""
    try:
        uri, problem, version = from_data(data)
        path = path_of(uri)
    except ValueError as error:
        raise JsonRpcInvalidParams(f"The fix needs uri and problem (tool, code, message, range): {error}") from error
    reason = server.projects.refusal(path) if path else "Punie edits only files on disk."
    if path is None or reason:
        raise JsonRpcInvalidParams(reason)
    if version is not None and version != server.documents.version(uri):
        raise JsonRpcContentModified("The document changed since the fix was offered. Ask again.")
    try:
        text = server.text(uri, path)
    except SourceError as error:
        raise JsonRpcInvalidParams(str(error)) from error
    project = server.projects.of(path)
    request = problem.request(path.relative_to(project.folder).as_posix(), text, server.documents.encoding)
    with server.jobs.running("Fix with Punie") as job:
        async with work_done_progress(server, "Fix with Punie", token) as report:
            outcome = await project.fix(request, _steps(job, report))
    if changed_in_editor(project, outcome.changes):
        raise JsonRpcContentModified("The document changed while the fix was computed. Ask again.")
    return project, outcome


def _steps(job: Job, report: Report) -> Any:  # noqa: ANN401 - takes an event
    def on_event(event: Any) -> None:  # noqa: ANN401 - the event union loads with the model stack
        if event.type == "tool_call_started":
            job.doing = event.title
            report(event.title)

    return on_event


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
        async with project.unstored(title) as session:
            job.session = session.id
            run, stopped = await _run(server, call, session, paths, job, arguments)
            changes = session.workspace.overlay.changes()
        sentence = _sentence(run, len(changes), stopped=stopped)
        job.doing = "Waiting for you"
        applied = False
        if changes:
            done = await propose(server, project, changes, title, arguments.apply, sentence)
            applied, sentence = done.applied, f"{sentence} {done.sentence}"
        server.say(sentence)
        return Result(applied, sentence)


async def _run(
    server: PunieServer,
    call: Call,
    session: Session,
    paths: Sequence[Path],
    job: Job,
    arguments: FixAllArguments,
) -> tuple[FixRun, bool]:
    """The run, and whether it was cancelled: then it holds what was re-checked until then."""
    fixing = import_module("punie_agent.fix_all")
    run = fixing.FixRun()
    options = fixing.FixAllOptions(frozenset(arguments.select), arguments.unsafe)
    async with work_done_progress(server, job.title, call.token, counted=True) as report:

        def on_file(run: FixRun, file: str) -> None:
            job.doing = f"{run.done + 1}/{run.files} {file}"
            report(job.doing, 100 * run.done // max(run.files, 1))

        def on_event(event: Any) -> None:  # noqa: ANN401 - the event union loads with the model stack
            if event.type == "tool_call_started":
                report(f"{job.doing}: {event.title}", 100 * run.done // max(run.files, 1))

        try:
            files = fixing.files_to_fix(session.workspace, paths)
            await fixing.fix_all(session, files, options, run, fixing.Observer(on_file, on_event))
        except asyncio.CancelledError:
            # The user has enough; what is fixed so far is theirs all the same.
            if server.closing or not run.fixed:
                raise
            task = asyncio.current_task()
            assert task is not None
            task.uncancel()
            return run, True
    return run, False


def _sentence(run: FixRun, edited: int, *, stopped: bool) -> str:
    if not run.files:
        return "There are no Python files here; nothing was checked."
    parts = [f"{_count(len(run.fixed), 'problem')} fixed" + (f" in {_count(edited, 'file')}" if edited else "")]
    if run.left:
        first = run.left[0]
        parts.append(f"{len(run.left)} left (the first in {first.request.file}: {first.sentence.rstrip('.')})")
    if run.unknown:
        parts.append(f"{_count(len(run.unknown), 'file')} could not be checked ({run.unknown[0]})")
    if stopped:
        parts.append(f"stopped after {run.done} of {_count(run.files, 'file')}")
    return "; ".join(parts) + "."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
