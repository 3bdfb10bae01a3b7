"""Many sessions at once, each with its sandbox: none waits for another, and idle ones hold no process."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from punie_agent.codemode.runner import CodeRunner, open_runner
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from tests.integration.agent.codemode.conftest import Recorded, workers

SESSIONS = 20


async def test_twenty_programs_wait_at_the_same_time(recorded: Recorded) -> None:
    recorded.expected = SESSIONS
    async with AsyncExitStack() as stack:
        runners = [await stack.enter_async_context(open_runner(render_stubs(), TOOLS)) for _ in range(SESSIONS)]
        running = [asyncio.create_task(runner.run("read_file('wait')", recorded.call)) for runner in runners]

        await recorded.all_waiting.wait()
        for task in running:
            task.cancel()
        await asyncio.wait(running)

        assert recorded.cancelled == SESSIONS


async def test_a_reset_gives_the_worker_back(runner: CodeRunner, recorded: Recorded) -> None:
    before = len(workers())
    await runner.run("1", recorded.call)
    assert len(workers()) == before + 1

    await runner.reset()
    for _ in range(500):
        if len(workers()) == before:
            break
        await asyncio.sleep(0.01)

    assert len(workers()) == before
