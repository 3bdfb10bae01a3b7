"""Code mode as a pydantic-ai toolset: one tool, `run_code`, whose description holds the stubs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic_ai import FunctionToolset, ModelRetry, RunContext

from punie_agent.codemode.runner import CodeRunner
from punie_agent.codemode.tools import tool_caller
from punie_agent.codemode.values import to_plain
from punie_agent.events import Event, Program
from punie_agent.exceptions import ProgramError
from punie_semantic.stubs import render_stubs
from punie_semantic.workspace import Workspace

MAX_RETRIES = 20

_DESCRIPTION = """Run a Python program in a sandbox and get the value of its last expression.
The program is type-checked first. Call these functions directly, without await; there is nothing else to import
for them. No classes with inheritance, no yield, no del; do not call tools inside sorted(key=), map or filter.

```python
{stubs}```
"""


@dataclass(frozen=True)
class TurnDeps:
    """What a turn's tools need."""

    workspace: Workspace
    runner: CodeRunner
    emit: Callable[[Event], None]


def code_toolset() -> FunctionToolset[TurnDeps]:
    """The toolset for code mode."""

    async def run_code(ctx: RunContext[TurnDeps], code: str) -> dict[str, object]:
        deps = ctx.deps
        deps.emit(Program(code=code))
        try:
            done = await deps.runner.run(code, tool_caller(deps.workspace, deps.emit))
        except ProgramError as error:
            raise ModelRetry("\n".join(filter(None, [error.output, str(error)]))) from error
        return {"result": to_plain(done.value), "output": done.output}

    toolset: FunctionToolset[TurnDeps] = FunctionToolset()
    description = _DESCRIPTION.format(stubs=render_stubs())
    toolset.add_function(run_code, name="run_code", description=description, retries=MAX_RETRIES)
    return toolset
