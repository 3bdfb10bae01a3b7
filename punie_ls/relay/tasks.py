"""The tasks of one connection: one group, each with its request's answer as its border."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from punie_ls.relay.client import Client
from punie_ls.relay.exceptions import ResponseError
from punie_ls.relay.messages import Id
from punie_semantic.wire.framing import INTERNAL_ERROR, REQUEST_CANCELLED

log = logging.getLogger(__name__)


class Tasks:
    """Runs coroutines in the connection's task group and can end them all."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._running: set[asyncio.Task[None]] = set()

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something that answers for its own errors; one that escapes is logged."""
        task = self._group.create_task(_logged(coroutine))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def answer(
        self,
        client: Client,
        identifier: Id,
        coroutine: Coroutine[Any, Any, bytes],
        *,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Answer an editor's request with the coroutine's raw result, exactly once, and go on with `then`."""
        client.in_flight[identifier] = self.spawn(_answer(client, identifier, coroutine, then))

    async def cancel_all(self) -> None:
        """End what still runs."""
        # A task that is cancelled before its first step would not even answer.
        await asyncio.sleep(0)
        for task in list(self._running):
            task.cancel()


async def _logged(coroutine: Coroutine[Any, Any, None]) -> None:
    try:
        await coroutine
    except Exception:
        log.exception("a task of the relay failed")


async def _answer(
    client: Client, identifier: Id, coroutine: Coroutine[Any, Any, bytes], then: Callable[[], None]
) -> None:
    try:
        result = await coroutine
    except asyncio.CancelledError:
        client.fail(identifier, ResponseError.of(REQUEST_CANCELLED, "cancelled"))
        raise
    except ResponseError as error:
        client.fail(identifier, error)
    except Exception as error:
        client.fail(identifier, ResponseError.of(INTERNAL_ERROR, f"internal error: {error!r}"))
        raise
    else:
        client.respond(identifier, result)
        then()
