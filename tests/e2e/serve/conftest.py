"""The real `punie-ls serve`, with real workers, in a state directory of each test's own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.e2e.conftest import make_project
from tests.e2e.editor import PUNIE_LS

START_SECONDS = 60.0


@dataclass
class Serve:
    """A running `punie-ls serve`."""

    process: asyncio.subprocess.Process
    url: str
    token: str
    environ: Mapping[str, str]

    @property
    def workers(self) -> list[psutil.Process]:
        """Its processes, one for each project."""
        return [child for child in psutil.Process(self.process.pid).children() if child.is_running()]

    async def stop(self, number: int = signal.SIGTERM) -> str:
        """End it with a signal; gives what it wrote to stderr."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        _, said = await asyncio.wait_for(self.process.communicate(), 40)
        return said.decode()


Serving = Callable[..., AbstractAsyncContextManager[Serve]]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A user of the test's own: state, store, settings and logs."""
    folder = tmp_path / "user"
    folder.mkdir()
    return {
        **os.environ,
        "PUNIE_STATE_DIR": str(folder / "state"),
        "PUNIE_STORE": str(folder / "punie.db"),
        "PUNIE_CONFIG_FILE": str(folder / "punie.toml"),
    }


@pytest.fixture
def choose(environ: dict[str, str]) -> Callable[[str], None]:
    """Choose a model in the user's settings."""

    def write(spec: str) -> None:
        Path(environ["PUNIE_CONFIG_FILE"]).write_text(f'model = "{spec}"\n')

    return write


@pytest.fixture
def serving(environ: dict[str, str]) -> Serving:
    """Starts a server with arguments."""

    @asynccontextmanager
    async def run(*arguments: str) -> AsyncGenerator[Serve]:
        process = await asyncio.create_subprocess_exec(
            *(str(PUNIE_LS), "serve", "--port", "0", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environ,
        )
        try:
            found = await announced(environ)
            serve = Serve(process, found["url"], found["token"], environ)
            yield serve
            await serve.stop()
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    return run


async def announced(environ: Mapping[str, str], *, but: int = 0) -> dict[str, Any]:
    """What a server says of itself as soon as it serves; one with the pid `but` does not count."""
    path = Path(environ["PUNIE_STATE_DIR"]) / "serve" / "server.json"
    async with asyncio.timeout(START_SECONDS):
        while True:
            if path.exists() and (found := json.loads(path.read_text()))["pid"] != but:
                return found
            await asyncio.sleep(0.02)


async def run(environ: Mapping[str, str], *arguments: str) -> tuple[int, str, str]:
    """Run `punie-ls`; gives its exit code, stdout and stderr."""
    process = await asyncio.create_subprocess_exec(
        *(str(PUNIE_LS), *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(environ),
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
def projects(tmp_path: Path) -> Callable[[str], Path]:
    """Makes projects by name."""

    def make(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        return make_project(folder)

    return make
