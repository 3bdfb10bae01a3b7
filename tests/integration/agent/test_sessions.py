"""All conversations of a project: kept, listed, resumed after any end, exported, deleted; several at once."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from punie_agent.events import Choice, Done, Event, PermissionRequested
from punie_agent.exceptions import ModelError, UnknownSession
from punie_agent.session import Session
from punie_agent.sessions import SessionManager, open_agent
from punie_agent.store import SessionStore
from punie_semantic.workspace import Workspace
from tests.integration.agent.conftest import Project
from tests.model_server import ModelServer, call, say

APP: dict[str, str | bytes] = {
    "app.py": "def price(name: str) -> int:\n    return len(name)\n",
    "use.py": 'from app import price\n\nprint(price("tea"))\n',
}
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of the test's own."""
    path = tmp_path / "sessions" / "punie.db"
    monkeypatch.setenv("PUNIE_STORE", str(path))
    return path


@asynccontextmanager
async def agent_on(root: Path, model: str = "builtin") -> AsyncGenerator[SessionManager]:
    async with Workspace.open(root) as workspace:
        settings = msgspec.structs.replace(workspace.settings, model=model)
        async with open_agent(workspace, settings) as manager:
            yield manager


async def ask(session: Session, prompt: str) -> list[Event]:
    await session.begin()
    return [event async for event in session.prompt(prompt)]


def said(events: list[Event]) -> str:
    return "".join(event.text for event in events if event.type == "text")


async def test_a_session_is_there_again_in_another_process_s_agent(project: Project) -> None:
    root = project(APP)
    async with agent_on(root) as manager:
        session = await manager.new()
        answer = said(await ask(session, "find references to price"))
        assert "use.py:3" in answer
        assert session.title == "find references to price"

    async with agent_on(root) as manager:
        listed = await manager.list()
        assert [(s.id, s.title, s.turns, s.state) for s in listed] == [
            (session.id, "find references to price", 1, "idle")
        ]
        again = await manager.resume(session.id)
        assert len(again.messages) == len(session.messages)
        await ask(again, "hello")
        assert (await manager.list())[0].turns == 2
        text = await manager.export(session.id)
        assert "find references to price" in text
        assert "use.py:3" in text
        assert json.loads(await manager.export(session.id, "json"))
        await manager.delete(session.id)
        assert list(await manager.list()) == []
        with pytest.raises(UnknownSession):
            await manager.resume(session.id)


async def test_a_resumed_model_knows_what_was_said(project: Project) -> None:
    root = project(APP)
    with ModelServer(call("run_code", code="6 * 7"), say("It is 42."), say("As I said: 42.")) as server:
        async with agent_on(root, server.spec) as manager:
            session = await manager.new()
            assert said(await ask(session, "What is it?")) == "It is 42."
        async with agent_on(root, server.spec) as manager:
            again = await manager.resume(session.id)
            assert said(await ask(again, "What was it?")) == "As I said: 42."

        sent = json.dumps(server.requests[-1].body["messages"])
    assert "What is it?" in sent
    assert "6 * 7" in sent
    assert "It is 42." in sent


async def until_stored(session: str, *texts: str) -> None:
    """Wait until a session that another process works on has these texts on disk."""
    store = SessionStore()
    try:
        while True:
            messages = str((await store.load(session)).messages)
            if all(text in messages for text in texts):
                return
            await asyncio.sleep(0.05)
    finally:
        await store.close()


_KILLED = """
import asyncio, sys
import msgspec
from punie_agent.store import SessionStore
from punie_agent.sessions import open_agent
from punie_semantic.workspace import Workspace

async def main(root, spec):
    async with Workspace.open(root) as workspace:
        settings = msgspec.structs.replace(workspace.settings, model=spec)
        async with open_agent(workspace, settings) as manager:
            session = await manager.new()
            await session.begin()
            async for event in session.prompt("Count"):
                if event.type == "program":
                    print(session.id, event.code.splitlines()[0], flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_session_survives_kill_9_in_the_middle_of_a_turn(project: Project) -> None:
    root = project(APP)
    with ModelServer(
        call("run_code", code="41 + 1"), call("run_code", code="# endless\nwhile True:\n    pass"), say("42 it was.")
    ) as server:
        child = subprocess.Popen(  # noqa: ASYNC220 - it starts at once
            [sys.executable, "-P", "-c", _KILLED, str(root), server.spec], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert child.stdout is not None
        first = child.stdout.readline().split()
        assert child.stdout.readline().split()[1:] == ["#", "endless"]
        await until_stored(first[0], "41 + 1", "42")
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()

        async with agent_on(root, server.spec) as manager:
            (summary,) = await manager.list()
            assert (summary.id, summary.state) == (first[0], "interrupted")
            session = await manager.resume(summary.id)
            events = await ask(session, "What was it?")
            assert events[-1] == Done(reason="end_turn")
            assert said(events) == "42 it was."
            assert (await manager.list())[0].state == "idle"
        sent = json.dumps(server.requests[-1].body["messages"])
    assert "41 + 1" in sent
    assert "42" in sent


async def test_twenty_sessions_at_once_each_with_its_own_edits(project: Project) -> None:
    root = project(APP)
    async with agent_on(root) as manager:
        sessions = [await manager.new() for _ in range(20)]

        prompts = [
            f"rename price to price_{number}" if number % 2 else "find references to price" for number in range(20)
        ]
        turns = await asyncio.gather(*(ask(s, p) for s, p in zip(sessions, prompts, strict=True)))

        assert {events[-1] for events in turns} == {Done(reason="end_turn")}
        for number, (session, events) in enumerate(zip(sessions, turns, strict=True)):
            if number % 2:
                assert {c.file for c in session.proposal} == {"app.py", "use.py"}
                assert all(f"price_{number}" in c.text for c in session.proposal)
            else:
                assert session.proposal == []
                assert "use.py:3" in said(events)
        assert len(await manager.list(limit=50)) == 20
        assert manager.status().running == []


async def test_another_model_is_chosen_while_sessions_are_open(project: Project) -> None:
    root = project(APP)
    with ModelServer(say("From the server.")) as server:
        async with agent_on(root) as manager:
            session = await manager.new()
            await ask(session, "hello")
            with pytest.raises(ModelError):
                await manager.select_model("http://127.0.0.1:9/v1")
            assert "Hello" in said(await ask(session, "hello"))

            choice = await manager.select_model(server.spec)

            assert said(await ask(session, "hello")) == "From the server."
            assert manager.status().model == choice.name


@pytest.mark.parametrize(("answer", "model"), [("allow_once", "example.org"), ("reject_once", "builtin")])
async def test_a_project_s_own_file_sends_code_to_strangers_only_with_a_yes(
    project: Project, answer: Choice, model: str
) -> None:
    root = project({**APP, "punie.toml": 'model = "https://example.org/v1#m"\n'})
    asked: list[PermissionRequested] = []

    async def decide(request: PermissionRequested) -> Choice:
        asked.append(request)
        return answer

    async with Workspace.open(root) as workspace, open_agent(workspace) as manager:
        session = await manager.new(decide=decide)

        assert model in session.choice.name
        assert [r.kind for r in asked] == ["network"]
        assert "https://example.org/v1#m" in asked[0].detail
        assert any("example.org" in p for p in manager.status().problems) == (answer == "reject_once")


async def test_a_store_that_cannot_be_written_is_told_and_the_session_goes_on(project: Project, store: Path) -> None:
    store.parent.parent.joinpath("sessions").write_text("a file where a folder has to be")
    async with agent_on(project(APP)) as manager:
        session = await manager.new()
        events = await ask(session, "find references to price")

        assert events[-1] == Done(reason="end_turn")
        assert "use.py:3" in said(events)
        assert manager.status().problems
