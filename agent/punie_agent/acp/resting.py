"""Projects in which nothing happens for a while rest: their ty ends until it is needed again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

logger = logging.getLogger(__name__)

REST_SECONDS = 120.0
LOOK_SECONDS = 5.0


async def rest_when_idle(
    used: Callable[[], Mapping[Path, float]], rest: Callable[[Path], Awaitable[None]], seconds: float = REST_SECONDS
) -> None:
    """Look after projects until it is cancelled.

    Args:
        used: when each project was used last, by the monotonic clock.
        rest: frees what a project does not need; nothing for one that rests already.
        seconds: how long nothing must have happened.
    """
    while True:
        await asyncio.sleep(min(LOOK_SECONDS, seconds))
        for root, last in used().items():
            if time.monotonic() - last >= seconds:
                try:
                    await rest(root)
                except Exception:  # it is only about memory
                    logger.exception("%s could not be put to rest", root)
