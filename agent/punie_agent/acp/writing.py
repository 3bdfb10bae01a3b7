"""Work on files that is done to its end: whoever waits may be cancelled, and learns what is true all the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

logger = logging.getLogger(__name__)


async def to_the_end(work: Callable[[], Result]) -> Result:
    """Do work in a thread, and wait for its end also when the task is cancelled meanwhile. Raises what it raises."""
    writing = asyncio.create_task(asyncio.to_thread(work))
    while not writing.done():
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            if writing.cancelled():
                raise
            logger.info("cancelled while writing; it is written to the end")
        except Exception:  # noqa: BLE001 - it is raised below
            break
    return writing.result()
