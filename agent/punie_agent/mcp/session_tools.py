"""The servers of one session, and their tools beside Punie's own. A server that fails is a sentence, never an end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from punie_agent.exceptions import McpError
from punie_agent.mcp.connection import MOST_TOOLS, Connection
from punie_agent.mcp.names import identifier, unique
from punie_agent.mcp.servers import Server
from punie_agent.mcp.tools import foreign_tool
from punie_semantic.registry import TOOLS, Tool

if TYPE_CHECKING:
    import mcp_types

logger = logging.getLogger(__name__)

RESERVED = frozenset({*TOOLS, "tool_help", "run_code"})


class SessionTools:
    """What a session can call. Servers are connected in the background, from the beginning.

    Args:
        servers: the session's.
        root: the workspace's folder.

    Attributes:
        problems: sentences for the user about servers that do not work, as of now.
    """

    def __init__(self, servers: Sequence[Server], root: Path) -> None:
        self.problems: list[str] = []
        self._connections = [Connection(server, root) for server in servers]
        self._prefixes = _prefixes(servers)
        self._opening = [asyncio.create_task(self._open(connection)) for connection in self._connections]
        self._found: dict[Connection, Sequence[mcp_types.Tool]] = {}
        self._tools: Mapping[str, Tool] | None = None
        self._told = 0

    async def tools(self) -> Mapping[str, Tool]:
        """All that can be called now; the same object as before when nothing has changed.

        Waits until each server has answered or failed.
        """
        await asyncio.gather(*(asyncio.shield(task) for task in self._opening))
        changed = [connection for connection in self._found if connection.changed]
        if changed:
            await asyncio.gather(*(self._list(connection) for connection in changed))
            self._tools = None
        if self._tools is None:
            self._tools = TOOLS | await asyncio.to_thread(self._made)
        return self._tools

    def news(self) -> Sequence[str]:
        """The problems that were not told yet."""
        fresh = self.problems[self._told :]
        self._told = len(self.problems)
        return fresh

    async def close(self) -> None:
        """End all connections, and the servers that were started."""
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
        await asyncio.gather(*(connection.close() for connection in self._connections), return_exceptions=True)

    async def _open(self, connection: Connection) -> None:
        try:
            await connection.open()
        except McpError as error:
            self.problems.append(f"{error} Its tools are not there in this session.")
        except Exception:  # the border to a server: none may end a session
            logger.exception("%s could not be connected", connection.name)
            self.problems.append(f"{connection.name} could not be connected. Its tools are not there in this session.")
        else:
            await self._list(connection)

    async def _list(self, connection: Connection) -> None:
        """Ask a server for its tools; when it does not tell them, those that are known stay."""
        try:
            found = await connection.tools()
        except McpError as error:
            self.problems.append(str(error))
            self._found.setdefault(connection, ())
            return
        self._found[connection] = found
        if len(found) == MOST_TOOLS:
            self.problems.append(f"{connection.name} has more tools than the {MOST_TOOLS} that are taken.")

    def _made(self) -> dict[str, Tool]:
        """The servers' tools under names of ours, in the servers' order."""
        made: dict[str, Tool] = {}
        classes: set[str] = set()
        for connection, prefix in zip(self._connections, self._prefixes, strict=True):
            for tool in self._found.get(connection, ()):
                name = unique(_joined(prefix, identifier(tool.name, "tool")), {*made, *RESERVED})
                try:
                    made[name] = foreign_tool(connection, tool, name, classes)
                except Exception as error:  # the border to a server: one tool that cannot be read is left out
                    logger.warning("a tool of %s cannot be read", connection.name, exc_info=True)
                    self.problems.append(
                        f"{connection.name}: the tool {tool.name[:80]!r} cannot be read: {error}"[:400]
                    )
        return made


def _joined(prefix: str, name: str) -> str:
    """`server_tool`; servers that name their tools so themselves are not said twice."""
    return identifier(name if name.startswith(f"{prefix}_") else f"{prefix}_{name}", "tool")


def _prefixes(servers: Sequence[Server]) -> list[str]:
    found: list[str] = []
    for server in servers:
        found.append(unique(identifier(server.name, "mcp"), found))
    return found
