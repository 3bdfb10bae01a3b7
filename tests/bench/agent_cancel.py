"""How fast a turn stops: a program in a loop, a tool that runs another program, a model server that is slow."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from punie_agent.events import Choice, Done, Event, PermissionRequested
from punie_agent.session import Session
from tests.bench.agent_turns import agent_on
from tests.bench.timing import summary
from tests.model_server import ModelServer, Reply, call, say

ROUNDS = 8
SETTLE_SECONDS = 0.3
PATIENCE_SECONDS = 30.0
SLEEPER = ("sleep", "86399")

Found = dict[str, Any]
Started = Callable[[list[Event], ModelServer], bool]

_SLEEP_TOOL = f"run_command({list(SLEEPER)!r})"
_GATHERED = "import asyncio\n" + f"await asyncio.gather({', '.join([_SLEEP_TOOL] * 3)})"


def _running_tool(events: list[Event], server: ModelServer) -> bool:
    return any(event.type == "tool_call_started" for event in events) and bool(_sleepers())


SCENES: dict[str, tuple[Reply, Started]] = {
    "a program in an endless loop": (
        call("run_code", code="while True:\n    pass"),
        lambda events, _: any(event.type == "program" for event in events),
    ),
    "a tool that runs a slow command": (call("run_code", code=_SLEEP_TOOL), _running_tool),
    "three such tools at once": (call("run_code", code=_GATHERED), _running_tool),
    "a model server that says nothing yet": (
        say("too late", delay=3600.0),
        lambda _, server: bool(server.chats),
    ),
    "a model server in the middle of its answer": (
        say("one word after the other, " * 40, hold=100),
        lambda events, _: any(event.type == "text" for event in events),
    ),
}


async def cancelling(root: Path) -> list[Found]:
    """Seconds from the wish to stop to the last event, and what was left running then."""
    rows = []
    for what, (reply, started) in SCENES.items():
        with ModelServer(replace(reply, again=True)) as server:
            async with agent_on(root, server.spec) as manager:
                found = [await _cancel(await manager.new(decide=_allow), server, started) for _ in range(ROUNDS)]
                server.release()
        seconds, left, problems = zip(*found, strict=True)
        said = [problem for problem in problems if problem]
        rows.append({"what": what, **summary(seconds), "left": sum(left), "problems": said})
    return rows


async def _cancel(session: Session, server: ModelServer, started: Started) -> tuple[float, int, str]:
    server.requests.clear()
    events: list[Event] = []
    await session.begin()
    before = _workers()
    listening = asyncio.create_task(_listen(session, events))
    deadline = time.perf_counter() + PATIENCE_SECONDS
    while not started(events, server):
        if listening.done() or time.perf_counter() > deadline:
            await session.cancel()
            return 0.0, 0, f"it never came to it: {events[-3:]}"
        await asyncio.sleep(0.01)
    await asyncio.sleep(SETTLE_SECONDS)
    wished = time.perf_counter()
    await session.cancel()
    await listening
    seconds = time.perf_counter() - wished
    last = events[-1]
    problem = "" if isinstance(last, Done) and last.reason == "cancelled" else f"it ended with {last}"
    return seconds, len(_sleepers()) + max(_workers() - before, 0), problem


async def _listen(session: Session, events: list[Event]) -> None:
    async for event in session.prompt("Do what the script says"):
        events.append(event)


async def _allow(request: PermissionRequested) -> Choice:
    return "allow_once"


def _sleepers() -> list[int]:
    """The commands that a tool has started and that still run."""
    return [child["pid"] for child in _children() if (child["cmdline"] or [])[-1:] == [SLEEPER[1]]]


def _workers() -> int:
    """The processes of the sandbox."""
    return sum("monty" in (child["name"] or "") for child in _children())


def _children() -> list[dict[str, Any]]:
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            found.append(process.as_dict(["pid", "cmdline", "name", "status"]))
    return [child for child in found if child["status"] != psutil.STATUS_ZOMBIE]
