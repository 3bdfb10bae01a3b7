"""What a program prints: collected and passed on while it runs, and ended when it is too much."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable


class Output:
    """Receives a program's output on Monty's thread and passes it on, in order, on the event loop's."""

    def __init__(self, limit: int, listener: Callable[[str], None] | None, too_much: Callable[[], None]) -> None:
        self._limit = limit
        self._listener = listener
        self._too_much = too_much
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._waiting: list[str] = []
        self._parts: list[str] = []
        self._size = 0
        self.exceeded = False

    def __call__(self, stream: str, text: str) -> None:
        """Take a piece; called by Monty, on any thread."""
        with self._lock:
            if self.exceeded:
                return
            text = text[: self._limit - self._size]
            self._size += len(text)
            self.exceeded = self._size >= self._limit
            self._parts.append(text)
            self._waiting.append(text)
        if self.exceeded:
            self._too_much()
        if self._listener is not None:
            self._loop.call_soon_threadsafe(self.deliver)

    def deliver(self) -> None:
        """Pass on what has come since the last time; before each tool call, so that the order is right."""
        with self._lock:
            text, self._waiting = "".join(self._waiting), []
        if text and self._listener is not None:
            self._listener(text)

    @property
    def text(self) -> str:
        """All that was printed, up to the limit."""
        with self._lock:
            return "".join(self._parts)
