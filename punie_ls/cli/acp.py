"""`punie-ls acp`: the agent for editors that speak the Agent Client Protocol, on stdio or on a socket."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from pathlib import Path

from punie_agent.acp.host import AgentHost
from punie_agent.acp.serving import serve_connection, serve_socket
from punie_agent.acp.transport import MOST_LINE_BYTES
from punie_ls.relay import logs

logger = logging.getLogger(__name__)


def serve_stdio(log_level: str | None) -> int:
    """Serve the client at stdin and stdout until it is gone. Gives the exit status."""
    log_file = logs.start(log_level)
    log_file.open()
    try:
        asyncio.run(_stdio())
    except (OSError, ValueError) as error:
        sys.stderr.write(f"punie-ls acp: an editor starts this program and talks to it through pipes: {error}\n")
        return 2
    finally:
        log_file.close()
    return 0


def serve_listening(path: Path, project: Path | None, log_level: str | None) -> int:
    """Serve clients at a socket until stdin is at its end. Gives the exit status."""
    log_file = logs.start(log_level)
    log_file.open()
    try:
        asyncio.run(_listening(path, project))
    except OSError as error:
        sys.stderr.write(f"punie-ls acp: {path}: {error.strerror or error}\n")
        return 2
    finally:
        log_file.close()
    return 0


async def _stdio() -> None:
    loop, (source, sink) = asyncio.get_running_loop(), _own_streams()
    reader = asyncio.StreamReader(limit=MOST_LINE_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(source, "rb"))
    transport, protocol = await loop.connect_write_pipe(_flow_control, os.fdopen(sink, "wb"))
    writer = asyncio.StreamWriter(transport, protocol, None, loop)
    async with AgentHost() as host:
        await _until_signal(asyncio.create_task(serve_connection(reader, writer, host)))


async def _listening(path: Path, project: Path | None) -> None:
    loop, (source, sink) = asyncio.get_running_loop(), _own_streams()
    os.close(sink)
    parent = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(parent), os.fdopen(source, "rb"))
    async with AgentHost(project) as host:
        serving = asyncio.create_task(serve_socket(path, host))
        watching = asyncio.create_task(_drained(parent))
        watching.add_done_callback(lambda _: serving.cancel())
        try:
            await _until_signal(serving)
        finally:
            watching.cancel()
            path.unlink(missing_ok=True)


async def _drained(reader: asyncio.StreamReader) -> None:
    """Wait for the end of what is read; whatever comes before is passed over."""
    while await reader.read(1 << 16):
        pass


async def _until_signal(work: asyncio.Task[None]) -> None:
    """Wait for work to end, or end it when the process is told to."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await work


def _flow_control() -> asyncio.StreamReaderProtocol:
    """What a writer waits for when the other side is behind with reading."""
    return asyncio.StreamReaderProtocol(asyncio.StreamReader())


def _own_streams() -> tuple[int, int]:
    """Descriptors of the protocol's streams, out of reach of whatever reads or prints besides."""
    source, sink = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    return source, sink
