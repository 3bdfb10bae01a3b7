"""The editor's end of the bridge: ACP messages as lines on standard input and output."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable
from typing import cast

HIGH_BYTES = 8 << 20
MAX_LINE_BYTES = 32 << 20


class EditorInput(asyncio.Protocol):
    """Standard input as lines; `on_end` is told when there are no more."""

    def __init__(self, on_line: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        self._on_line = on_line
        self._on_end = on_end
        self._rest = bytearray()
        self._transport: asyncio.ReadTransport | None = None
        self._skipping = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.ReadTransport", transport)

    def data_received(self, data: bytes) -> None:
        """Split into lines. One that is too long is left out, and reported by an empty one."""
        *whole, rest = data.split(b"\n")
        for part in whole:
            line = bytes(self._rest) + part
            self._rest.clear()
            if self._skipping:
                self._skipping = False
            elif line.strip():
                self._on_line(line)
        if self._skipping:
            return
        self._rest += rest
        if len(self._rest) > MAX_LINE_BYTES:
            self._rest.clear()
            self._skipping = True
            self._on_line(b"")

    def hold(self, *, paused: bool) -> None:
        """Stop or go on reading."""
        if self._transport is not None and not self._transport.is_closing():
            (self._transport.pause_reading if paused else self._transport.resume_reading)()

    def connection_lost(self, exc: Exception | None) -> None:
        """The editor has closed its end; half a line is none."""
        self._on_end()


class EditorOutput(asyncio.BaseProtocol):
    """Standard output; what the editor does not take at once is kept, and `room` is waited for."""

    def __init__(self, on_end: Callable[[], None]) -> None:
        self._on_end = on_end
        self._transport: asyncio.WriteTransport | None = None
        self._space = asyncio.Event()
        self._space.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.WriteTransport", transport)
        self._transport.set_write_buffer_limits(high=HIGH_BYTES)

    def write(self, message: bytes) -> None:
        """Write one message as a line."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(message.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n")

    async def room(self) -> None:
        """Wait until the editor has taken most of it."""
        await self._space.wait()

    def pause_writing(self) -> None:
        """The editor is behind."""
        self._space.clear()

    def resume_writing(self) -> None:
        """It has caught up."""
        self._space.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The editor reads no more."""
        self._space.set()
        self._on_end()

    async def drain(self, seconds: float) -> None:
        """Wait until all is written."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._transport is not None and self._transport.get_write_buffer_size():
                    if self._transport.is_closing():
                        return
                    await asyncio.sleep(0.005)


async def open_stdio(reader: EditorInput, writer: EditorOutput) -> None:
    """Connect both to this process's standard streams. Raises OSError or ValueError when these are no pipes."""
    loop = asyncio.get_running_loop()
    await loop.connect_write_pipe(lambda: writer, sys.stdout)
    await loop.connect_read_pipe(lambda: reader, sys.stdin)
