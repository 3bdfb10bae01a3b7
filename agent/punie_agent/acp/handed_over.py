"""MCP servers as a client hands them over, as the agent connects them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from punie_agent.mcp.servers import HttpServer, Server, StdioServer


def servers_of(given: Sequence[Any] | None) -> list[Server]:
    """The servers that can be connected: those that are started, and those with a URL."""
    found: list[Server] = []
    for server in given or ():
        match getattr(server, "type", "stdio"):
            case "stdio":
                env = {variable.name: variable.value for variable in server.env or ()}
                found.append(StdioServer(server.name, server.command, tuple(server.args or ()), env))
            case "http" | "sse" as transport:
                headers = {header.name: header.value for header in server.headers or ()}
                found.append(HttpServer(server.name, server.url, headers, transport))
    return found
