"""Several clients of one process, on a socket: each with its sessions, or two on one."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.acp.client import SECONDS, AcpClient, RpcError, choose, until
from tests.e2e.acp.conftest import SHOP
from tests.e2e.conftest import make_project
from tests.model_server import ModelServer, call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Listening:
    """An agent on a socket, for one project."""

    def __init__(self, process: asyncio.subprocess.Process, socket: Path, root: Path) -> None:
        self.process, self.socket, self.root = process, socket, root

    async def connect(self) -> AcpClient:
        reader, writer = await asyncio.open_unix_connection(self.socket, limit=64 << 20)
        client = AcpClient(reader, writer)
        await client.initialize()
        return client


@asynccontextmanager
async def listening(folder: Path, root: Path, model: str) -> AsyncGenerator[Listening]:
    settings = folder / "punie.toml"
    settings.write_text(f'model = "{model}"\n')
    socket = folder / "s"
    command = [sys.executable, "-P", "-m", "punie_ls", "acp", "--listen", str(socket), "--project", str(root)]
    environ = {**os.environ, "PUNIE_CONFIG_FILE": str(settings)}
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=environ
    )
    try:
        await until(socket.exists)
        yield Listening(process, socket, root)
    finally:
        if process.returncode is None:
            assert process.stdin is not None
            process.stdin.close()
            await asyncio.wait_for(process.wait(), SECONDS)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def agent(model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Listening]:
    root = make_project(tmp_path_factory.mktemp("shop"))
    (root / "shop.py").write_text(SHOP)
    async with listening(tmp_path_factory.mktemp("socket"), root, model.spec) as agent:
        yield agent


async def test_the_socket_is_the_users_own(agent: Listening) -> None:
    assert stat.S_IMODE(agent.socket.stat().st_mode) == 0o600


async def test_a_folder_outside_is_refused(agent: Listening, tmp_path: Path) -> None:
    client = await agent.connect()
    for folder in (tmp_path, agent.root.parent, agent.root / ".."):
        with pytest.raises(RpcError, match="is outside of") as error:
            await client.new(folder)
        assert error.value.code == -32602
    link = agent.root / "link"
    link.symlink_to(tmp_path)
    with pytest.raises(RpcError, match="is outside of"):
        await client.new(link)
    link.unlink()
    client.close()


async def test_what_one_does_the_other_does_not_see(agent: Listening, model: ModelServer) -> None:
    one, other = await agent.connect(), await agent.connect()
    session = await one.new(agent.root)
    model.add(say("Hello, one."))

    await one.prompt(session, "Hi")

    assert "Hello, one." in one.text
    assert other.text == ""
    with pytest.raises(RpcError, match="no open session"):
        await other.prompt(session, "Hi")
    with pytest.raises(RpcError, match="no open session"):
        await other.call("session/close", {"sessionId": session})
    one.close()
    other.close()


async def test_two_on_one_session(agent: Listening, model: ModelServer) -> None:
    one, other = await agent.connect(), await agent.connect()
    session = await one.new(agent.root)
    params = {"sessionId": session, "cwd": str(agent.root), "mcpServers": []}
    model.add(say("Hello."))
    await one.prompt(session, "Hi")
    await other.call("session/load", params)
    assert "Hello." in other.text
    model.add(say("on and on ", endless=True, pause=0.01))
    running = one.say(session, "Go on")
    await one.until(lambda: "on and on" in one.text)

    with pytest.raises(RpcError, match="still works on the prompt before"):
        await other.prompt(session, "Me too")
    await other.call("session/load", params)
    other.send({"method": "session/cancel", "params": {"sessionId": session}})

    assert (await running)["stopReason"] == "cancelled"
    one.close()  # the session goes on with the other one
    model.add(say("Now you."))
    assert await other.prompt(session, "Now me") == "end_turn"
    other.close()


async def test_permissions_are_asked_where_the_prompt_came_from(agent: Listening, model: ModelServer) -> None:
    one, other = await agent.connect(), await agent.connect()
    session = await one.new(agent.root)
    model.add(say("Hello."))
    await one.prompt(session, "Hi")
    await other.call("session/load", {"sessionId": session, "cwd": str(agent.root), "mcpServers": []})
    other.answers["session/request_permission"] = choose("allow_once")
    model.add(call("run_code", code="run_command(['git', '--version']).exit_code"), say("It runs."))

    await other.prompt(session, "Which git?")

    assert len(other.asked("session/request_permission")) == 1
    assert one.asked("session/request_permission") == []
    one.close()
    other.close()


async def test_garbage_from_one_is_not_the_others_trouble(agent: Listening) -> None:
    one, other = await agent.connect(), await agent.connect()
    one.write(b"\x00" * 1000)
    one.close()
    session = await other.new(agent.root)
    assert await other.prompt(session, "/status") == "end_turn"
    other.close()


async def test_it_ends_with_its_parent(tmp_path: Path, model: ModelServer) -> None:
    root = tmp_path / "root"
    root.mkdir()
    async with listening(tmp_path, make_project(root), model.spec) as agent:
        client = await agent.connect()
        await client.new(root)
        assert agent.process.stdin is not None
        agent.process.stdin.close()
        assert await asyncio.wait_for(agent.process.wait(), SECONDS) == 0
        await client.ended()
        client.close()
    assert not agent.socket.exists()
    assert agent.process.stdout is not None
    assert await agent.process.stdout.read() == b""


async def test_it_ends_when_told_to(tmp_path: Path, model: ModelServer) -> None:
    root = tmp_path / "root"
    root.mkdir()
    async with listening(tmp_path, make_project(root), model.spec) as agent:
        client = await agent.connect()
        session = await client.new(root)
        model.add(say("on and on ", endless=True, pause=0.01))
        client.say(session, "Go on")
        await client.until(lambda: "on and on" in client.text)
        agent.process.terminate()
        assert await asyncio.wait_for(agent.process.wait(), SECONDS) == 0
        client.close()
