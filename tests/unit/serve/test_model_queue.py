"""The queue before a model server: so many at once, round robin between projects, and no turn is ever lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from punie_agent.models.turns import QUEUE_VARIABLE, turn_at
from punie_ls.serve.model_queue import VARIABLE, ModelQueue, Turns

URL = "http://127.0.0.1:1234/v1"


@pytest.fixture
async def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[ModelQueue]:
    """One turn at a time, for this process."""
    started = ModelQueue(1)
    await started.start(tmp_path / "q")
    monkeypatch.setenv(QUEUE_VARIABLE, str(tmp_path / "q"))
    yield started
    await started.close()


async def settled(queue: ModelQueue, **wanted: int) -> None:
    """Wait until the only model server has so many running and waiting."""

    def off() -> bool:
        return not queue.listing() or any(queue.listing()[0][name] != count for name, count in wanted.items())

    async with asyncio.timeout(10):
        while off():  # noqa: ASYNC110 - the product has no such event
            await asyncio.sleep(0.005)


async def test_projects_take_turns_however_many_requests_one_of_them_has() -> None:
    turns = Turns(1)
    await turns.take("first")
    order: list[str] = []

    async def work(project: str) -> None:
        await turns.take(project)
        order.append(project)
        turns.give_back()

    async with asyncio.TaskGroup() as group:
        for project in ["busy"] * 4 + ["quiet", "other", "quiet"]:
            group.create_task(work(project))
        await asyncio.sleep(0)
        assert turns.waiting == 7
        turns.give_back()

    assert order == ["busy", "quiet", "other", "busy", "quiet", "busy", "busy"]
    assert (turns.running, turns.waiting) == (0, 0)


async def test_one_that_stops_waiting_costs_nobody_a_turn() -> None:
    turns = Turns(1)
    await turns.take("a")
    waiting = [asyncio.ensure_future(turns.take(project)) for project in ("b", "c")]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    turns.give_back()
    await waiting[1]
    turns.give_back()

    # Also not one that stops just as its turn comes.
    await turns.take("a")
    late = asyncio.ensure_future(turns.take("b"))
    await asyncio.sleep(0)
    turns.give_back()
    late.cancel()
    await asyncio.gather(late, return_exceptions=True)
    assert (turns.running, turns.waiting) == (0, 0)


def test_both_ends_mean_the_same_variable() -> None:
    assert VARIABLE == QUEUE_VARIABLE


async def test_an_agent_waits_for_its_turn(queue: ModelQueue) -> None:
    async with AsyncExitStack() as first:
        await first.enter_async_context(turn_at(URL))
        second = asyncio.ensure_future(turn_at(URL).__aenter__())
        await settled(queue, running=1, waiting=1)
        assert not second.done()
    await asyncio.wait_for(second, 10)

    assert queue.listing() == [{"server": "127.0.0.1:1234", "running": 1, "waiting": 0}]


async def test_an_agent_that_is_cancelled_while_it_waits_leaves_the_queue(queue: ModelQueue) -> None:
    async with turn_at(URL):
        waiting = asyncio.ensure_future(turn_at(URL).__aenter__())
        await settled(queue, running=1, waiting=1)
        waiting.cancel()
        await settled(queue, running=1, waiting=0)
    await settled(queue, running=0, waiting=0)


@pytest.mark.parametrize("url", ["https://cluster.example/v1", ""])
async def test_models_elsewhere_are_not_queued(queue: ModelQueue, url: str) -> None:
    async with turn_at(url), turn_at(url):
        assert queue.listing() == []


async def test_without_a_queue_nobody_waits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(QUEUE_VARIABLE, str(tmp_path / "gone"))

    async with turn_at(URL), turn_at(URL):
        pass


async def test_nonsense_takes_no_turn(queue: ModelQueue, tmp_path: Path) -> None:
    for line in (b"nonsense\n", b"", b'{"server": 7}\n', b"x" * 100_000):
        reader, writer = await asyncio.open_unix_connection(tmp_path / "q")
        writer.write(line)
        if not line:
            writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()

    async with turn_at(URL):
        assert queue.listing()[0]["running"] == 1
