"""The event loop of `ask` and `chat`, in a thread of its own: the main thread keeps the keyboard and the signals.

Ctrl-C stops what runs; a second one leaves, in order when that is quick, at once when it is not.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self, TypeVar

from punie_ls.terminal.keyboard import Saved

INTERRUPTED = 130
CLOSE_SECONDS = 5.0
# After the second Ctrl-C.
LEAVE_SECONDS = 1.5

Result = TypeVar("Result")


class Leave(Exception):
    """The user, or the system, ends the program; `status` is its exit status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Stopped(Exception):
    """The first Ctrl-C has cancelled the work."""


class AgentLoop:
    """A running event loop. What still runs in it at the end is cancelled, and waited for a moment."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="agent", daemon=True)
        self._saved = Saved()
        self._left = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # A thread that hangs, in an import for instance, does not keep the user.
        seconds = LEAVE_SECONDS if self._left else CLOSE_SECONDS
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(seconds)
        self._saved.restore()
        if self._thread.is_alive():
            sys.stdout.flush()
            os._exit(self._left or 1)

    def start(self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        """Begin something, and do not wait."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, Result], on_interrupt: Callable[[], bool] = lambda: False) -> Result:
        """Do something, and wait for its end. Raises Stopped, or Leave when the program is to end.

        Args:
            work: what to do.
            on_interrupt: what the first Ctrl-C does, in the loop; False when there is nothing to stop, and the work
                itself is cancelled.
        """
        future = self.start(work)
        with self._signals(future, on_interrupt):
            try:
                return future.result()
            except CancelledError:
                if self._left:
                    raise Leave(self._left) from None
                raise Stopped from None

    @contextmanager
    def _signals(self, future: Future[Any], on_interrupt: Callable[[], bool]) -> Generator[None]:
        interrupts = 0

        def interrupt(number: int, frame: FrameType | None) -> None:
            nonlocal interrupts
            interrupts += 1
            if interrupts == 1:
                self._loop.call_soon_threadsafe(lambda: on_interrupt() or future.cancel())
            else:
                self._leave(future, INTERRUPTED, interrupts)

        def end(number: int, frame: FrameType | None) -> None:
            self._leave(future, 128 + number, 2)

        names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
        before = {signal.SIGINT: signal.signal(signal.SIGINT, interrupt)}
        before |= {getattr(signal, name): signal.signal(getattr(signal, name), end) for name in names}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _leave(self, future: Future[Any], status: int, interrupts: int) -> None:
        """Cancel, and end the process when that takes too long; with it end ty and the sandbox, which it holds."""
        first, self._left = not self._left, status
        if interrupts > 2:
            self._exit()
        if first:
            timer = threading.Timer(LEAVE_SECONDS, self._exit)
            timer.daemon = True
            timer.start()
        future.cancel()

    def _exit(self) -> None:
        self._saved.restore()
        os._exit(self._left)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            with contextlib.suppress(RuntimeError):
                self._loop.run_until_complete(_cancelled(self._loop))
                self._loop.run_until_complete(self._loop.shutdown_asyncgens())
                self._loop.close()


async def _cancelled(loop: asyncio.AbstractEventLoop) -> None:
    """Nothing but this task is left afterwards."""
    tasks = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
