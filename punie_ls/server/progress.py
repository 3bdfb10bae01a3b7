"""Work-done progress around a command: shown where the client supports it; its cancel button cancels the command."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from lsprotocol import types
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from punie_ls.server.server import PunieServer

# A program may call a thousand tools in a second; nobody reads more than this.
SECONDS_BETWEEN = 0.1


class Report(Protocol):
    """Tells how far the work is; the percentage counts only where one was announced."""

    def __call__(self, message: str, percentage: int | None = None, /) -> None:
        """Report."""


def no_report(message: str, percentage: int | None = None) -> None:
    """Nobody looks."""


@asynccontextmanager
async def work_done_progress(
    server: PunieServer, title: str, token: int | str | None = None, *, counted: bool = False
) -> AsyncGenerator[Report]:
    """Show progress; yields a function that reports a sentence, and how much is done.

    Args:
        server: asks the client.
        title: what is being done.
        token: the client's own, when it sent one.
        counted: whether reports have a percentage.
    """
    window = server.client_capabilities.window
    if token is None and not (window and window.work_done_progress):
        yield no_report
        return
    progress = server.work_done_progress
    if token is None:
        token = f"punie/{uuid.uuid4()}"
        try:
            await progress.create_async(token)
        except JsonRpcException:  # it shows none after all
            yield no_report
            return
    progress.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=True, percentage=0 if counted else None))
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()

    def cancelled(_: object) -> None:
        loop.call_soon_threadsafe(task.cancel)

    future = progress.tokens[token]
    future.add_done_callback(cancelled)
    reports = _Reports(loop, lambda value: progress.report(token, value))
    try:
        yield reports.say
    finally:
        reports.close()
        # Not `future.cancel()`: that would look like the user's cancel button.
        progress.tokens.pop(token, None)
        progress.end(token, types.WorkDoneProgressEnd())


class _Reports:
    """The news, each once, and the last of many."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Callable[[types.WorkDoneProgressReport], None]) -> None:
        self._loop = loop
        self._send = send
        self._last: tuple[str, int | None] | None = None
        self._waiting: tuple[str, int | None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def say(self, message: str, percentage: int | None = None) -> None:
        """Report now, or in a moment when something was just reported."""
        news = (message, percentage)
        if self._timer is not None:
            self._waiting = news
        elif news != self._last:
            self._put(news)

    def close(self) -> None:
        """The end: nothing may be reported after it."""
        if self._timer is not None:
            self._timer.cancel()

    def _put(self, news: tuple[str, int | None]) -> None:
        self._last = news
        self._send(types.WorkDoneProgressReport(message=news[0], percentage=news[1]))
        self._timer = self._loop.call_later(SECONDS_BETWEEN, self._next)

    def _next(self) -> None:
        self._timer, news, self._waiting = None, self._waiting, None
        if news is not None and news != self._last:
            self._put(news)
