"""Tool calls as a request allows them: names and arguments put right, a tool called in code style made a program."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from typing import Any

from pydantic_ai.messages import ToolCallPart
from pydantic_ai.models import ModelRequestParameters

from punie_agent.models.json_calls import call_of, load_object
from punie_agent.models.reading import PROGRAM_TOOLS, RUN_CODE, Action, Known, Program, ToolCall

Call = tuple[str, dict[str, Any] | str]


def known_tools(parameters: ModelRequestParameters, program_tools: Iterable[str]) -> Known:
    """The names that count in one request: its own tools, and those of programs when it lets programs run."""
    allowed = [tool.name for tool in (*parameters.function_tools, *parameters.output_tools)]
    programs = RUN_CODE in allowed
    others = [name for tool in parameters.function_tools for name in (tool.metadata or {}).get(PROGRAM_TOOLS, ())]
    return Known([*allowed, *(program_tools if programs else ()), *others], programs=programs)


def allowed_call(action: Action, allowed: Iterable[str]) -> Call | None:
    """An action as a call that the request allows; None when there is none."""
    names = frozenset(allowed)
    match action:
        case Program(code=code):
            return (RUN_CODE, {"code": code}) if RUN_CODE in names else None
        case ToolCall(name=name, arguments=arguments) if name in names:
            return name, arguments
        case ToolCall(name=name, arguments=dict() as arguments) if RUN_CODE in names:
            code = call_text(name, arguments)
            return (RUN_CODE, {"code": code}) if code else None
        case _:
            return None


def call_text(name: str, arguments: dict[str, Any]) -> str | None:
    """A call as Python; None when it cannot be written as such."""
    keys = [key for key in (name, *arguments) if not key.isidentifier() or keyword.iskeyword(key)]
    if keys:
        return None
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"


def put_right(part: ToolCallPart, known: Known, allowed: Iterable[str]) -> Call:
    """A call of the server's own making, with its name and arguments put right where that is certain."""
    names = frozenset(allowed)
    arguments = part.args if part.args is not None else {}
    if part.tool_name in names and part.tool_name != RUN_CODE:
        read = load_object(arguments) if isinstance(arguments, str) else arguments
        return part.tool_name, arguments if read is None else read
    action = call_of(part.tool_name, arguments, known)
    call = allowed_call(action, names) if action else None
    return call or (part.tool_name, arguments)
