"""Tools of a server as tools of a session: typed, with words that are bounded and quoted, and asked about."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from punie_agent.codemode.call_report import cut
from punie_agent.exceptions import McpError, ServerUnavailable
from punie_agent.mcp.annotations import Annotations
from punie_agent.mcp.arguments import SchemaArguments, read_arguments
from punie_agent.mcp.connection import Connection
from punie_agent.mcp.names import camel
from punie_agent.mcp.results import WRAPPED, is_wrapped, value_of
from punie_agent.mcp.servers import identity_of, place_of
from punie_semantic.exceptions import ExecutionNotAllowed
from punie_semantic.permissions import Request
from punie_semantic.questions import command_line, shown
from punie_semantic.registry import Tool
from punie_semantic.workspace import Workspace

if TYPE_CHECKING:
    import mcp_types

MOST_SUMMARY = 120
MOST_DESCRIPTION = 2_000
MOST_HELP = 4_000
MOST_DETAIL = 4_000
MOST_NAME = 80


def foreign_tool(connection: Connection, tool: mcp_types.Tool, name: str, classes: set[str]) -> Tool:
    """A server's tool under a name of ours.

    Args:
        connection: the server.
        tool: what it says of the tool.
        name: what programs and models call it.
        classes: names of classes that are taken; those for this tool's types are added.
    """
    annotations = Annotations(classes)
    parameters, arguments = read_arguments(tool.input_schema, annotations, f"Mcp{camel(name)}")
    schema = tool.output_schema if isinstance(tool.output_schema, Mapping) else None
    returned: Any = str
    if schema is not None:
        inner = schema["properties"][WRAPPED] if is_wrapped(schema) else schema
        returned = annotations.of(inner, f"Mcp{camel(name)}Result", schema)

    async def function(workspace: Workspace, **given: Any) -> Any:  # noqa: ANN401 - what the schema says
        sent = arguments.sent(given)
        if not await workspace.permissions.ask(_request(connection, tool, sent)):
            raise ExecutionNotAllowed(f"{name} was not called: nobody allowed it. Ask the user, or do without it.")
        try:
            return value_of(await connection.call(tool.name, sent), schema, connection.hidden)
        except ServerUnavailable:
            raise
        except McpError as error:
            raise McpError(f"{name}: {error}") from error

    function.__name__ = function.__qualname__ = name
    function.__doc__ = _documentation(connection, tool, arguments)
    function.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": returned}
    function.__signature__ = inspect.Signature(  # ty: ignore[missing-attribute] - what `inspect.signature` looks for
        [inspect.Parameter("workspace", inspect.Parameter.POSITIONAL_ONLY), *parameters], return_annotation=returned
    )
    title = f"{_name(connection.server.name)}: {_name(tool.name)}"
    return Tool(function, "other", title.replace("{", "{{").replace("}", "}}"), arguments)


def _request(connection: Connection, tool: mcp_types.Tool, sent: Mapping[str, Any]) -> Request:
    """The question about one call. Answers are remembered for the tool of this very server, whatever the arguments."""
    server = connection.server
    what = f"{_name(tool.name)} of the MCP server {_name(server.name)}"
    given = shown(json.dumps(sent, ensure_ascii=False, indent=2), keep="\n")
    left = len(given) - MOST_DETAIL
    lines = [
        command_line((server.name, tool.name)),
        f"a tool of the MCP server at {shown(place_of(server))}, with:",
        given if left <= 0 else f"{given[:MOST_DETAIL]}\n[cut: {left} more characters]",
    ]
    if tool.annotations is not None and tool.annotations.read_only_hint:
        lines.append("The server says that this only reads; nobody has checked that.")
    return Request(
        "mcp",
        title=f"Call {what}",
        detail="\n".join(lines),
        argv=(server.name, tool.name),
        tool=tool.name,
        program=identity_of(server),
    )


def _documentation(connection: Connection, tool: mcp_types.Tool, arguments: SchemaArguments) -> str:
    """What the server says of a tool, quoted: it is text by somebody else."""
    said = _quoted(tool.description or tool.title or "", MOST_DESCRIPTION)
    lines = said.splitlines()
    first = f"{_name(tool.name)} of the MCP server {_name(connection.server.name)}"
    summary = cut(next((line.strip() for line in lines if line.strip()), ""), MOST_SUMMARY)
    parts = [f"{first}: {summary}" if summary else f"{first}."]
    if said.strip() != summary:
        parts += ["", "The server says of it:", "", *(f"> {line}".rstrip() for line in lines)]
    properties = arguments.schema["properties"]
    told = {name: field.get("description") for name, field in properties.items() if isinstance(field, Mapping)}
    if any(told.values()):
        parts += ["", "Args:", *(f"    {name}: {_quoted(text, MOST_SUMMARY)}" for name, text in told.items() if text)]
    return cut("\n".join(parts), MOST_HELP)


def _name(text: str) -> str:
    return _quoted(text, MOST_NAME).replace("\n", " ")


def _quoted(text: object, most: int) -> str:
    """Somebody else's text: nothing hidden, nothing that ends a docstring."""
    return cut(shown(str(text).strip().replace('"""', "'''"), keep="\n"), most)
