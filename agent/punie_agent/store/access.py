"""The way to the store: two threads that write and read, and the event loop that waits for them."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sqlalchemy import Connection

from punie_agent.events import Notice
from punie_agent.exceptions import StoreError
from punie_agent.redaction import Redactor
from punie_agent.store.database import Apply, Database
from punie_agent.store.location import locate
from punie_agent.store.reader import Damaged, OldTables, Reader
from punie_agent.store.writer import Writer

Result = TypeVar("Result")


class StoreAccess:
    """A store's threads; each object belongs to one event loop.

    Args:
        setting: where it is; see `SessionStore`.
        on_notice: gets what the user should know, in the event loop.
        redactor: what takes secrets out of all that is stored.

    Raises StoreError when the setting names no place.
    """

    def __init__(
        self, setting: str | None, *, on_notice: Callable[[Notice], None], redactor: Redactor | None = None
    ) -> None:
        self.location = locate(setting)
        self._on_notice = on_notice
        self._redactor = redactor or Redactor(os.environ)
        self._loop: asyncio.AbstractEventLoop | None = None
        database = Database(self.location, lambda text: self._tell(text, bad=True))
        self._writer = Writer(database, lambda text, bad: self._tell(text, bad=bad), self._beat)
        self._reader = Reader(self.location)

    @property
    def problem(self) -> StoreError | None:
        """Why nothing can be written now; None when all is well."""
        return self._writer.problem

    async def flush(self) -> None:
        """Wait until all is written. Raises StoreError when it cannot be."""
        await self._call(lambda connection: None)

    def _beat(self) -> Apply | None:
        """What is to be written now and then while the store is open."""
        return None

    async def _call(self, action: Callable[[Connection], Result], *, patient: bool = True) -> Result:
        self._take_loop()
        return await done(self._writer.call(action, patient=patient))

    async def _read(self, action: Callable[[Connection], Result], missing: Callable[[], Result]) -> Result:
        self._take_loop()
        try:
            return await done(self._reader.read(action, missing))
        except OldTables:
            await self.flush()
            return await done(self._reader.read(action, missing))
        except Damaged as error:
            await done(self._writer.replace_damaged(error.file))
            raise

    def _take_loop(self) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()

    def _tell(self, text: str, *, bad: bool) -> None:
        """Hand a notice to the event loop, from any thread."""
        if self._loop is None or self._loop.is_closed():
            return
        notice = Notice(text=text, level="warning" if bad else "info")
        with contextlib.suppress(RuntimeError):  # the loop was closed just now
            self._loop.call_soon_threadsafe(self._on_notice, notice)


async def done(future: Future[Result]) -> Result:
    """Wait for another thread. Whoever waits may be cancelled; the thread goes on all the same."""
    return await asyncio.shield(asyncio.wrap_future(future))
