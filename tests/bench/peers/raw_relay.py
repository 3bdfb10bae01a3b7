"""The least a relay can do: whole messages, or bare bytes (`--pump`), from pipe to pipe without a look at them.

    python raw_relay.py [--pump] SERVER...

Pipes and buffers are as large as those of `punie-ls`; only the work on the messages differs.
"""

from __future__ import annotations

import asyncio
import fcntl
import sys
from collections.abc import Callable
from typing import cast

# glibc returns asyncio's 256 KB read buffers to the kernel each time until a larger block has been freed once.
_ = bytes(16 << 20)
del _

PIPE_BYTES = 1 << 20

Write = Callable[[bytes], None]


class Messages:
    """Splits a stream after each message; hands out header and body as one piece."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._buffer = bytearray()
        self._end = -1

    def feed(self, data: bytes) -> None:
        """Add bytes from the stream."""
        buffer = self._buffer
        buffer += data
        while True:
            if self._end < 0:
                header = buffer.find(b"\r\n\r\n")
                if header < 0:
                    return
                start = buffer.lower().index(b"content-length:", 0, header) + 15
                self._end = header + 4 + int(buffer[start:header].split(b"\r\n")[0])
            if len(buffer) < self._end:
                return
            message = bytes(memoryview(buffer)[: self._end])
            del buffer[: self._end]
            self._end = -1
            self._write(message)


class Input(asyncio.Protocol):
    """Standard input; its end ends the relay."""

    def __init__(self, feed: Write, done: asyncio.Future[None]) -> None:
        self._feed = feed
        self._done = done

    def data_received(self, data: bytes) -> None:
        self._feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)


class Server(asyncio.SubprocessProtocol):
    """The server behind; its exit ends the relay."""

    def __init__(self, feed: Write, done: asyncio.Future[None]) -> None:
        self._feed = feed
        self._done = done

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._feed(data)

    def process_exited(self) -> None:
        if not self._done.done():
            self._done.set_result(None)


async def main(command: list[str], *, pump: bool) -> None:
    """Relay until one of both ends is gone."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    for stream in (sys.stdin, sys.stdout):
        _enlarge(stream.fileno())
    output, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, sys.stdout)
    to_client = output.write if pump else Messages(output.write).feed
    transport, _ = await loop.subprocess_exec(lambda: Server(to_client, done), *command, stderr=None)
    for descriptor in (0, 1):
        _enlarge(
            cast("asyncio.BaseTransport", transport.get_pipe_transport(descriptor)).get_extra_info("pipe").fileno()
        )
    server_input = cast("asyncio.WriteTransport", transport.get_pipe_transport(0))
    to_server = server_input.write if pump else Messages(server_input.write).feed
    await loop.connect_read_pipe(lambda: Input(to_server, done), sys.stdin)
    await done
    transport.close()


def _enlarge(descriptor: int) -> None:
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


if __name__ == "__main__":
    pump = sys.argv[1] == "--pump"
    asyncio.run(main(sys.argv[1 + pump :], pump=pump))
