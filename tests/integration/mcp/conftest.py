"""An agent with MCP servers, driven by a scripted model. The servers are real ones, made with the official SDK."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from punie_agent.events import Choice, Event, PermissionRequested
from punie_agent.mcp.servers import Server, StdioServer
from punie_agent.session import Session
from punie_agent.sessions import SessionManager, open_agent
from punie_semantic.workspace import Workspace
from tests.integration.semantic.projects import write_project
from tests.model_server import ModelServer

SERVERS = Path(__file__).parent
GENEROUS_SECONDS = 30.0

Agent = Callable[..., AbstractAsyncContextManager[SessionManager]]


class Asked:
    """Answers permission questions, and keeps them."""

    def __init__(self, choice: Choice = "allow_once") -> None:
        self.choice: Choice = choice
        self.questions: list[PermissionRequested] = []

    async def decide(self, request: PermissionRequested) -> Choice:
        """One answer."""
        self.questions.append(request)
        return self.choice


@pytest.fixture
def asked() -> Asked:
    """Somebody who says yes."""
    return Asked()


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    """Opens the agent of a small project, with a scripted model."""
    root = write_project(tmp_path / "project", {"app.py": "x = 1\n"})

    @asynccontextmanager
    async def opened(model: ModelServer, style: str = "code", **changed: Any) -> AsyncGenerator[SessionManager]:
        async with Workspace.open(root) as workspace:
            settings = msgspec.structs.replace(workspace.settings, model=model.spec, tool_style=style, **changed)
            async with open_agent(workspace, settings) as manager:
                yield manager

    return opened


def weather(name: str = "weather", **env: str) -> StdioServer:
    """The server of `server.py`, over stdin and stdout."""
    return StdioServer(name, sys.executable, (str(SERVERS / "server.py"),), env)


def scripted(program: str, name: str = "weather") -> StdioServer:
    """A server that is a few lines of Python and no SDK."""
    return StdioServer(name, sys.executable, ("-c", program))


@contextmanager
def served(kind: str, port: int = 0) -> Generator[tuple[str, subprocess.Popen[bytes]]]:
    """The server of `server.py` over HTTP: its URL and its process."""
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, str(SERVERS / "server.py"), kind, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _answers(port))
        yield f"http://127.0.0.1:{port}/{'mcp' if kind == 'http' else 'sse'}", process
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that happens in another process."""
    end = time.monotonic() + GENEROUS_SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


async def holds(condition: Callable[[], bool]) -> None:
    """Wait for something that happens in another process, while this one works."""
    async with asyncio.timeout(GENEROUS_SECONDS):
        while not condition():  # noqa: ASYNC110 - another process sets no asyncio.Event
            await asyncio.sleep(0.02)


def processes(mark: str) -> list[int]:
    """Processes with a mark in their command, and not zombies."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if any(mark in part for part in process.info["cmdline"] or []) and process.info["status"] != "zombie":
            found.append(process.pid)
    return found


async def turn(session: Session, prompt: str = "Do it") -> list[Event]:
    """One turn's events."""
    return [event async for event in session.prompt(prompt)]


def told(model: ModelServer) -> str:
    """What the model was told after its last call: an error's message, or the text as it is."""
    text = model.chats[-1].last
    try:
        read = json.loads(text)
    except ValueError:
        return text
    return read["error"] if isinstance(read, dict) and "error" in read else text


def result(model: ModelServer) -> Any:
    """The value of the program that the model had run last."""
    return json.loads(model.chats[-1].last)["result"]


async def opened(manager: SessionManager, asked: Asked, *servers: Server) -> Session:
    """A session with servers."""
    return await manager.new(decide=asked.decide, servers=servers)
