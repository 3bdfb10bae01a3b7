"""`punie-ls serve` under load: how soon it answers, many sessions at once, connections that break, workers that die.

Each measurement has a server and a user of its own, real workers, and an ordinary WebSocket client or the real bridge.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from punie_agent.acp.resting import LOOK_SECONDS, REST_SECONDS
from punie_ls.serve.link import GOES_ON
from punie_ls.serve.project import STABLE_SECONDS
from tests.bench.timing import summary
from tests.e2e.conftest import make_project
from tests.model_server import ModelServer, say
from tests.unit.serve.bridged import CuttingProxy, bridged
from tests.unit.serve.client import Client, Failed, connected

START_SECONDS = 60.0
IDLE_SECONDS = 3.0
PROMPTS = ("find references to price", "where is total defined", "what does price do", "who calls price")

Found = dict[str, Any]


@dataclass(frozen=True)
class Amounts:
    """How much is measured."""

    initializes: int = 200
    sessions: int = 20
    projects: int = 4
    seconds: float = 30.0
    drops: int = 500
    kills: int = 10


FULL = Amounts(500, 100, 10, 300.0, 500, 50)


@dataclass(frozen=True)
class Serving:
    """A running server."""

    pid: int
    url: str
    token: str
    environ: dict[str, str]
    folder: Path

    @property
    def workers(self) -> list[psutil.Process]:
        """Its processes, one for each project."""
        return psutil.Process(self.pid).children()

    def project(self, name: str) -> Path:
        """A small project."""
        (self.folder / name).mkdir()
        return make_project(self.folder / name)


def user_of(folder: Path) -> dict[str, str]:
    """The environment of a user whose settings, sessions and logs are in a folder."""
    return {
        **os.environ,
        "PUNIE_STATE_DIR": str(folder / "state"),
        "PUNIE_STORE": str(folder / "punie.db"),
        "PUNIE_CONFIG_FILE": str(folder / "punie.toml"),
        "PUNIE_LOG_DIR": str(folder / "logs"),
    }


@asynccontextmanager
async def serving(*arguments: str, model: str = "builtin") -> AsyncGenerator[Serving]:
    """A server with a user of its own."""
    with tempfile.TemporaryDirectory(prefix="punie-bench-") as scratch:
        folder = Path(scratch).resolve()
        (folder / "punie.toml").write_text(f'model = "{model}"\n', encoding="utf-8")
        environ = user_of(folder)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "punie_ls", "serve", "--port", "0", *arguments),
            stderr=asyncio.subprocess.DEVNULL,
            env=environ,
        )
        try:
            found = await _announced(folder / "state" / "serve" / "server.json")
            yield Serving(process.pid, found["url"], found["token"], environ, folder)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            await process.wait()


async def initialize(amounts: Amounts) -> Found:
    """How soon `initialize` is answered by a running server, on a fresh connection each time."""
    connecting, answering = [], []
    async with serving() as serve:
        for number in range(amounts.initializes + 10):
            started = time.perf_counter()
            async with connected(serve.url, serve.token) as client:
                opened = time.perf_counter()
                await client.initialize()
                done = time.perf_counter()
            if number >= 10:
                connecting.append(done - started)
                answering.append(done - opened)
        bridges = []
        environ = {**serve.environ, "PUNIE_SERVE_TOKEN": serve.token}
        for _ in range(10):
            started = time.perf_counter()
            async with bridged(environ=environ) as editor:
                await editor.initialize()
                bridges.append(time.perf_counter() - started)
        memory = psutil.Process(serve.pid).memory_info().rss / 1e6
    return {
        "answer": summary(answering),
        "with_connection": summary(connecting),
        "bridge": summary(bridges),
        "server_mb": memory,
    }


async def load(amounts: Amounts) -> Found:
    """Many sessions at once, each asking one thing after the other for a while; then what idle projects cost."""
    problems: list[str] = []
    seconds: list[float] = []
    async with serving("--idle-seconds", "3600", "--max-workers", str(amounts.projects)) as serve:
        projects = [serve.project(f"p{number}") for number in range(amounts.projects)]
        async with AsyncExitStack() as stack:
            clients = []
            for number in range(amounts.sessions):
                client = await stack.enter_async_context(connected(serve.url, serve.token))
                await client.initialize()
                clients.append((client, await client.new(projects[number % len(projects)])))
            for client, session in clients[: len(projects)]:
                await client.prompt(session, PROMPTS[0])
            until = time.monotonic() + amounts.seconds
            await asyncio.gather(
                *(_converse(*pair, until, number, seconds, problems) for number, pair in enumerate(clients))
            )
        await asyncio.sleep(IDLE_SECONDS)
        memory = _memory_mb(serve)
        await asyncio.sleep(REST_SECONDS + 2 * LOOK_SECONDS)
        rested = _memory_mb(serve)
        own = psutil.Process(serve.pid).memory_info().rss / 1e6
    return {
        "sessions": amounts.sessions,
        "projects": amounts.projects,
        "seconds": amounts.seconds,
        "prompts": len(seconds),
        "turn": summary(seconds),
        "problems": problems,
        "worker_mb": memory,
        "rested_mb": rested,
        "server_mb": own,
    }


def _memory_mb(serve: Serving) -> list[float]:
    """Of each project: its worker and what that has started."""
    return sorted(sum(_proportional_mb(each) for each in _family(worker)) for worker in serve.workers)


async def _converse(
    client: Client, session: str, until: float, number: int, seconds: list[float], problems: list[str]
) -> None:
    while time.monotonic() < until:
        client.heard.clear()
        started = time.perf_counter()
        try:
            result = await asyncio.wait_for(client.prompt(session, PROMPTS[number % len(PROMPTS)]), 120)
        except (Failed, ConnectionError, TimeoutError) as error:
            problems.append(f"{type(error).__name__}: {error}")
            await asyncio.sleep(1)
            continue
        seconds.append(time.perf_counter() - started)
        if result["stopReason"] != "end_turn" or "shop.py" not in client.text:
            problems.append(f"{result}: {client.text[:200]!r}")
        number += 1
        await asyncio.sleep(random.uniform(0.5, 1.5))


async def drops(amounts: Amounts) -> Found:
    """Connections cut again and again while an answer is streamed through a bridge."""
    words = " ".join(f"n{number}" for number in range(1500))
    cuts, turns, wrong, strays = 0, 0, 0, 0
    with ModelServer(say(words, size=9, pause=0.004, again=True)) as model:
        async with serving(model=model.spec) as serve, CuttingProxy(urlsplit(serve.url).port or 0) as proxy:
            environ = {**serve.environ, "PUNIE_SERVE_TOKEN": serve.token}
            async with bridged("--url", proxy.url, environ=environ) as editor:
                await editor.initialize()
                session = await editor.new(serve.project("shop"))
                while cuts < amounts.drops:
                    editor.heard.clear()
                    turn = await editor.begin_prompt(session, "count")
                    while not turn.done():
                        await asyncio.sleep(random.uniform(0.02, 0.3))
                        proxy.cut()
                        cuts += 1
                    turns += 1
                    wrong += (await turn)["stopReason"] != "end_turn" or editor.text != words
                strays = len(editor.strays)
            connections = proxy.connections
    return {"cuts": cuts, "connections": connections, "turns": turns, "wrong": wrong, "doubled_answers": strays}


async def kills(amounts: Amounts) -> Found:
    """Workers killed in the middle of turns; every session must go on, and know what was said.

    A request that reaches the dying worker fails with the advice to send it once more, which is followed.
    """
    problems: list[str] = []
    back: list[float] = []
    again = 0
    async with serving() as serve:
        project = serve.project("shop")
        async with connected(serve.url, serve.token) as client:
            await client.initialize()
            session = await client.new(project)
            await client.prompt(session, PROMPTS[0])
            for number in range(amounts.kills):
                # Workers that die sooner are given up for a while, as they should be.
                await asyncio.sleep(STABLE_SECONDS + 1)
                turn = await client.begin_prompt(session, PROMPTS[number % len(PROMPTS)])
                await asyncio.sleep(random.uniform(0, 0.15))
                for worker in serve.workers:
                    worker.kill()
                with contextlib.suppress(Failed):
                    await turn
                client.heard.clear()
                started = time.perf_counter()
                try:
                    try:
                        result = await asyncio.wait_for(client.prompt(session, PROMPTS[number % len(PROMPTS)]), 120)
                    except Failed as error:
                        if GOES_ON not in str(error):
                            raise
                        again += 1
                        result = await asyncio.wait_for(client.prompt(session, PROMPTS[number % len(PROMPTS)]), 120)
                except (Failed, ConnectionError, TimeoutError) as error:
                    problems.append(f"{type(error).__name__}: {error}")
                    continue
                back.append(time.perf_counter() - started)
                if result["stopReason"] != "end_turn" or "shop.py" not in client.text:
                    problems.append(f"{result}: {client.text[:200]!r}")
    return {
        "kills": amounts.kills,
        "resumed": len(back),
        "sent_again": again,
        "back": summary(back) if back else None,
        "problems": problems,
    }


async def _announced(path: Path) -> Found:
    async with asyncio.timeout(START_SECONDS):
        while not path.exists():  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.02)
    return json.loads(path.read_text(encoding="utf-8"))


def _family(process: psutil.Process) -> list[psutil.Process]:
    """A worker and what it has started, ty above all."""
    return [process, *process.children(recursive=True)]


def _proportional_mb(process: psutil.Process) -> float:
    """What a process needs; pages that several processes share count in parts."""
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0.0
    return getattr(info, "pss", info.uss) / 1e6
