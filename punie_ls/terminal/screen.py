"""The terminal: what is finished is printed once and stays; only the last few lines are drawn again and again."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.live import Live
from rich.segment import Segment

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
FRAMES_A_SECOND = 10
# What is live must fit on the screen, or it could not be drawn again.
SPARE_LINES = 2
FORGET_LINE = "\r\x1b[K"

Tail = Callable[[], Sequence[RenderableType]]


class Screen:
    """A console with a live end.

    Args:
        console: a terminal's.
        tail: what is to be seen at the end now.
    """

    def __init__(self, console: Console, tail: Tail) -> None:
        self.console = console
        self._tail = tail
        self._live: Live | None = None
        self._began = time.monotonic()
        self._spaced = True

    @property
    def animated(self) -> bool:
        """Whether anything can be drawn again here."""
        return self.console.is_terminal and not self.console.is_dumb_terminal

    @property
    def frame(self) -> str:
        """The spinner now."""
        return FRAMES[int((time.monotonic() - self._began) * FRAMES_A_SECOND) % len(FRAMES)]

    @asynccontextmanager
    async def shown(self) -> AsyncGenerator[None]:
        """Draw until the end; then only what was printed is left."""
        if not self.animated:
            yield
            return
        self.console.file.write(FORGET_LINE)
        drawing = asyncio.create_task(self._draw())
        self._start()
        try:
            yield
        finally:
            drawing.cancel()
            await asyncio.gather(drawing, return_exceptions=True)
            self._stop()

    @contextmanager
    def still(self) -> Generator[None]:
        """Draw nothing, while somebody is asked."""
        was = self._live is not None
        self._stop()
        try:
            yield
        finally:
            if was:
                self._start()

    def print(self, renderable: RenderableType, *, apart: bool = False) -> None:
        """Something that stays. `apart` puts an empty line before and behind it; two of them are one."""
        if apart and not self._spaced:
            self.console.print()
        self.console.print(renderable)
        self._spaced = False
        if apart:
            self.console.print()
            self._spaced = True

    def refresh(self) -> None:
        """Draw the end now."""
        if self._live is not None:
            self._live.refresh()

    def _start(self) -> None:
        self._live = Live(
            console=self.console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="crop",
            get_renderable=lambda: self,
        )
        self._live.start(refresh=True)

    def _stop(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            live.stop()

    async def _draw(self) -> None:
        while True:
            await asyncio.sleep(1 / FRAMES_A_SECOND)
            with contextlib.suppress(BlockingIOError):
                self.refresh()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The last lines of the end, as many as fit, as they are at this moment."""
        if self._live is None:  # it is being taken away
            return
        most = max(self.console.height - SPARE_LINES, 1)
        lines = [line for part in self._tail() for line in self.console.render_lines(part, options, pad=False)]
        for number, line in enumerate(lines[-most:]):
            if number:
                yield Segment.line()
            yield from line
