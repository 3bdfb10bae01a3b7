"""Work-done progress around a fix: shown where the client supports it, and its cancel button cancels the fix."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from punie_ls.server.server import PunieServer


@asynccontextmanager
async def work_done_progress(
    server: PunieServer, title: str, token: int | str | None = None
) -> AsyncGenerator[Callable[[str], None]]:
    """Show progress; yields a function that reports a sentence. `token` is the client's, when it sent one."""
    window = server.client_capabilities.window
    if token is None and not (window and window.work_done_progress):
        yield lambda message: None
        return
    progress = server.work_done_progress
    if token is None:
        token = f"punie/{uuid.uuid4()}"
        await progress.create_async(token)
    progress.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=True))
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()

    def cancelled(_: object) -> None:
        loop.call_soon_threadsafe(task.cancel)

    future = progress.tokens[token]
    future.add_done_callback(cancelled)
    try:
        yield lambda message: progress.report(token, types.WorkDoneProgressReport(message=message))
    finally:
        # Not `future.cancel()`: that would look like the user's cancel button.
        progress.tokens.pop(token, None)
        progress.end(token, types.WorkDoneProgressEnd())
