"""`punie-ls ask` and `chat` as users run them: the real console script, in pipes and in a real terminal."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.e2e.ask.terminal import Terminal
from tests.e2e.editor import PUNIE_LS
from tests.integration.cli.conftest import Finished
from tests.model_server import ModelServer

SECONDS = 90
APP = """\
first = f"📚 one"


def price(title: str) -> int:
    return len(title)


def total(titles: list[str]) -> int:
    return sum(price(title) for title in titles)


last = f"二 two"
print(first, last)
"""
# What a model writes to take both needless prefixes away.
TIDY = """\
edit_file('app.py', 'f"📚 one"', '"📚 one"')
edit_file('app.py', 'f"二 two"', '"二 two"')
"""

Ask = Callable[..., Finished]
Open = Callable[..., Terminal]


@pytest.fixture
def app(project: Path) -> Path:
    """A file with two problems far from each other, emoji, and Windows line ends."""
    path = project / "app.py"
    path.write_bytes(APP.replace("\n", "\r\n").encode())
    return path


@pytest.fixture
def model(project: Path) -> Iterator[ModelServer]:
    """The model that the project chooses; what it says is scripted."""
    with ModelServer() as server:
        (project / "punie.toml").write_text(f'model = "{server.spec}"\n')
        yield server


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Nothing of the user's, nor of an earlier test's."""
    return {
        **{name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")},
        "PUNIE_STORE": str(tmp_path / "store" / "punie.db"),
        "PUNIE_STATE_DIR": str(tmp_path / "state"),
    }


@pytest.fixture
def punie(project: Path, environ: dict[str, str]) -> Ask:
    """Runs `punie-ls` in pipes."""

    def run(*arguments: str, stdin: str | bytes | None = None) -> Finished:
        done = subprocess.run(
            [str(PUNIE_LS), *arguments],
            cwd=project,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            env=environ,
            timeout=SECONDS,
            check=False,
        )
        return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def ask(punie: Ask) -> Ask:
    """Runs `punie-ls ask` in pipes."""
    return lambda *arguments, **more: punie("ask", *arguments, **more)


@pytest.fixture
def open_terminal(project: Path, environ: dict[str, str], tmp_path: Path) -> Iterator[Open]:
    """Runs `punie-ls` in a terminal of its own."""
    opened: list[Terminal] = []

    def start(*arguments: str, width: int = 80, height: int = 40, **more: str) -> Terminal:
        terminal = Terminal(f"punie-ask-{secrets.token_hex(6)}", width, height)  # the one before may still be ending
        opened.append(terminal)
        terminal.start([str(PUNIE_LS), *arguments], project, {**environ, **more})
        return terminal

    yield start
    for terminal in opened:
        terminal.end()


@contextmanager
def running(project: Path, environ: dict[str, str], *arguments: str) -> Generator[subprocess.Popen[bytes]]:
    """`punie-ls` in pipes, to be stopped in the middle."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [str(PUNIE_LS), *arguments], cwd=project, env=environ, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=SECONDS)


def family(process: int) -> list[psutil.Process]:
    """A process and all that it started."""
    parent = psutil.Process(process)
    return [parent, *parent.children(recursive=True)]


def assert_gone(processes: list[psutil.Process]) -> None:
    """None of them runs any more, soon."""
    _, alive = psutil.wait_procs(processes, timeout=15)
    assert [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
