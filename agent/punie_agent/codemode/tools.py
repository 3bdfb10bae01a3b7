"""Tool calls of a program: positional and keyword arguments checked by pydantic, each call seen as events."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from pydantic import ConfigDict, ValidationError, create_model

from punie_agent.codemode.runner import CallTool
from punie_agent.events import Event, ToolCallEnded, ToolCallStarted
from punie_semantic.registry import TOOLS, Tool
from punie_semantic.workspace import Workspace


def tool_caller(workspace: Workspace, emit: Callable[[Event], None]) -> CallTool:
    """The function that a runner calls for every tool call of a program."""
    numbers = itertools.count(1)

    async def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401 - any tool
        tool = TOOLS[name]
        arguments = bind_arguments(tool, args, kwargs)
        key = f"call-{next(numbers)}"
        emit(ToolCallStarted(id=key, tool=name, kind=tool.kind, title=tool.title_for(arguments)))
        try:
            result = await tool.call(workspace, **arguments)
        except BaseException as error:
            emit(ToolCallEnded(id=key, tool=name, error=str(error) or type(error).__name__))
            raise
        emit(ToolCallEnded(id=key, tool=name))
        return result

    return call


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
        raise TypeError(f"{tool.name}{tool.signature}: {error}") from error
    bound.apply_defaults()
    fields: dict[str, Any] = {n: (p.annotation, ...) for n, p in tool.signature.parameters.items()}
    model = create_model(tool.name, __config__=ConfigDict(strict=True), **fields)
    try:
        checked = (
            model.model_validate_json(json.dumps(bound.arguments))
            if from_json
            else model.model_validate(bound.arguments)
        )
    except ValidationError as error:
        details = "; ".join(f"{next(iter(e['loc']), 'arguments')}: {e['msg']}" for e in error.errors())
        raise TypeError(f"{tool.name}: {details}") from error
    return {name: getattr(checked, name) for name in fields}
