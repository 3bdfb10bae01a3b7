"""Tool calls of a program: positional and keyword arguments checked by pydantic, each call seen as events."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from punie_agent.codemode.call_report import (
    MOST_ERROR,
    asked_places,
    cut,
    edited_files,
    found_places,
    plan_of,
    title_of,
)
from punie_agent.codemode.execution import CallTool
from punie_agent.codemode.vocabulary import nearest
from punie_agent.events import Event, ToolCallEnded, ToolCallStarted
from punie_semantic.registry import TOOLS, Tool
from punie_semantic.tools.planning import show_plan
from punie_semantic.workspace import Workspace


def tool_caller(
    workspace: Workspace, emit: Callable[[Event], None], program: str = "", tools: Mapping[str, Tool] = TOOLS
) -> CallTool:
    """The function that a runner calls for every tool call of a program.

    Args:
        workspace: what the tools work on.
        emit: gets an event before and after each call.
        program: the id of the program; its calls have ids that begin with it.
        tools: what can be called.
    """
    numbers = itertools.count(1)

    async def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401 - any tool
        tool = tools[name]
        arguments = bind_arguments(tool, args, kwargs)
        key = f"{program}-{next(numbers)}" if program else f"call-{next(numbers)}"
        return await reported_call(tool, workspace, arguments, emit, key, program)

    return call


async def reported_call(
    tool: Tool,
    workspace: Workspace,
    arguments: dict[str, Any],
    emit: Callable[[Event], None],
    key: str,
    program: str = "",
) -> Any:  # noqa: ANN401 - any tool
    """Call a tool, with an event before and one after it, however it ends. Of a plan only the plan is told."""
    if tool.function is show_plan:
        await tool.call(workspace, **arguments)
        emit(plan_of(**arguments))
        return None
    overlay = workspace.overlay
    before = overlay.state if tool.kind == "edit" else None
    emit(
        ToolCallStarted(
            id=key,
            tool=tool.name,
            kind=tool.kind,
            title=title_of(tool, arguments),
            places=[] if tool.kind == "other" else asked_places(arguments),
            program=program,
        )
    )
    try:
        result = await tool.call(workspace, **arguments)
        places = found_places(result)
        diffs = edited_files(result, overlay, before) if tool.kind == "edit" else []
    except BaseException as error:
        message = "cancelled" if isinstance(error, asyncio.CancelledError) else str(error) or type(error).__name__
        emit(ToolCallEnded(id=key, tool=tool.name, error=cut(message, MOST_ERROR)))
        raise
    emit(ToolCallEnded(id=key, tool=tool.name, places=places, diffs=diffs))
    return result


def bind_arguments(
    tool: Tool, args: tuple[Any, ...], kwargs: dict[str, Any], *, from_json: bool = False
) -> dict[str, Any]:
    """The arguments by name, with their types checked. Raises TypeError with a message for the model.

    Args:
        tool: what is called.
        args: positional arguments.
        kwargs: arguments by name.
        from_json: whether they were JSON, which has lists where Python has tuples.
    """
    try:
        bound = tool.signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{tool.name}{tool.signature}: {_with_nearest(tool, kwargs, str(error))}") from error
    if tool.arguments is not None:
        return tool.arguments.checked(bound.arguments)
    bound.apply_defaults()
    model = arguments_model(tool)
    try:
        checked = (
            model.model_validate_json(json.dumps(bound.arguments))
            if from_json
            else model.model_validate(bound.arguments)
        )
    except ValidationError as error:
        details = "; ".join(f"{next(iter(e['loc']), 'arguments')}: {e['msg']}" for e in error.errors()[:5])
        raise TypeError(f"{tool.name}: {details}") from error
    return {name: getattr(checked, name) for name in model.model_fields}


@cache
def arguments_model(tool: Tool) -> type[BaseModel]:
    """A tool's arguments as a model; making it costs far more than using it."""
    fields: dict[str, Any] = {n: (p.annotation, ...) for n, p in tool.signature.parameters.items()}
    return create_model(tool.name, __config__=ConfigDict(strict=True), **fields)


def _with_nearest(tool: Tool, kwargs: dict[str, Any], message: str) -> str:
    unknown = next((name for name in kwargs if name not in tool.signature.parameters), None)
    near = nearest(unknown, tool.signature.parameters) if unknown else ""
    return f"{message}. {near}" if near else message
