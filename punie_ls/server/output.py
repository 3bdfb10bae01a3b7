"""Standard output with a thread of its own: a client that reads slowly, or not at all, never stops the event loop."""

from __future__ import annotations

import asyncio
import os
import threading
from queue import SimpleQueue

# What may wait before those that can wait with writing should.
LOW_BYTES = 256 << 10
CLOSE_SECONDS = 1.0


class Output:
    """A binary stream to a file descriptor, as far as pygls writes to one. All methods belong to the event loop.

    It writes past Python's own buffer, whose lock a thread that waits for a client would hold when Python ends.

    Attributes:
        pending: how many bytes wait to be written.
    """

    def __init__(self, descriptor: int) -> None:
        self.pending = 0
        self._descriptor = descriptor
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._broken = False
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)

    def write(self, data: bytes) -> int:
        """Hand over a message; it is written after those before it."""
        with self._lock:
            if self._broken:
                return len(data)
            self.pending += len(data)
        self._queue.put(data)
        if not self._thread.ident:
            self._thread.start()
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """Write what is left, as far as the client still reads."""
        self._queue.put(None)
        if self._thread.ident:
            self._thread.join(CLOSE_SECONDS)

    async def drained(self) -> None:
        """Wait until little is left to be written, or nobody reads any more."""
        event = asyncio.Event()
        with self._lock:
            if self._broken or self.pending <= LOW_BYTES:
                return
            self._waiting.append((asyncio.get_running_loop(), event))
        await event.wait()

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            broken = not self._write(data)
            with self._lock:
                self._broken = broken
                self.pending = 0 if broken else self.pending - len(data)
                waiting = self._waiting if self.pending <= LOW_BYTES else []
                if waiting:
                    self._waiting = []
            for loop, event in waiting:
                loop.call_soon_threadsafe(event.set)
            if broken:
                return

    def _write(self, data: bytes) -> bool:
        """Whether all of it could be written."""
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._descriptor, left) :]
            except OSError:  # the reader is gone; that standard input ends says the same to the rest
                return False
        return True
