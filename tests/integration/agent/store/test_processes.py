"""Several processes on one store, and processes that are killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest
from pydantic_ai.messages import ToolReturnPart

from punie_agent.events import Text
from punie_agent.exceptions import SessionBusy
from punie_agent.store import SessionStore, leases, writer
from tests.integration.agent.store.conftest import answered, texts, until
from tests.integration.agent.store.processes import start


@contextlib.contextmanager
def process(*arguments: str) -> Generator[subprocess.Popen[str]]:
    with start(*arguments) as started:
        try:
            yield started
        finally:
            started.kill()


async def line(started: subprocess.Popen[str]) -> str:
    assert started.stdout is not None
    return (await asyncio.to_thread(started.stdout.readline)).strip()


def go(started: subprocess.Popen[str]) -> None:
    assert started.stdin is not None
    started.stdin.write("\n")
    started.stdin.flush()


async def test_after_kill_9_in_mid_turn_the_session_goes_on(store: SessionStore, path: Path) -> None:
    with process("half_a_turn", str(path)) as other:
        session = await line(other)
        assert [s.state for s in await store.sessions()] == ["running"]
        with pytest.raises(SessionBusy, match=rf"already \(process {other.pid}\)\. Wait for its end or stop it there"):
            await store.begin_turn(session, "Mine")
        await asyncio.sleep(0.3)
        os.kill(other.pid, signal.SIGKILL)
        other.wait()

    assert [s.state for s in await store.sessions()] == ["interrupted"]
    loaded = await store.load(session)
    [turn] = loaded.turns
    assert (turn.prompt, turn.ended, turn.reason) == ("Fix everything", None, None)
    assert turn.events[0] == Text(text="I look.")
    assert len(turn.events) > 2
    assert [getattr(part, "part_kind", "") for m in loaded.messages for part in m.parts] == [
        "user-prompt",
        "tool-call",
        "tool-return",
    ]
    [result] = loaded.messages[-1].parts
    assert isinstance(result, ToolReturnPart)
    assert result.outcome == "interrupted"

    assert await store.begin_turn(session, "Go on") == 2
    await store.add_messages(session, 2, [answered("Gladly.")])
    await store.end_turn(session, 2, "end_turn")
    again = await store.load(session)
    assert again.summary.state == "idle"
    assert [t.ended is None for t in again.turns] == [True, False]
    assert texts(again.messages)[-1] == "Gladly."


async def test_a_killed_process_that_its_parent_has_not_asked_about_is_dead(store: SessionStore, path: Path) -> None:
    with process("half_a_turn", str(path)) as other:
        session = await line(other)
        os.kill(other.pid, signal.SIGKILL)
        await asyncio.to_thread(os.waitid, os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)

        assert await store.begin_turn(session, "Mine") == 2


async def test_a_process_that_sleeps_is_alive(store: SessionStore, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "STALE_SECONDS", -1.0)
    with process("half_a_turn", str(path)) as other:
        session = await line(other)
        os.kill(other.pid, signal.SIGSTOP)
        try:
            with pytest.raises(SessionBusy):
                await store.begin_turn(session, "Mine")
        finally:
            os.kill(other.pid, signal.SIGCONT)


async def test_many_processes_write_at_once(store: SessionStore, path: Path) -> None:
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(process("many_turns", str(path), "15")) for _ in range(4)]
        for other in others:
            assert await line(other) == "ready"
        for other in others:
            go(other)
        sessions = [await line(other) for other in others]
        assert [other.wait(60) for other in others] == [0, 0, 0, 0]

    assert {s.id for s in await store.sessions()} == set(sessions)
    for session in sessions:
        loaded = await store.load(session)
        assert texts(loaded.messages) == [f"Answer {number}" for number in range(15)]
        for number, turn in enumerate(loaded.turns):
            assert turn.reason == "end_turn"
            assert turn.events == [Text(text=f"{number}.{piece}", message=piece) for piece in range(20)]


async def test_processes_take_turns_in_one_session(store: SessionStore, path: Path) -> None:
    session = await store.create("/p")
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(process("own_turns", str(path), session, "8")) for _ in range(3)]
        for other in others:
            assert await line(other) == "ready"
        for other in others:
            go(other)
        assert [await line(other) for other in others] == ["done", "done", "done"]

    loaded = await store.load(session)
    assert [turn.number for turn in loaded.turns] == list(range(1, 25))
    assert "".join(str(text) for text in texts(loaded.messages)) == "".join(f"{number}ab" for number in range(1, 25))


def owner(machine: str, pid: int, started: str = "1") -> str:
    return f"{machine}/{pid}/{started}/abcd"


def test_whose_lease_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = leases.new_owner()
    machine, _, _ = mine.partition("/")
    monkeypatch.setattr(leases.time, "time", lambda: 1000.0)

    assert leases.is_alive(mine, None)
    assert not leases.is_alive(owner(machine, os.getpid(), "12345678"), 1000.0)  # the number was given anew
    assert not leases.is_alive(owner(machine, 2**22 + 1), 1000.0)
    assert leases.is_alive(owner("elsewhere", 1), 990.0)
    assert not leases.is_alive(owner("elsewhere", 1), 900.0)
    assert leases.is_alive(owner("elsewhere", 1), 1010.0)  # its clock is ahead
    assert not leases.is_alive(None, 1000.0)
    assert not leases.is_alive("nonsense", None)


async def test_a_long_turn_keeps_its_lease(store: SessionStore, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "HEARTBEAT_SECONDS", 0.05)
    session = await store.create("/p")
    await store.begin_turn(session, "Long")
    with contextlib.closing(sqlite3.connect(path)) as connection:

        def heartbeat() -> float:
            return connection.execute("SELECT heartbeat FROM punie_sessions").fetchone()[0]

        first = heartbeat()
        await until(lambda: heartbeat() > first)
