"""Work on files is done to its end, also for somebody who was cancelled."""

from __future__ import annotations

import asyncio
import threading

import pytest

from punie_agent.acp.writing import to_the_end


async def test_its_result_comes_after_a_cancellation() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        go_on.wait(30)
        return "written"

    task = asyncio.create_task(to_the_end(work))
    await asyncio.to_thread(begun.wait, 30)
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0)
    go_on.set()

    assert await task == "written"


async def test_what_it_raises_is_raised() -> None:
    def work() -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        await to_the_end(work)
