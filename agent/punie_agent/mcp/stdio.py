"""A server that Punie starts: its process, its messages line by line, and what it says besides.

It ends with its session, with all that it started, also when Punie is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from punie_agent.exceptions import ServerUnavailable
from punie_agent.mcp.servers import StdioServer
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.processes import ended, find_program, kill_group, tether

if TYPE_CHECKING:
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
    from mcp.client._transport import TransportStreams
    from mcp.shared.message import SessionMessage

MOST_MESSAGE = 32 << 20
MOST_SAID = 2_000
READ_BYTES = 1 << 14
END_SECONDS = 2.0
KILL_SECONDS = 2.0

# What every server gets of the environment. Keys and tokens are the front end's to hand over.
PASSED = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "SYSTEMROOT", "TEMP", "TERM", "TMPDIR", "USER")


class Said:
    """What a server says beside its messages: the end of its standard error, and lines that are no messages."""

    def __init__(self) -> None:
        self._errors = bytearray()
        self.garbage = ""

    def error(self, data: bytes) -> None:
        """Take a piece of its standard error."""
        self._errors += data
        del self._errors[:-MOST_SAID]

    def no_message(self, line: bytes) -> None:
        """Take a line of its standard output that is no message; the first one is kept."""
        self.garbage = self.garbage or line[:MOST_SAID].decode(errors="replace").strip()

    @property
    def last(self) -> str:
        """The last line of its standard error; else of what it wrote instead of messages."""
        lines = [line.strip() for line in self._errors.decode(errors="replace").splitlines() if line.strip()]
        return lines[-1] if lines else self.garbage


@asynccontextmanager
async def stdio_streams(server: StdioServer, root: Path, said: Said) -> AsyncGenerator[TransportStreams]:
    """Start a server and give the streams of its messages; MCP's `Transport`.

    Args:
        server: what is started.
        root: where it runs, unless it says otherwise.
        said: gets what it says besides.

    Raises:
        ServerUnavailable: it cannot be started.
    """
    import anyio

    folder = root / server.cwd
    environ = environ_of(server)
    try:
        program = await asyncio.to_thread(find_program, server.command, folder, environ)
    except ToolUnavailable as error:
        raise ServerUnavailable(str(error)) from error
    with tether([str(program), *server.args]) as (command, kept):
        process = await _start(command, kept, folder, environ)
        incoming, messages = anyio.create_memory_object_stream["SessionMessage | Exception"](0)
        sent, outgoing = anyio.create_memory_object_stream["SessionMessage"](0)
        tasks = [
            asyncio.create_task(_read(process, incoming, said)),
            asyncio.create_task(_write(process, outgoing, incoming)),
            asyncio.create_task(_listen(process, said)),
        ]
        try:
            yield messages, sent
        finally:
            await _end(process, kept, tasks)
            for stream in (messages, sent, incoming, outgoing):
                stream.close()


def environ_of(server: StdioServer, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """All variables that a server gets."""
    return {name: value for name, value in environ.items() if name.upper() in PASSED} | dict(server.env)


async def _start(
    command: list[str], kept: list[int], folder: Path, environ: Mapping[str, str]
) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            cwd=folder,
            env=environ,
            pass_fds=kept[:1],
            start_new_session=os.name == "posix",
            limit=MOST_MESSAGE,
        )
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ServerUnavailable(f"It could not be started in {folder}: {why}.") from error


async def _read(
    process: asyncio.subprocess.Process, incoming: MemoryObjectSendStream[SessionMessage | Exception], said: Said
) -> None:
    from anyio import BrokenResourceError, ClosedResourceError
    from mcp.shared.message import SessionMessage
    from mcp_types import jsonrpc_message_adapter

    assert process.stdout is not None
    with incoming, contextlib.suppress(BrokenResourceError, ClosedResourceError):
        while True:
            try:
                line = await process.stdout.readuntil(b"\n")
            except asyncio.IncompleteReadError:
                return
            except asyncio.LimitOverrunError:
                said.error(f"\nit sent a message of more than {MOST_MESSAGE >> 20} MB\n".encode())
                return
            if not line.strip():
                continue
            try:
                message = SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
            except ValueError:
                said.no_message(line)
                continue
            await incoming.send(message)


async def _write(
    process: asyncio.subprocess.Process,
    outgoing: MemoryObjectReceiveStream[SessionMessage],
    incoming: MemoryObjectSendStream[SessionMessage | Exception],
) -> None:
    assert process.stdin is not None
    try:
        async with outgoing:
            async for message in outgoing:
                text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                process.stdin.write(text.encode(errors="replace") + b"\n")
                await process.stdin.drain()
    except OSError:
        incoming.close()  # nobody would answer


async def _listen(process: asyncio.subprocess.Process, said: Said) -> None:
    assert process.stderr is not None
    while data := await process.stderr.read(READ_BYTES):
        said.error(data)


async def _end(process: asyncio.subprocess.Process, kept: list[int], tasks: list[asyncio.Task[None]]) -> None:
    """The end of its input asks it to end; what is left of it then is killed."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if process.stdin is not None:
        process.stdin.close()
    await ended(process, END_SECONDS)
    if process.returncode is None and kept:
        os.close(kept.pop())
        await ended(process, KILL_SECONDS)
    if process.returncode is None:
        kill_group(process)
        await ended(process, KILL_SECONDS)
