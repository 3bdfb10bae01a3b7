"""A real server in this process, with real worker processes that run the stand-in agent."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from punie_ls.serve.server import AgentServer, ServerOptions
from tests.unit.serve.client import Client, connected

TOKEN = "secret-token-of-these-tests"
STAND_IN = Path(__file__).with_name("stand_in.py")

Serving = Callable[..., AbstractAsyncContextManager[AgentServer]]


def stand_in(socket: Path, root: Path | None) -> list[str]:
    return [sys.executable, str(STAND_IN), str(socket), str(root or Path(socket).parent)]


@pytest.fixture
def serving() -> Serving:
    """Makes a server with options."""

    @asynccontextmanager
    async def run(**options: Any) -> AsyncGenerator[AgentServer]:
        server = AgentServer(ServerOptions(command=stand_in, **options), TOKEN)
        await server.start()
        try:
            yield server
        finally:
            await server.stop()

    return run


@pytest.fixture
async def server(serving: Serving) -> AsyncGenerator[AgentServer]:
    """A server as it is by default."""
    async with serving() as started:
        yield started


@pytest.fixture
async def client(server: AgentServer) -> AsyncGenerator[Client]:
    """A client that is initialized."""
    async with connected(server.url, TOKEN) as opened:
        await opened.initialize()
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project."""
    made = tmp_path / "project"
    made.mkdir()
    return made
