"""A server that is reached by its URL: streamable HTTP, or the older SSE."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from punie_agent.mcp.servers import HttpServer
from punie_agent.models.specs import is_loopback

if TYPE_CHECKING:
    import httpx2
    from mcp.client._transport import TransportStreams


@asynccontextmanager
async def http_streams(server: HttpServer, *, connect: float, read: float) -> AsyncGenerator[TransportStreams]:
    """The streams of a server's messages; MCP's `Transport`.

    Args:
        server: which one; for one on this machine, no proxy is used.
        connect: seconds for a connection.
        read: seconds in which nothing at all may arrive.

    Raises whatever HTTP raises, alone or in groups.
    """
    import httpx2
    from mcp.client.sse import sse_client
    from mcp.client.streamable_http import streamable_http_client

    def client(
        headers: dict[str, str] | None = None, timeout: httpx2.Timeout | None = None, auth: httpx2.Auth | None = None
    ) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(headers=headers, timeout=timeout, auth=auth, trust_env=not is_loopback(server.url))

    headers = dict(server.headers)
    if server.transport == "sse":
        sse = sse_client(server.url, headers, connect, read, httpx_client_factory=client)
        async with sse as streams:
            yield streams
        return
    limit = httpx2.Timeout(connect, read=read)
    async with client(headers, limit) as http, streamable_http_client(server.url, http_client=http) as streams:
        yield streams
