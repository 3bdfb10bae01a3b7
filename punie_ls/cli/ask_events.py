"""A turn's events as JSON without secrets, in order and none left out; the agent never waits for whoever reads."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from punie_ls.server.event_params import EventEncoder
from punie_ls.server.event_queue import EventQueue, TurnName

if TYPE_CHECKING:
    from punie_agent.events import Event

# Pieces of an answer that come in such a time are shown together.
SECONDS_BETWEEN = 0.03


async def without_secrets(events: AsyncGenerator[Event], session: str) -> AsyncGenerator[dict[str, Any]]:
    """The events as JSON; closing this closes them."""
    queue, name = EventQueue(sys.maxsize, sys.maxsize), TurnName("", session, 0)
    encoder, wake = EventEncoder(), asyncio.Event()

    async def feed() -> None:
        async with aclosing(events):
            async for event in events:
                queue.add(name, event)
                wake.set()

    feeding = asyncio.create_task(feed())
    feeding.add_done_callback(lambda _: wake.set())
    try:
        while not feeding.done() or len(queue):
            await wake.wait()
            wake.clear()
            for params in await asyncio.to_thread(encoder.encode, queue.take()):
                yield params["event"]
            if not feeding.done():
                await asyncio.sleep(SECONDS_BETWEEN)
        await feeding
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
