"""The connection with one server: opened in parallel with others, opened once more when it is lost, closed for good."""

from __future__ import annotations

import asyncio
import importlib
import importlib.metadata
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from punie_agent.exceptions import McpError, ServerUnavailable
from punie_agent.mcp.http import http_streams
from punie_agent.mcp.servers import HttpServer, Server, secrets_of
from punie_agent.mcp.stdio import Said, stdio_streams
from punie_semantic.questions import shown

if TYPE_CHECKING:
    import mcp_types
    from mcp import Client
    from mcp.client import Transport

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 30.0
LIST_SECONDS = 20.0
CALL_SECONDS = 600.0
CLOSE_SECONDS = 6.0
MOST_TOOLS = 500
MOST_PAGES = 50
MOST_ERROR = 500
_SESSION_GONE = "Session terminated"


class Connection:
    """One server. Its client lives in a task of its own, from `open` to `close`.

    Args:
        server: which one.
        root: the workspace's folder.

    Attributes:
        server: which one.
        changed: whether it has said that its tools are others now.
    """

    def __init__(self, server: Server, root: Path) -> None:
        self.server = server
        self.changed = False
        self._root = root
        self._secrets = secrets_of(server)
        self._said = Said()
        self._client: Client | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._opening = asyncio.Lock()
        self._failed = ""

    async def open(self) -> None:
        """Connect. Raises ServerUnavailable, and then always: a server that does not come is not tried again."""
        version = await asyncio.to_thread(_imported)
        self._closing, self._said = asyncio.Event(), Said()
        opened = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._live(opened, version))
        try:
            self._client = await asyncio.shield(opened)
        except ServerUnavailable as error:
            self._failed = str(error)
            raise
        except asyncio.CancelledError:
            self._task.cancel()
            await asyncio.shield(self.close())
            raise

    async def tools(self) -> Sequence[mcp_types.Tool]:
        """What it offers, at most MOST_TOOLS. Raises McpError."""
        client = await self._connected()
        self.changed = False
        found: list[mcp_types.Tool] = []
        cursor: str | None = None
        try:
            async with asyncio.timeout(LIST_SECONDS):
                for _ in range(MOST_PAGES):
                    page = await client.list_tools(cursor=cursor)
                    found += page.tools
                    cursor = page.next_cursor
                    if not cursor or len(found) >= MOST_TOOLS:
                        break
        except Exception as error:  # the border to a server: whatever it does ends here
            raise self._explained(error, f"did not tell its tools within {LIST_SECONDS:g} s") from error
        return found[:MOST_TOOLS]

    async def call(self, tool: str, arguments: dict[str, Any]) -> mcp_types.CallToolResult:
        """Call a tool. Raises McpError; a connection that is lost is opened once more for the next call."""
        client = await self._connected()
        try:
            async with asyncio.timeout(CALL_SECONDS):
                return await client.call_tool(tool, arguments)
        except Exception as error:  # the border to a server
            if _is_lost(error):
                self._client = None
                what = "Whether it did what was asked is not known: look before you ask again."
                raise ServerUnavailable(
                    f"{self.name} ended while it was asked for {tool}{self._last()}. {what}"
                ) from error
            raise self._explained(error, f"did not answer within {CALL_SECONDS:g} s") from error

    async def close(self) -> None:
        """End the connection, and the server if it was started here."""
        self._client = None
        self._failed = self._failed or f"{self.name} is closed."
        await self._end()

    @property
    def name(self) -> str:
        """What people call it."""
        return f"The MCP server {shown(self.server.name)}"

    def hidden(self, text: str) -> str:
        """A text of the server's without the secrets that it was given."""
        for secret in self._secrets:
            text = text.replace(secret, "[redacted]")
        return text

    async def _connected(self) -> Client:
        async with self._opening:
            if self._client is not None:
                return self._client
            if self._failed:
                raise ServerUnavailable(self._failed)
            await self._end()
            await self.open()
            self.changed = True  # it may be another one by now
            assert self._client is not None
            return self._client

    async def _end(self) -> None:
        self._closing.set()
        if (task := self._task) is None:
            return
        _, left = await asyncio.wait([task], timeout=CLOSE_SECONDS)
        if left:
            task.cancel()
            await asyncio.wait([task], timeout=CLOSE_SECONDS)

    async def _live(self, opened: asyncio.Future[Client], version: str) -> None:
        """Hold the client open: what it needs must be opened and closed in one task."""
        closing = self._closing
        try:
            async with asyncio.timeout(CONNECT_SECONDS) as limit, self._new_client(version) as client:
                limit.reschedule(None)
                opened.set_result(client)
                listening = asyncio.create_task(self._listen(client))
                try:
                    await closing.wait()
                finally:
                    listening.cancel()
                    await asyncio.gather(listening, return_exceptions=True)
        except asyncio.CancelledError:
            opened.cancel()
            raise
        except BaseException as error:  # groups of errors too
            if opened.done():
                logger.info("%s: the connection ended: %s", self.name, self.hidden(str(error)))
            else:
                late = f"did not answer within {CONNECT_SECONDS:g} s"
                opened.set_exception(ServerUnavailable(f"{self._explained(error, late)}"))
            if not isinstance(error, Exception | BaseExceptionGroup):
                raise

    async def _listen(self, client: Client) -> None:
        """Servers of the newer protocol tell of other tools only those who listen; older ones tell everybody."""
        from mcp.client.subscriptions import ListenNotSupportedError

        try:
            async with client.listen(tools_list_changed=True) as events:
                async for _ in events:
                    self.changed = True
        except ListenNotSupportedError:
            pass
        except Exception as error:  # noqa: BLE001 - the border to a server: it need not tell
            logger.info("%s does not tell of new tools: %s", self.name, self.hidden(str(error)))

    def _streams(self) -> Transport:
        if isinstance(self.server, HttpServer):
            return http_streams(self.server, connect=CONNECT_SECONDS, read=CALL_SECONDS)
        return stdio_streams(self.server, self._root, self._said)

    def _new_client(self, version: str) -> Client:
        from mcp import Client, types

        async def heard(message: object) -> None:
            if isinstance(message, types.ToolListChangedNotification):
                self.changed = True

        async def roots(context: object) -> types.ListRootsResult:
            return types.ListRootsResult(roots=[types.Root(uri=self._root.as_uri(), name=self._root.name)])

        return Client(
            self._streams(),
            message_handler=heard,
            list_roots_callback=roots,
            client_info=types.Implementation(name="punie", version=version),
            cache=None,
        )

    def _explained(self, error: BaseException, late: str) -> McpError:
        """An error in a sentence: what failed, and what the server said last."""
        cause = _first(error)
        if isinstance(cause, TimeoutError):
            return ServerUnavailable(f"{self.name} {late}{self._last()}.")
        if isinstance(cause, ServerUnavailable):
            return ServerUnavailable(f"{self.name}: {self.hidden(str(cause))}")
        kind = ServerUnavailable if _is_lost(cause) else McpError
        said = " ".join(self.hidden(str(cause) or type(cause).__name__).split())[:MOST_ERROR]
        last = self._last() if kind is ServerUnavailable else ""
        return kind(f"{self.name}: {shown(said).rstrip('.')}{last}.")

    def _last(self) -> str:
        last = shown(self.hidden(self._said.last)[:MOST_ERROR])
        return f" (it said last: {last})" if last else ""


def _is_lost(error: BaseException) -> bool:
    """Whether the connection is gone, and not only a call."""
    from httpx2 import TransportError
    from mcp import MCPError
    from mcp_types import CONNECTION_CLOSED

    if isinstance(error, MCPError):
        return error.code == CONNECTION_CLOSED or error.message == _SESSION_GONE
    return isinstance(error, TransportError)


def _first(error: BaseException) -> BaseException:
    """The error that a group is about."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _imported() -> str:
    """Import the SDK, which takes a second; gives Punie's version."""
    importlib.import_module("mcp")
    try:
        return importlib.metadata.version("punie-ls")
    except importlib.metadata.PackageNotFoundError:
        return "0"
