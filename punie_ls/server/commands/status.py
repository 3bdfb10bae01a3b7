"""`punie.status` and `punie.stop`: what there is, what runs, and ending it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from punie_ls import __version__
from punie_ls.server.commands.arguments import StatusArguments, StopArguments
from punie_ls.server.commands.result import Result
from punie_ls.server.places import project_of
from punie_ls.server.running import Job
from punie_ls.server.state import state_of

if TYPE_CHECKING:
    from punie_agent.sessions import SessionManager
    from punie_ls.server.commands.table import Call
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer


async def status(server: PunieServer, call: Call, arguments: StatusArguments) -> Result:
    """What answers, what is open and what runs, as a document or as JSON. It waits for nothing."""
    project = project_of(server, call.command, arguments.uri)
    project.warm()
    jobs = server.jobs.all()
    sentence = f"{len(jobs)} running." if jobs else "Nothing is running."
    if arguments.format == "json":
        return Result(False, sentence, data=state_of(server, project))
    lines = [f"# Punie {__version__}", "", "| what | now |", "|---|---|"]
    lines += [f"| {name} | {_cell(value)} |" for name, value in await _rows(server, project)]
    lines += ["", "## Running", ""]
    lines += [_told(job) for job in jobs] or ["Nothing."]
    failing = server.tests.failing(project)
    if failing:
        lines += ["", "## Tests that failed when they ran last", "", *(f"- `{test_id}`" for test_id in failing)]
    text = "\n".join(lines) + "\n"
    uri = server.answers.write("status", "Status", text)
    await server.answers.show(uri, sentence)
    return Result(False, sentence, text, uri)


async def _rows(server: PunieServer, project: Project) -> list[tuple[str, str]]:
    rows = [("project", f"`{project.root}`")]
    if manager := project.opened:
        rows += _agent(project, manager)
    else:
        rows.append(("agent", "starting"))
    ty, ruff = await asyncio.gather(server.reported.state_of("ty"), server.reported.state_of("ruff"))
    return [*rows, ("ty (the editor's)", ty), ("ruff (the editor's)", ruff)]


def _agent(project: Project, manager: SessionManager) -> list[tuple[str, str]]:
    found, python = manager.status(), manager.workspace.interpreter
    length = f", {found.context_length:,} tokens of context" if found.context_length else ""
    rows = [
        ("python", f"{python.sys_prefix} ({python.source})"),
        ("model", f"{found.model}{length}" if found.model else f"{manager.workspace.settings.model} (not asked yet)"),
        ("sessions are kept in", found.store or "nowhere"),
    ]
    session = manager.get(project.current)
    if session is not None:
        rows.append(("session", f"{session.title} (`{session.id}`)"))
        budget = manager.workspace.settings.budget
        if (used := session.usage) is not None:
            tokens = used.input_tokens + used.output_tokens
            most = f" of {budget.tokens:,}" if budget.tokens is not None else ""
            rows.append(
                ("last turn", f"{used.requests} requests, {tokens:,}{most} tokens, {used.tool_calls} tool calls")
            )
    return rows + [("problem", problem) for problem in found.problems]


def _cell(value: str) -> str:
    return value.replace("|", "\\|").replace("\n", " ")


def _told(job: Job) -> str:
    seconds = int(time.monotonic() - job.started)
    session = f", session `{job.session}`" if job.session else ""
    doing = f": {job.doing}" if job.doing else ""
    return f"- {job.title} ({seconds} s{session}){doing}"


async def stop(server: PunieServer, call: Call, arguments: StopArguments) -> Result:
    """Cancel what runs; what was done so far is kept in its session."""
    stopped = server.jobs.stop(arguments.session)
    if not stopped:
        what = f"session {arguments.session}" if arguments.session else "Punie"
        sentence = f"Nothing of {what} is running."
    else:
        sentence = f"Stopped: {', '.join(job.title for job in stopped)}."
    server.say(sentence)
    return Result(False, sentence)
