"""`punie.runTests`: the project's tests, with the editor's unsaved texts; failures become diagnostics."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from punie_ls.server.commands.arguments import RunTestsArguments
from punie_ls.server.commands.result import Result
from punie_ls.server.markdown import fenced
from punie_ls.server.places import place_of
from punie_ls.server.progress import work_done_progress
from punie_semantic.exceptions import ExecutionNotAllowed

if TYPE_CHECKING:
    from punie_ls.server.commands.table import Call
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer
    from punie_semantic.results import TestResult
    from punie_semantic.workspace import Workspace

REFUSED = "No test was run: running tests executes the project's code, and that was not allowed."


async def run_tests(server: PunieServer, call: Call, arguments: RunTestsArguments) -> Result:
    """Run tests, if the policy or the user allows it."""
    if arguments.test_id is not None and arguments.path is not None:
        raise JsonRpcInvalidParams(f"{call.command} takes testId or path, not both.")
    if arguments.uri is None:
        project, target = server.usual_project(call.command), "."
    else:
        place = place_of(server, call.command, arguments.uri)
        project, target = place.project, place.file
    target = arguments.test_id or arguments.path or target
    title = "Run tests" if target == "." else f"Run {target.rpartition('::')[2]}"
    with server.jobs.running(title) as job:
        async with work_done_progress(server, title, call.token) as report:
            job.doing = "Running the tests…"
            report(job.doing)

            async def work(workspace: Workspace) -> tuple[TestResult, int]:
                return await _run(server, project, workspace, target, bool(arguments.test_id))

            try:
                result, hidden = await project.in_turn(work)
            except ExecutionNotAllowed:
                server.say(REFUSED, types.MessageType.Warning)
                return Result(False, REFUSED)
    return await _finish(server, project, result, hidden, title)


async def _run(
    server: PunieServer,
    project: Project,
    workspace: Workspace,
    target: str,
    is_id: bool,
) -> tuple[TestResult, int]:
    tools = import_module("punie_semantic.tools.testing")
    known = server.tests.failing(project)
    workspace.last_failed = tuple(known)
    texts = {path: buffer.text for path, buffer in workspace.overlay.buffers.items()}
    result: TestResult = await (
        tools.pytest_run(workspace, ids=[target]) if is_id else tools.pytest_run(workspace, target)
    )
    failed = {failure.test_id for failure in result.failures}
    whole = result.state in ("clean", "errors") and not result.reason
    passed = [
        test_id
        for test_id in known
        if test_id not in failed and (test_id not in workspace.last_failed or (whole and _covers(target, test_id)))
    ]
    return result, await server.tests.update(project, result.failures, passed, texts)


def _covers(target: str, test_id: str) -> bool:
    """Whether a run of a target runs a test, if there still is one."""
    if target == "." or test_id == target:
        return True
    if "::" in target:
        return test_id.startswith((f"{target}::", f"{target}["))
    return Path(test_id.partition("::")[0]).is_relative_to(target)


async def _finish(server: PunieServer, project: Project, result: TestResult, hidden: int, title: str) -> Result:
    if server.client_supports("workspace.code_lens.refresh_support"):
        server.protocol.send_request(types.WORKSPACE_CODE_LENS_REFRESH, None)
    sentence = told(result)
    if hidden:
        sentence += f" {hidden} of them in files that changed meanwhile are not marked."
    bad = not result.success
    server.say(sentence, types.MessageType.Warning if bad else types.MessageType.Info)
    document = server.answers.write(f"tests{project.root.name}", title, _page(title, sentence, result)) if bad else None
    return Result(False, sentence, None, document)


def told(result: TestResult) -> str:
    """A run in a sentence; what is not known is never told as a success."""
    counts: dict[str, Any] = {
        "passed": result.passed,
        "failed": result.failed,
        "broken": result.errors,
        "skipped": result.skipped,
        "failed as expected": result.xfailed,
        "passed against expectation": result.xpassed,
    }
    parts = [f"{number} {what}" for what, number in counts.items() if number]
    text = ", ".join(parts) or "No test ran"
    if result.reason:
        return f"{text}. Not all is known: {result.reason.rstrip('.')}."
    first = f" First: {result.failures[0].test_id}." if result.failures else ""
    return f"{text}.{first}"


def _page(title: str, sentence: str, result: TestResult) -> str:
    parts = [f"# {title}", sentence]
    for failure in result.failures:
        parts += [f"## {failure.test_id}", fenced(failure.traceback or failure.message, "text")]
    if not result.failures and result.output:
        parts.append(fenced(result.output, "text"))
    return "\n\n".join(parts) + "\n"
