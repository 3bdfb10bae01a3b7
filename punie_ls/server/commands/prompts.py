"""Commands that are prompts: asking, explaining, writing tests, types and docstrings, refactoring in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygls.exceptions import JsonRpcInvalidParams

from punie_agent.requests import AskRequest, Task, TaskRequest
from punie_ls.server.commands.arguments import (
    AskArguments,
    ExplainArguments,
    FixTestArguments,
    PlaceArguments,
    RefactorArguments,
)
from punie_ls.server.places import Place, place_of, project_of
from punie_ls.server.turns import TurnOptions, take_turn

if TYPE_CHECKING:
    from punie_ls.server.commands.result import Result
    from punie_ls.server.commands.table import Call
    from punie_ls.server.server import PunieServer

MAX_MESSAGE = 4000


async def ask(server: PunieServer, call: Call, arguments: AskArguments) -> Result:
    """One turn in the user's words; the selection goes with it when a document is named."""
    if arguments.prompt is None or not arguments.prompt.strip():
        raise JsonRpcInvalidParams(
            f'{call.command} needs your words: call it with an object such as {{"prompt": "Who uses price?"}}.'
        )
    options = TurnOptions("Ask Punie", arguments.prompt, call.token, arguments.session, arguments.apply)
    if arguments.uri is None:
        return await take_turn(server, server.usual_project(call.command), arguments.prompt, options)
    place = place_of(server, call.command, arguments.uri, arguments.range, arguments.position)
    at = (place.file, place.line, place.column, place.end_line, place.end_column)
    return await take_turn(server, place.project, AskRequest(arguments.prompt, *at).prompt(), options)


async def explain(server: PunieServer, call: Call, arguments: ExplainArguments) -> Result:
    """Explain a symbol, a selection or a problem."""
    problem = arguments.diagnostic
    span = arguments.range or (problem.range if problem else None)
    place = place_of(server, call.command, arguments.uri, span, arguments.position)
    text = ""
    if problem is not None:
        source = " ".join(str(part) for part in (problem.source, problem.code) if part)
        text = f"{source}: {problem.message}" if source else problem.message
    return await _task(server, call, "explain", place, arguments, text, reads=True)


async def generate_tests(server: PunieServer, call: Call, arguments: PlaceArguments) -> Result:
    """Write tests for the definition at a place."""
    return await _task(server, call, "generate_tests", _of(server, call, arguments), arguments)


async def annotate_types(server: PunieServer, call: Call, arguments: PlaceArguments) -> Result:
    """Add types to the definition at a place, or to a whole file."""
    return await _task(server, call, "annotate_types", _of(server, call, arguments), arguments)


async def write_docstring(server: PunieServer, call: Call, arguments: PlaceArguments) -> Result:
    """Write a docstring for the definition at a place."""
    return await _task(server, call, "write_docstring", _of(server, call, arguments), arguments)


async def refactor(server: PunieServer, call: Call, arguments: RefactorArguments) -> Result:
    """Refactor a selection as the user's words say."""
    return await _task(server, call, "refactor", _of(server, call, arguments), arguments, arguments.text)


async def fix_test(server: PunieServer, call: Call, arguments: FixTestArguments) -> Result:
    """Fix a failing test."""
    project = project_of(server, call.command, arguments.uri)
    prompt = TaskRequest("fix_test", arguments.test_id, text=arguments.message[:MAX_MESSAGE]).prompt()
    title = f"Fix with Punie: {arguments.test_id.rpartition('::')[2]}"
    options = TurnOptions(title, prompt.partition("\n")[0], call.token, arguments.session, arguments.apply)
    return await take_turn(server, project, prompt, options)


_TITLES: dict[Task, str] = {
    "explain": "Explain with Punie",
    "generate_tests": "Write tests with Punie",
    "annotate_types": "Add types with Punie",
    "write_docstring": "Write a docstring with Punie",
    "refactor": "Refactor with Punie",
}


def _of(server: PunieServer, call: Call, arguments: PlaceArguments) -> Place:
    return place_of(server, call.command, arguments.uri, arguments.range, arguments.position)


async def _task(
    server: PunieServer,
    call: Call,
    task: Task,
    place: Place,
    arguments: PlaceArguments,
    text: str = "",
    *,
    reads: bool = False,
) -> Result:
    request = TaskRequest(
        task, place.file, place.line, place.column, place.end_line, place.end_column, text[:MAX_MESSAGE]
    )
    prompt = request.prompt()
    options = TurnOptions(_TITLES[task], prompt, call.token, arguments.session, arguments.apply, reads=reads)
    return await take_turn(server, place.project, prompt, options)
