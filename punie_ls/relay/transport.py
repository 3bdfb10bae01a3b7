"""The editor's pipes as whole LSP messages. Knows asyncio and framing, no method."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import selectors
import sys
from collections.abc import Callable
from typing import cast

from punie_ls.relay.exceptions import StreamError
from punie_semantic.wire.framing import Framer, FramingError, frame

# asyncio reads into fresh 256 KB buffers. glibc gets such blocks from the kernel and gives them back each time,
# until a larger one has been freed once: this raises its threshold and halves the cost of large messages.
_ = bytes(16 << 20)
del _

PIPE_BYTES = 1 << 20
HIGH_WATER_BYTES = 8 << 20

OnMessage = Callable[[bytes], None]


class EditorReader(asyncio.Protocol):
    """Standard input as messages; `on_end` gets the error that ended it, or None at its regular end."""

    def __init__(self, on_message: OnMessage, on_end: Callable[[Exception | None], None]) -> None:
        self._framer = Framer(on_message)
        self._on_end = on_end

    def data_received(self, data: bytes) -> None:
        """Feed the framer."""
        try:
            self._framer.feed(data)
        except FramingError as error:
            self._on_end(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """The editor closed its end."""
        self._on_end(exc)


class EditorWriter(asyncio.BaseProtocol):
    """Standard output; `on_pressure` hears whether the editor is behind with reading."""

    def __init__(self, on_pressure: Callable[[bool], None], on_end: Callable[[Exception | None], None]) -> None:
        self._on_pressure = on_pressure
        self._on_end = on_end
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.WriteTransport", transport)  # a write pipe's, by construction
        self._transport.set_write_buffer_limits(high=HIGH_WATER_BYTES)

    def write(self, body: bytes) -> None:
        """Send one message, buffered when the pipe is full."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame(body))

    def pause_writing(self) -> None:
        """The buffer has passed its high-water mark."""
        self._on_pressure(True)

    def resume_writing(self) -> None:
        """The editor has caught up."""
        self._on_pressure(False)

    def connection_lost(self, exc: Exception | None) -> None:
        """The editor closed its end."""
        self._on_end(exc)

    async def drain(self, seconds: float) -> None:
        """Wait until all is written, at most `seconds`."""
        deadline = asyncio.get_running_loop().time() + seconds
        while (transport := self._transport) is not None and transport.get_write_buffer_size():
            if transport.is_closing() or asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(0.005)


async def open_stdio(reader: EditorReader, writer: EditorWriter) -> None:
    """Connect both protocols to this process's standard streams. Raises StreamError when these are no pipes."""
    loop = asyncio.get_running_loop()
    try:
        with selectors.DefaultSelector() as probe:
            # asyncio does not wait for this and would never hear of /dev/null's refusal.
            probe.register(sys.stdin, selectors.EVENT_READ)
        for stream in (sys.stdin, sys.stdout):
            enlarge(stream.fileno())
        await loop.connect_write_pipe(lambda: writer, sys.stdout)
        await loop.connect_read_pipe(lambda: reader, sys.stdin)
    except (OSError, ValueError) as error:
        message = f"an editor starts this program and talks to it through pipes; these streams are none: {error}"
        raise StreamError(message) from error


def enlarge(descriptor: int) -> None:
    """Fewer wake-ups for large messages; only Linux can, and only for pipes."""
    set_size = getattr(fcntl, "F_SETPIPE_SZ", None)
    if set_size is not None:
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, set_size, PIPE_BYTES)
