"""MCP servers as a front end hands them over. Light: it imports neither the MCP SDK nor the model stack.

session = await manager.new(decide=ask, servers=[StdioServer("github", "github-mcp", ("stdio",))])
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

SHORTEST_SECRET = 6

_SECRET = re.compile("key|token|secret|passw|auth|cookie|credential", re.IGNORECASE)


@dataclass(frozen=True)
class StdioServer:
    """A server that Punie starts; it ends with its session.

    Attributes:
        name: for people, and the first part of its tools' names.
        command: the program; searched on PATH.
        args: its arguments.
        env: variables beside the few that every server gets (HOME, PATH and the like).
        cwd: where it runs; empty is the workspace.
    """

    name: str
    command: str
    args: Sequence[str] = field(default=(), repr=False)
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str = ""


@dataclass(frozen=True)
class HttpServer:
    """A server that runs already, with MCP's streamable HTTP or its older SSE.

    Attributes:
        name: for people, and the first part of its tools' names.
        url: where it answers.
        headers: sent with every request.
        transport: how it speaks.
    """

    name: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    transport: Literal["http", "sse"] = "http"


Server = StdioServer | HttpServer


def identity_of(server: Server) -> str:
    """What tells a server from another one of the same name: the whole command, or the address."""
    if isinstance(server, HttpServer):
        return f"{server.transport} {server.url}"
    return "\0".join([server.command, *server.args, server.cwd])


def place_of(server: Server) -> str:
    """Where it is, for people: the program, or the address without what may be secret."""
    if isinstance(server, HttpServer):
        parts = urlsplit(server.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    return server.command


def secrets_of(server: Server) -> list[str]:
    """Values that nobody is shown, the longest first: of variables, headers and the address, by their names."""
    if isinstance(server, StdioServer):
        named, values = [*server.env.items()], []
    else:
        parts = urlsplit(server.url)
        query = [part.partition("=") for part in parts.query.split("&")]
        named = [*server.headers.items(), *((name, value) for name, _, value in query)]
        values = [parts.password or ""]
    values += [value for name, value in named if _SECRET.search(name)]
    values += [form for value in values for form in (value.partition(" ")[2], unquote(value))]
    return sorted({value for value in values if len(value) >= SHORTEST_SECRET}, key=len, reverse=True)
