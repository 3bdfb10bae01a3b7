"""The registry's tools for models that call tools by JSON: the same tools, the same checks, the same events."""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_ai import FunctionToolset, ModelRetry, RunContext
from pydantic_ai import Tool as ModelTool

from punie_agent.codemode.tools import arguments_model, bind_arguments, reported_call
from punie_agent.codemode.toolset import MAX_RETRIES, TurnDeps
from punie_agent.exceptions import McpError
from punie_semantic.exceptions import SemanticError
from punie_semantic.registry import TOOLS, Tool

MOST_RESULT = 60_000
# Of servers' tools: some APIs take 128 tools in all, and every request carries all of them.
MOST_OTHERS = 64
MOST_OTHERS_BYTES = 48_000


def json_toolset(tools: Sequence[str] = tuple(TOOLS), others: Sequence[Tool] = ()) -> FunctionToolset[TurnDeps]:
    """One function tool for each tool, with the docstring as its description.

    Args:
        tools: names of Punie's own.
        others: tools of servers.
    """
    toolset: FunctionToolset[TurnDeps] = FunctionToolset()
    for tool in (*(TOOLS[name] for name in tools), *others):
        made = ModelTool[TurnDeps].from_schema(
            _function(tool),
            name=tool.name,
            description=tool.docstring,
            json_schema=schema_of(tool),
            takes_ctx=True,
            sequential=tool.kind in ("edit", "execute", "think", "other"),
        )
        made.max_retries = MAX_RETRIES
        toolset.add_tool(made)
    return toolset


def fitting(others: Sequence[Tool]) -> Sequence[Tool]:
    """The servers' tools that there is room for, the first ones."""
    size = 0
    for number, tool in enumerate(others[:MOST_OTHERS]):
        size += len(tool.docstring) + len(json.dumps(schema_of(tool)))
        if size > MOST_OTHERS_BYTES:
            return others[:number]
    return others[:MOST_OTHERS]


def schema_of(tool: Tool) -> dict[str, Any]:
    """A tool's arguments as a JSON schema."""
    if tool.arguments is not None:
        return dict(tool.arguments.schema)
    schema = arguments_model(tool).model_json_schema()
    schema.pop("title", None)
    for name, field in schema.get("properties", {}).items():
        field.pop("title", None)
        parameter = tool.signature.parameters[name]
        if parameter.default is not parameter.empty:
            field["default"] = parameter.default
    required = [n for n, p in tool.signature.parameters.items() if p.default is p.empty]
    return {**schema, "required": required, "additionalProperties": False}


def _function(tool: Tool) -> Callable[..., Awaitable[str]]:
    async def call(ctx: RunContext[TurnDeps], **given: Any) -> str:  # noqa: ANN401 - any arguments
        try:
            arguments = bind_arguments(tool, (), given, from_json=True)
            result = await reported_call(
                tool, ctx.deps.workspace, arguments, ctx.deps.emit, f"call-{uuid.uuid4().hex[:12]}"
            )
        except (SemanticError, McpError, TypeError, ValueError, OSError) as error:
            raise ModelRetry(str(error) or type(error).__name__) from error
        return shown(result)

    return call


def shown(result: Any) -> str:  # noqa: ANN401 - any result
    """A result as JSON; the beginning of it, and a note, when it is too long."""
    if isinstance(result, BaseModel):
        text = result.model_dump_json()
    else:
        text = result if isinstance(result, str) else json.dumps(result)
    if len(text) <= MOST_RESULT:
        return text
    note = f"Cut: the result has {len(text)} characters. Ask for less, with a path, a limit or a range of lines."
    return f"{text[:MOST_RESULT]}\n[{note}]"
