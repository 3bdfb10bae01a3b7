"""Lines that somebody types while an event loop runs. Works on any terminal, as it is line by line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

try:
    import termios
except ImportError:  # not on this system
    termios = None

MOST_LINE = 4096


class Keyboard:
    """Standard input, when it is a terminal."""

    def __init__(self, handle: int = 0) -> None:
        self._handle = handle
        self.here = os.isatty(handle)

    @contextmanager
    def quiet(self) -> Generator[None]:
        """What is typed does not show meanwhile, and stays for later; Ctrl-C works."""
        before = self._set_echo(on=False)
        try:
            yield
        finally:
            self.restore(before)

    async def line(self) -> str | None:
        """The next line, without its end; None at the end of input. What was typed before the question is no answer."""
        if termios is None:
            return await asyncio.to_thread(_blocking_line)
        with contextlib.suppress(termios.error):
            termios.tcflush(self._handle, termios.TCIFLUSH)
        before = self._set_echo(on=True)
        loop = asyncio.get_running_loop()
        read: asyncio.Future[str | None] = loop.create_future()
        data = b""

        def readable() -> None:
            nonlocal data
            try:
                piece = os.read(self._handle, MOST_LINE)
            except OSError:
                piece = b""
            data += piece
            if not read.done() and (not piece or b"\n" in data):
                text = data.partition(b"\n")[0].decode("utf-8", "replace")
                read.set_result(text if piece or data else None)

        loop.add_reader(self._handle, readable)
        try:
            return await read
        finally:
            loop.remove_reader(self._handle)
            self.restore(before)

    def restore(self, before: list[Any] | None) -> None:
        """The terminal as it was."""
        if before is not None and termios is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self._handle, termios.TCSANOW, before)

    def _set_echo(self, *, on: bool) -> list[Any] | None:
        """Show what is typed, or do not; gives how it was."""
        if termios is None or not self.here:
            return None
        try:
            before = termios.tcgetattr(self._handle)
            flags: int = before[3]
            now: list[Any] = list(before)
            now[3] = flags | termios.ECHO | termios.ICANON if on else flags & ~termios.ECHO
            termios.tcsetattr(self._handle, termios.TCSANOW, now)
        except termios.error:
            return None
        return before


def _blocking_line() -> str | None:
    line = sys.stdin.readline()
    return line.rstrip("\r\n") if line else None


class Saved:
    """How the terminal was when the program began."""

    def __init__(self, handle: int = 0) -> None:
        self._handle = handle
        self._before: list[Any] | None = None
        if termios is not None and os.isatty(handle):
            with contextlib.suppress(termios.error):
                self._before = termios.tcgetattr(handle)

    def restore(self) -> None:
        """As it was, with a cursor."""
        Keyboard(self._handle).restore(self._before)
        if os.isatty(1) and os.environ.get("TERM") != "dumb":
            with contextlib.suppress(OSError):
                os.write(1, b"\x1b[?25h")
