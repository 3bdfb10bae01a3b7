"""The table of commands: what each takes and who runs it. docs/commands.md says the same to users."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from pygls.exceptions import JsonRpcInvalidParams

from punie_ls.server.commands import fixes, history, programs, prompts, refactorings, sessions, status, testing
from punie_ls.server.commands.arguments import (
    AskArguments,
    ExplainArguments,
    FixAllArguments,
    HistoryArguments,
    ModelArguments,
    PlaceArguments,
    RunCodeArguments,
    RunTestsArguments,
    SessionsArguments,
    StatusArguments,
    StopArguments,
    convert,
)

if TYPE_CHECKING:
    from punie_ls.server.commands.result import Result
    from punie_ls.server.server import PunieServer


@dataclass(frozen=True)
class Call:
    """How a command was called: its name, and the client's progress token."""

    command: str
    token: int | str | None = None


@dataclass(frozen=True)
class Command:
    """A command: its arguments' shape, and its handler. Without a shape the handler reads the arguments itself."""

    shape: type[msgspec.Struct] | None
    run: Callable[[PunieServer, Call, Any], Awaitable[Result]]


COMMANDS: dict[str, Command] = {
    "punie.ask": Command(AskArguments, prompts.ask),
    "punie.fix": Command(None, fixes.fix),
    "punie.fixFile": Command(FixAllArguments, fixes.fix_file),
    "punie.fixWorkspace": Command(FixAllArguments, fixes.fix_workspace),
    "punie.explain": Command(ExplainArguments, prompts.explain),
    "punie.generateTests": Command(PlaceArguments, prompts.generate_tests),
    "punie.annotateTypes": Command(PlaceArguments, prompts.annotate_types),
    "punie.writeDocstring": Command(PlaceArguments, prompts.write_docstring),
    "punie.refactor": Command(None, refactorings.refactor_code),
    "punie.runCode": Command(RunCodeArguments, programs.run_code),
    "punie.runTests": Command(RunTestsArguments, testing.run_tests),
    "punie.undo": Command(HistoryArguments, history.undo),
    "punie.redo": Command(HistoryArguments, history.redo),
    "punie.sessions": Command(SessionsArguments, sessions.sessions),
    "punie.selectModel": Command(ModelArguments, sessions.select_model),
    "punie.status": Command(StatusArguments, status.status),
    "punie.stop": Command(StopArguments, status.stop),
}


async def execute(server: PunieServer, name: str, given: Sequence[Any], token: int | str | None) -> Result:
    """Run a command by its name. Raises JsonRpcInvalidParams for an unknown one, or for wrong arguments."""
    command = COMMANDS.get(name)
    if command is None:
        raise JsonRpcInvalidParams(f"{name} is not a command of Punie.")
    arguments = given if command.shape is None else convert(name, given, command.shape)
    return await command.run(server, Call(name, token), arguments)
