"""`punie-ls model serve` as a process: it says how to use the server, watches it, and ends with it.

The server is the stand-in of the model tests: the same command line as `mlx_lm.server`, scripted answers behind it.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from punie_training.adapters import open_registry
from tests.integration.training.adapters.test_adapter_sessions import FAKE, ROOT, read
from tests.unit.training.adapters.made import make_base, record

SERVE = [sys.executable, "-P", "-c", "from punie_ls.cli.training.model_serve import model_app; model_app()", "serve"]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def lives(tmp_path: Path) -> Path:
    """The file in which the stand-in writes its command lines."""
    return tmp_path / "lives.jsonl"


@pytest.fixture
def start(tmp_path: Path, lives: Path) -> Iterator[Start]:
    """Starts `model serve` with the stand-in on PATH."""
    program = tmp_path / "bin" / "mlx_lm.server"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE} "$@"\n')
    program.chmod(0o755)
    environ = {
        **os.environ,
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "FAKE_MLX_FOLDER": str(tmp_path),
        "FAKE_MLX_ROOT": str(ROOT),
        "HF_HOME": str(tmp_path / "hub-home"),
        "PYTHONUNBUFFERED": "1",
    }
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        process = subprocess.Popen([*SERVE, *arguments], env=environ, stdout=pipe, stderr=pipe, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()
    for pid in [pid for life in read(lives) for pid in (life["pid"], life["child"])]:
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)


def url_of(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What it prints until it has said how to use it, and the port."""
    assert process.stdout is not None
    shown = ""
    while "short-prompt = true" not in shown:
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        shown += line
    found = re.search(r"http://127\.0\.0\.1:(\d+)/v1", shown)
    assert found is not None
    return shown, found[1]


def status(port: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=10)
    connection.request("GET", "/v1/models")
    try:
        return connection.getresponse().status
    finally:
        connection.close()


def gone(pids: list[int]) -> bool:
    """Whether processes end within some seconds."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids):
            return True
        time.sleep(0.05)
    return False


def test_a_model_is_served_until_it_is_stopped(start: Start, lives: Path, tmp_path: Path) -> None:
    base = make_base(tmp_path / "model")
    process = start(str(base), "--port", "0")
    shown, port = url_of(process)

    assert f"Loading {base}\n" in shown
    assert status(port) == 200
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 0, err
    assert f'model = "http://127.0.0.1:{port}/v1#default_model"\n' in shown
    assert out == "Stopped.\n"
    [life] = read(lives)
    assert life["arguments"][:2] == ["--model", str(base)]
    assert gone([life["pid"], life["child"]])


def test_the_promoted_adapter_is_served_by_default(start: Start, lives: Path, tmp_path: Path) -> None:
    with open_registry() as registry:
        kept = registry.add(record("mine", tmp_path))
        registry.promote("mine")

    process = start("--port", "0")
    shown, _ = url_of(process)

    assert shown.startswith(f"Loading {kept.base} with the adapter {kept.path}\nmine answers at http://127.0.0.1:")
    [life] = read(lives)
    assert life["arguments"][:4] == ["--model", kept.base, "--adapter-path", kept.path]
    process.terminate()
    assert process.wait(60) == 0
    assert gone([life["pid"], life["child"]])


def test_after_a_crash_it_is_started_again(start: Start, lives: Path, tmp_path: Path) -> None:
    process = start(str(make_base(tmp_path / "model")), "--port", "0")
    _, port = url_of(process)

    [life] = read(lives)
    os.kill(life["pid"], signal.SIGKILL)
    assert process.stderr is not None
    assert process.stderr.readline() == "punie-ls: The server ended with status 137; it is being started again.\n"
    assert process.stderr.readline() == f"punie-ls: It answers again at http://127.0.0.1:{port}/v1.\n"

    assert status(port) == 200
    assert len(read(lives)) == 2


def test_it_ends_when_it_is_killed(start: Start, lives: Path, tmp_path: Path) -> None:
    process = start(str(make_base(tmp_path / "model")), "--port", "0")
    url_of(process)

    process.kill()
    process.wait()

    [life] = read(lives)
    assert gone([life["pid"], life["child"]])
