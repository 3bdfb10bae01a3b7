"""A turn at a model server that several processes share: whoever started this process may have it wait for one.

The variable PUNIE_MODEL_QUEUE names a Unix socket. A turn is asked for with one line, given with `go`, and over when
the connection is closed, however this process ends.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from punie_agent.models.specs import is_loopback, server_of

QUEUE_VARIABLE = "PUNIE_MODEL_QUEUE"

logger = logging.getLogger(__name__)


@asynccontextmanager
async def turn_at(url: str) -> AsyncGenerator[None]:
    """Hold a turn at a model server; there is no waiting for one on another machine, or when nobody keeps a queue.

    Args:
        url: the server's base URL; empty for one that is not known.
    """
    queue = os.environ.get(QUEUE_VARIABLE)
    if not queue or not is_loopback(url):
        yield
        return
    try:
        reader, writer = await asyncio.open_unix_connection(queue)
    except OSError as error:
        logger.warning("there is no queue at %s: %s", queue, error)
        yield
        return
    try:
        wish = {"server": server_of(url), "project": str(Path.cwd())}
        writer.write(json.dumps(wish).encode() + b"\n")
        await reader.readline()  # `go`, or the end of whoever keeps the queue
        yield
    finally:
        writer.close()
