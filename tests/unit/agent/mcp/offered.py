"""Tools as a server describes them, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mcp_types

from punie_agent.mcp.connection import Connection
from punie_agent.mcp.servers import StdioServer
from punie_agent.mcp.tools import foreign_tool
from punie_semantic.registry import Tool

SERVER = StdioServer("shop", "shop-mcp")


def described(
    schema: object, *, output: object = None, description: str = "", name: str = "shop_find", said: str = "find"
) -> Tool:
    """The tool that a description becomes."""
    tool = mcp_types.Tool.model_construct(
        name=said, description=description, title=None, input_schema=schema, output_schema=output, annotations=None
    )
    return foreign_tool(Connection(SERVER, Path("/project")), tool, name, set())


def taking(**properties: Any) -> dict[str, Any]:
    """A schema of an object with these properties, none required."""
    return {"type": "object", "properties": properties}
