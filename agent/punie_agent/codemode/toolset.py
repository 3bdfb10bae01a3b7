"""Code mode as a pydantic-ai toolset: one tool, `run_code`, whose description holds the schema of the tools."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_ai import FunctionToolset, ModelRetry, RunContext

from punie_agent.codemode.runner import CodeRunner, ProgramResult
from punie_agent.codemode.schema import describe_code_mode, describe_others
from punie_agent.codemode.tools import tool_caller
from punie_agent.codemode.values import to_plain
from punie_agent.events import Event, Program, ProgramEnded, ProgramOutput
from punie_agent.exceptions import ProgramError
from punie_agent.models.reading import PROGRAM_TOOLS, RUN_CODE
from punie_semantic.registry import TOOLS, Tool
from punie_semantic.workspace import Workspace

MAX_RETRIES = 20
MOST_RESULT = 60_000
MOST_OUTPUT = 20_000
MOST_EVENT = 2_000


@dataclass(frozen=True)
class TurnDeps:
    """What a turn's tools need. `tools` is all that programs can call."""

    workspace: Workspace
    runner: CodeRunner
    emit: Callable[[Event], None]
    tools: Mapping[str, Tool] = field(default_factory=lambda: TOOLS)


def code_toolset(tools: Sequence[str] = tuple(TOOLS), others: Sequence[Tool] = ()) -> FunctionToolset[TurnDeps]:
    """The toolset for code mode.

    Args:
        tools: those of Punie's own that its description names.
        others: tools of servers.
    """
    toolset: FunctionToolset[TurnDeps] = FunctionToolset()
    toolset.add_function(
        run_code,
        name=RUN_CODE,
        description=describe_code_mode(tuple(tools)) + describe_others(others),
        retries=MAX_RETRIES,
        sequential=True,
        metadata={PROGRAM_TOOLS: [tool.name for tool in others]},
    )
    return toolset


async def run_code(ctx: RunContext[TurnDeps], code: str, restart: bool = False) -> dict[str, Any]:
    """Run a program. Its description for the model is the schema of the tools.

    Args:
        ctx: the run.
        code: the program.
        restart: begin with a fresh sandbox, without the names of earlier programs.
    """
    deps = ctx.deps
    key = f"program-{uuid.uuid4().hex[:12]}"
    deps.emit(Program(id=key, code=code))
    try:
        done = await deps.runner.run(
            code,
            tool_caller(deps.workspace, deps.emit, key, deps.tools),
            on_output=lambda text: deps.emit(ProgramOutput(id=key, text=text)),
            restart=restart,
        )
    except ProgramError as error:
        deps.emit(ProgramEnded(id=key, error=str(error)))
        raise ModelRetry("\n".join(filter(None, [_shown_output(error.output), str(error)]))) from error
    except BaseException as error:
        why = "cancelled" if isinstance(error, asyncio.CancelledError) else str(error)[:MOST_EVENT]
        deps.emit(ProgramEnded(id=key, error=why or type(error).__name__))
        raise
    deps.emit(ProgramEnded(id=key))
    return _shown(done)


def _shown(done: ProgramResult) -> dict[str, Any]:
    """What the model gets to see: all of it, or the beginning and a note."""
    result = to_plain(done.value)
    shown: dict[str, Any] = {"result": result, "output": _shown_output(done.output)}
    text = json.dumps(result, ensure_ascii=False)
    if len(text) > MOST_RESULT:
        shown["result"] = text[:MOST_RESULT]
        shown["note"] = f"The result was cut: it has {len(text)} characters as JSON. Give a summary of it instead."
    return shown


def _shown_output(output: str) -> str:
    """Both ends of what was printed."""
    if len(output) <= MOST_OUTPUT:
        return output
    half = MOST_OUTPUT // 2
    return f"{output[:half]}\n… {len(output) - MOST_OUTPUT} characters were left out …\n{output[-half:]}"
