"""One server's life, apart from the relay: it is never started for nothing, and a hung one makes way."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import psutil
import pytest

from punie_ls.relay.child import Child
from punie_ls.relay.child_process import stop_all
from punie_ls.relay.exceptions import StartError
from punie_ls.relay.supervisor import Launch, Supervisor
from tests.faults.editor import ended, stopped
from tests.integration.relay.client import FAKE_SERVER


class Heard:
    """Notes what it hears of a child."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.ready = asyncio.Event()

    def child_ready(self, child: Child, *, again: bool) -> None:
        self.events.append("ready again" if again else "ready")
        self.ready.set()

    def child_lost(self, child: Child) -> None:
        self.events.append("lost")
        self.ready.clear()

    def child_gone(self, child: Child, *, ran: bool) -> None:
        self.events.append("gone")

    def child_params(self, child: Child) -> dict[str, Any]:
        return {}


async def test_a_server_that_is_no_longer_wanted_when_it_has_started() -> None:
    before = set(psutil.Process().children())
    child = Child("ty", lambda *_: None)
    supervisor = Supervisor(child, Launch(["sleep", "60"], dict(os.environ)), Heard())
    starting = asyncio.create_task(supervisor.spawn())
    await asyncio.sleep(0)
    supervisor.stopping = True

    with pytest.raises(StartError):
        await starting
    assert child.process is None
    assert await ended(list(set(psutil.Process().children()) - before)) == []


async def test_a_hung_server_is_restarted_all_the_same() -> None:
    child, heard = Child("punie", lambda *_: None), Heard()
    supervisor = Supervisor(child, Launch(FAKE_SERVER, dict(os.environ)), heard)
    running = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(30):
        await heard.ready.wait()
        assert child.process is not None
        assert child.process.pid is not None
        first = await stopped(psutil.Process(child.process.pid))
        heard.ready.clear()
        assert supervisor.restart()
        await heard.ready.wait()

    assert heard.events == ["ready", "lost", "ready again"]
    assert not first.is_running()
    supervisor.stopping = True
    await stop_all([child.process])
    await running
