"""`punie.runCode`: a selection as a program in the sandbox, with Punie's tools."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from punie_ls.server.commands.arguments import RunCodeArguments
from punie_ls.server.commands.result import Result
from punie_ls.server.markdown import diffs, fenced, heading
from punie_ls.server.places import place_of
from punie_ls.server.progress import Report, work_done_progress
from punie_ls.server.proposals import propose

if TYPE_CHECKING:
    from punie_ls.server.commands.table import Call
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer
    from punie_semantic.overlay import FileChange
    from punie_semantic.workspace import Workspace

TITLE = "Run code with Punie"


@dataclass
class _Run:
    """What a program came to. `dropped` says why its edits are not offered."""

    output: str = ""
    value: Any = None
    error: str = ""
    dropped: str = ""
    changes: list[FileChange] = field(default_factory=list)


async def run_code(server: PunieServer, call: Call, arguments: RunCodeArguments) -> Result:
    """Run a program; show what it printed and its value; offer its edits."""
    project, code = _program(server, call, arguments)
    with server.jobs.running(TITLE) as job:
        async with work_done_progress(server, TITLE, call.token) as report:

            def tell(sentence: str, percentage: int | None = None) -> None:
                job.doing = sentence
                report(sentence, percentage)

            tell("Starting the sandbox…")

            async def work(workspace: Workspace) -> _Run:
                return await _run(workspace, code, tell)

            run = await project.in_turn(work)
        job.doing = "Waiting for you"
        return await _finish(server, project, code, run, arguments.apply)


def _program(server: PunieServer, call: Call, arguments: RunCodeArguments) -> tuple[Project, str]:
    if arguments.code is not None and arguments.uri is None:
        return server.usual_project(call.command), arguments.code
    place = place_of(server, call.command, arguments.uri, arguments.range)
    code = (
        arguments.code
        if arguments.code is not None
        else textwrap.dedent(_whole_lines(place.text, place.start, place.end))
    )
    if not code.strip():
        raise JsonRpcInvalidParams(f"{call.command} needs a program: select one, or pass its text as code.")
    return place.project, code


def _whole_lines(text: str, start: int, end: int) -> str:
    """A selection with the indentation of its first line, so that it can be dedented as a whole."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return (before if not before.strip() else "") + text[start:end]


async def _run(workspace: Workspace, code: str, tell: Report) -> _Run:
    runners = import_module("punie_agent.codemode.runner")
    tools = import_module("punie_agent.codemode.tools")
    errors = import_module("punie_agent.exceptions")
    registry = import_module("punie_semantic.registry")
    stubs = import_module("punie_semantic.stubs")
    verification = import_module("punie_semantic.verify")

    def on_event(event: Any) -> None:  # noqa: ANN401 - the event union loads with the model stack
        if event.type == "tool_call_started":
            tell(event.title)

    async with runners.open_runner(stubs.render_stubs(), registry.TOOLS) as runner:
        tell("Running the program…")
        try:
            done = await runner.run(code, tools.tool_caller(workspace, on_event))
        except errors.ProgramError as error:
            return _Run(error.output, error=str(error))
    run = _Run(done.output, done.value)
    changes = workspace.overlay.changes()
    if changes:
        tell(f"Re-checking {len(changes)} file{'' if len(changes) == 1 else 's'}")
        report = await verification.verify(workspace.checker, workspace.files, {})
        if report.state == "clean":
            run.changes = changes
        else:
            news = report.introduced[0] if report.introduced else None
            run.dropped = f"{news.file}:{news.line} {news.code} {news.message}" if news else report.reason
    return run


async def _finish(server: PunieServer, project: Project, code: str, run: _Run, answer: bool | None) -> Result:
    sentence = _sentence(run)
    page = _page(code, run, sentence)
    uri = server.answers.write("program", "Program", page)
    await server.answers.show(uri, sentence)
    if run.error or run.dropped:
        server.say(sentence.splitlines()[0], types.MessageType.Warning)
    if not run.changes:
        return Result(False, sentence, page, uri)
    done = await propose(server, project, run.changes, TITLE, answer)
    return Result(done.applied, f"{sentence} {done.sentence}", page, uri)


def _sentence(run: _Run) -> str:
    if run.error:
        last = [line for line in run.error.splitlines() if line.strip()][-1:] or ["it failed"]
        return f"The program failed: {last[0].strip()}"
    if run.dropped:
        return f"The program ran. Its edits were dropped because they do not re-check clean: {run.dropped.rstrip('.')}."
    return "The program ran."


def _page(code: str, run: _Run, sentence: str) -> str:
    parts = [heading(sentence, 1), fenced(code, "python")]
    if run.output:
        parts += ["## Printed", fenced(run.output, "text")]
    if run.value is not None:
        text = run.value if isinstance(run.value, str) else None
        parts += ["## Value", fenced(_shown(run.value), "python") if text is None else fenced(text, "text")]
    if run.error:
        parts += ["## Error", fenced(run.error, "text")]
    if run.changes:
        parts += ["## Edits", diffs((change.file, change.diff) for change in run.changes)]
    return "\n\n".join(parts) + "\n"


def _shown(value: object) -> str:
    printing = import_module("pprint")
    return printing.pformat(value, width=100, sort_dicts=False)
