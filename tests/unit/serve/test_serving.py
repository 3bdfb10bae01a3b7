"""Clients, projects and their workers: who gets what, and what happens when a worker ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from pathlib import Path

import pytest

from punie_ls.serve.server import AgentServer
from tests.unit.serve.client import Client, Failed, connected
from tests.unit.serve.conftest import TOKEN, Serving


async def test_initialize_is_answered_without_a_worker(server: AgentServer) -> None:
    async with connected(server.url, TOKEN) as client:
        result = await client.initialize()

    assert result["protocolVersion"] == 1
    assert result["agentInfo"]["name"] == "punie"
    assert server._projects.listing() == []


async def test_a_prompt_is_answered_by_the_worker_of_its_project(client: Client, tmp_path: Path) -> None:
    pids = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        await client.prompt(await client.new(tmp_path / name), "pid")
        pids.append(client.text)
        client.heard.clear()

    assert pids[0] != pids[1]


async def test_text_comes_as_it_was_sent(client: Client, folder: Path) -> None:
    session = await client.new(folder)

    await client.prompt(session, "echo 🚀 世界\r\n“quoted”\t\u2028")

    assert client.text == "echo 🚀 世界\r\n“quoted”\t\u2028"


async def test_a_message_over_several_lines_is_one_message(client: Client, folder: Path) -> None:
    session = await client.new(folder)

    message = {"jsonrpc": "2.0", "id": 99, "method": "session/prompt"}
    params = {"sessionId": session, "prompt": [{"type": "text", "text": "echo a"}]}
    client._answers[99] = asyncio.get_running_loop().create_future()
    await client.send(json.dumps({**message, "params": params}, indent=1).replace("\n", "\r\n"))
    await client.until(lambda: client.text)

    assert client.text == "echo a"


async def test_a_question_of_an_agent_is_answered_by_its_client(client: Client, folder: Path) -> None:
    session = await client.new(folder)

    await client.prompt(session, "ask")

    assert client.text == '{"outcome": "allowed"}'


async def test_two_agents_may_ask_under_the_same_id(client: Client, tmp_path: Path) -> None:
    client.allow = False
    sessions = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        sessions.append(await client.new(tmp_path / name))
    turns = [await client.begin_prompt(session, "ask") for session in sessions]
    await client.until(lambda: len(client.heard) == 2)
    asked = {m["params"]["sessionId"]: m["id"] for m in client.heard}
    client.heard.clear()

    await client.send({"jsonrpc": "2.0", "id": asked[sessions[1]], "result": "of b"})
    await turns[1]
    first = client.text
    await client.send({"jsonrpc": "2.0", "id": asked[sessions[0]], "result": "of a"})
    await turns[0]

    assert len(set(asked.values())) == 2
    assert (first, client.text) == ('"of b"', '"of b""of a"')


async def test_a_crash_is_told_and_the_next_message_finds_the_session(client: Client, folder: Path) -> None:
    session = await client.new(folder)
    await client.ask("session/set_mode", sessionId=session, modeId="ask")

    with pytest.raises(Failed, match=r"ended with exit code 9.*send the request once more") as caught:
        await client.prompt(session, "crash")
    await client.prompt(session, "mode")

    assert caught.value.error["code"] == -32603
    assert caught.value.error["data"] == {"restart": True, "project": str(folder)}
    # It is resumed with the mode that the client had set, and of that the client hears nothing.
    assert client.text == "beforeask"
    updates = [m["params"]["update"]["sessionUpdate"] for m in client.heard if m.get("method") == "session/update"]
    assert updates == ["agent_message_chunk"] * 2


async def test_a_killed_worker_takes_only_its_own_turns(client: Client, tmp_path: Path, server: AgentServer) -> None:
    sessions = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        sessions.append(await client.new(tmp_path / name))
    doomed = await client.begin_prompt(sessions[0], "hang")
    other = await client.begin_prompt(sessions[1], "tick 20 10")
    await client.until(lambda: client.text)

    worker = server._projects.of(str(tmp_path / "a")).worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)

    with pytest.raises(Failed, match="was ended by SIGKILL"):
        await doomed
    assert (await other)["stopReason"] == "end_turn"
    assert (await client.prompt(sessions[0], "echo back"))["stopReason"] == "end_turn"


async def test_what_is_sent_to_a_dead_worker_is_heard_by_the_next(
    client: Client, folder: Path, server: AgentServer
) -> None:
    session = await client.new(folder)
    worker = server._projects.of(str(folder)).worker
    assert worker is not None

    os.kill(worker.pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):  # a thread of asyncio's may have been told first
        # The server's loop must stand still meanwhile.
        os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222
    await client.prompt(session, "echo on")

    assert client.text == "echo on"


async def test_a_question_of_a_killed_worker_is_withdrawn(client: Client, folder: Path, server: AgentServer) -> None:
    client.allow = False
    session = await client.new(folder)
    turn = await client.begin_prompt(session, "ask")
    await client.until(lambda: client.heard)
    question = client.heard[0]["id"]

    worker = server._projects.of(str(folder)).worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(Failed):
        await turn
    await client.send({"jsonrpc": "2.0", "id": question, "result": "too late"})
    await client.prompt(session, "echo on")

    assert {"jsonrpc": "2.0", "method": "$/cancel_request", "params": {"requestId": question}} in client.heard
    assert client.text == "echo on"


async def test_a_worker_that_never_starts_is_given_up_for_a_while(client: Client, folder: Path) -> None:
    (folder / "refuses-to-start").touch()

    for _ in range(5):
        with pytest.raises(Failed, match=r"ended with exit code 1 .the stand-in refuses to start"):
            await client.new(folder)
    with pytest.raises(Failed, match="failed 5 times, and is tried again in"):
        await client.new(folder)


async def test_an_idle_worker_is_stopped_and_its_session_goes_on(serving: Serving, folder: Path) -> None:
    async with serving(idle_seconds=0.4) as server, connected(server.url, TOKEN) as client:
        await client.initialize()
        session = await client.new(folder)
        await client.prompt(session, "pid")
        before = client.text
        project = server._projects.of(str(folder))
        async with asyncio.timeout(20):
            while project.worker is not None:  # noqa: ASYNC110 - the product has no such event
                await asyncio.sleep(0.05)
        client.heard.clear()

        await client.prompt(session, "pid")

        assert client.text != before
        assert (project.starts, project.crashes) == (2, 0)
        assert [m["method"] for m in client.heard] == ["session/update"]


async def test_a_worker_with_a_turn_is_not_idle(serving: Serving, folder: Path) -> None:
    async with serving(idle_seconds=0.2) as server, connected(server.url, TOKEN) as client:
        await client.initialize()
        session = await client.new(folder)
        turn = await client.begin_prompt(session, "hang")
        await asyncio.sleep(1.0)

        await client.tell("session/cancel", sessionId=session)

        assert (await turn)["stopReason"] == "cancelled"


async def test_the_worker_that_was_idle_longest_makes_room(serving: Serving, tmp_path: Path) -> None:
    async with serving(max_workers=2) as server, connected(server.url, TOKEN) as client:
        await client.initialize()
        for name in ("a", "b", "c"):
            (tmp_path / name).mkdir()
            await client.new(tmp_path / name)

        listing = {Path(row["root"]).name: row["state"] for row in server._projects.listing()}

    assert listing == {"a": "stopped", "b": "ready", "c": "ready"}


async def test_a_request_is_cancelled_where_it_runs(client: Client, folder: Path) -> None:
    session = await client.new(folder)
    turn = await client.begin_prompt(session, "tick 100000 5")
    await client.until(lambda: client.text)

    await client.tell("$/cancel_request", requestId=3)
    await client.until(lambda: any(m["method"] == "_test/cancelled" for m in client.heard))
    await client.tell("session/cancel", sessionId=session)

    assert (await turn)["stopReason"] == "cancelled"
    assert {"jsonrpc": "2.0", "method": "_test/cancelled", "params": {"of": 3}} in client.heard


async def test_a_request_is_cancelled_before_its_worker_has_started(client: Client, folder: Path) -> None:
    opening = await client.begin("session/new", cwd=str(folder), mcpServers=[])

    await client.tell("$/cancel_request", requestId=2)

    with pytest.raises(Failed, match="Cancelled before it began") as caught:
        await opening
    assert caught.value.error["code"] == -32800


async def test_a_session_of_another_client_must_be_loaded_first(
    client: Client, server: AgentServer, folder: Path
) -> None:
    session = await client.new(folder)
    async with connected(server.url, TOKEN) as other:
        await other.initialize()

        with pytest.raises(Failed, match=f"session {session} is not open on this connection") as caught:
            await other.prompt(session, "echo a")
        await other.ask("session/load", sessionId=session, cwd=str(folder), mcpServers=[])
        await other.prompt(session, "echo b")

        assert caught.value.error["code"] == -32002
        assert other.text == "echo b"
    assert client.text == ""


async def test_a_client_that_goes_ends_its_turns(server: AgentServer, folder: Path) -> None:
    async with connected(server.url, TOKEN) as client:
        await client.initialize()
        session = await client.new(folder)
        await client.begin_prompt(session, "hang")

    async with asyncio.timeout(10):
        while len(server._channels):  # noqa: ASYNC110 - the product has no such event
            await asyncio.sleep(0.02)
    assert [row["busy"] for row in server._projects.listing()] == [False]


async def test_the_end_of_the_server_is_told(serving: Serving, folder: Path) -> None:
    async with serving() as server, connected(server.url, TOKEN) as client:
        await client.initialize()
        session = await client.new(folder)
        turn = await client.begin_prompt(session, "tick 1000000 5")
        await client.until(lambda: client.text)

        stopping = asyncio.ensure_future(server.stop())
        with pytest.raises(Failed, match=r"is shutting down. Its sessions are kept"):
            await turn
        await client.reading
        assert client.socket.close_code == 1001
        await stopping


async def test_a_server_that_nobody_uses_ends_when_it_was_told_so(serving: Serving) -> None:
    async with serving(quit_seconds=0.4) as server:
        async with connected(server.url, TOKEN) as client:
            await client.initialize()
            await asyncio.sleep(1.0)
            used = server.quitting.is_set()
        await asyncio.wait_for(server.quitting.wait(), 20)

    assert not used


async def test_a_worker_whose_end_others_hear_first_is_replaced(
    client: Client, folder: Path, server: AgentServer
) -> None:
    await client.new(folder)
    project = server._projects.of(str(folder))
    worker = project.worker
    assert worker is not None

    os.kill(worker.pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        # The loop must not hear of it before the project is asked.
        os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222
    fresh = await asyncio.gather(project.ready(), project.ready())

    assert fresh[0] is fresh[1] is not worker
    assert project.crashes == 1
