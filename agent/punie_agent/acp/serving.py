"""From a pair of streams to a served client. `initialize` is answered before anything heavy is imported."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from punie_agent.acp.capabilities import ClientOffers, initialize_result
from punie_agent.acp.transport import MOST_LINE_BYTES, Message, NdjsonTransport

if TYPE_CHECKING:
    from punie_agent.acp.host import AgentHost

logger = logging.getLogger(__name__)

SOCKET_MODE = 0o600


async def serve_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: AgentHost) -> None:
    """Serve one client until it is gone.

    Args:
        reader: lines of JSON from the client.
        writer: to the client; closed at the end.
        host: the projects and sessions that all clients of the process share.
    """
    transport = NdjsonTransport(reader, writer)
    try:
        offers, first = await _greet(transport, host)
        if first is None:
            return
        transport.give_back(first)
        # The SDK, and the model stack behind it, take a while to import.
        module = await asyncio.to_thread(import_module, "punie_agent.acp.agent")
        await module.serve(transport, host, offers)
    except ConnectionError:
        logger.info("the client is gone")
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _greet(transport: NdjsonTransport, host: AgentHost) -> tuple[ClientOffers, Message | None]:
    """Answer `initialize`; gives what the client offers, and the message after it."""
    offers = ClientOffers()
    while (message := await transport.receive()) is not None:
        if message.get("method") != "initialize" or "id" not in message:
            return offers, message
        params = message["params"] if isinstance(message.get("params"), dict) else {}
        offers = ClientOffers.of(params)
        await transport.send({"jsonrpc": "2.0", "id": message["id"], "result": initialize_result(params)})
        host.warm()
    return offers, None


async def serve_socket(path: Path, host: AgentHost) -> None:
    """Serve clients on a unix domain socket, for this user alone, until it is cancelled."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clients.add(task := asyncio.current_task())
        try:
            await serve_connection(reader, writer, host)
        except Exception:  # one client's trouble is not the others'
            logger.exception("a connection failed")
        finally:
            clients.discard(task)

    clients: set[asyncio.Task[None] | None] = set()
    hidden = path.with_name(f"{path.name}~")
    server = await asyncio.start_unix_server(serve, hidden, limit=MOST_LINE_BYTES, start_serving=False)
    hidden.chmod(SOCKET_MODE)
    async with server:
        await server.start_serving()
        hidden.rename(path)  # whoever sees it can connect
        try:
            await server.serve_forever()
        finally:
            for task in list(clients):
                if task is not None:
                    task.cancel()
            await asyncio.gather(*(task for task in clients if task), return_exceptions=True)
