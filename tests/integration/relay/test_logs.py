"""The log file: where it is, what is in it, and that it hurts nobody."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.relay.client import PUNIE_LS, Client, start

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3} (\d+) (DEBUG|INFO|WARNING|ERROR|CRITICAL) [\w.]+: .+")


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log directory that is not there yet."""
    folder = tmp_path / "state" / "logs"
    monkeypatch.setenv("PUNIE_LOG_DIR", str(folder))
    return folder


async def session(client: Client, workspace: Path) -> str:
    """A short session; returns what a hover has said."""
    await client.initialize(workspace)
    hover = await client.hover(client.open(workspace / "shop.py"), 4, 5)
    await client.pull((workspace / "shop.py").as_uri())
    assert await client.stop() == 0
    return hover["result"]["contents"]["value"]


async def test_each_record_is_a_line_with_time_process_level_and_logger(workspace: Path, logs: Path) -> None:
    async with start() as client:
        await session(client, workspace)

    (path,) = logs.iterdir()
    lines = path.read_text().splitlines()
    matches = [LINE.fullmatch(line) for line in lines if not line.startswith("    ")]
    assert {match and match[1] for match in matches} == {str(client.process.pid)}
    assert "punie-ls 0.1.0 on Python 3." in lines[0]
    assert any("ty: " in line and "Version: 0.0.104" in line for line in lines)
    assert lines[-1].endswith("the relay ends with exit code 0")
    assert path.name.startswith("punie-ls-")
    assert path.name.endswith(f"-{client.process.pid}.log")
    assert path.stat().st_mode & 0o777 == 0o600
    assert logs.stat().st_mode & 0o777 == 0o700


async def test_a_running_relay_writes_too(workspace: Path, logs: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)

        def written() -> bool:
            return any("Version: 0.0.104" in path.read_text() for path in logs.glob("*.log"))

        async with asyncio.timeout(30):
            while not written():  # noqa: ASYNC110 - there is no event for another process's file
                await asyncio.sleep(0.05)


async def test_the_text_of_documents_is_in_no_log(workspace: Path, logs: Path) -> None:
    (workspace / "shop.py").write_text("import os\n\n\n\ndef secret_sauce():\n    return unknown_secret\n")
    async with start(PUNIE_LS, "--log-level", "debug") as client:
        hover = await session(client, workspace)

    (path,) = logs.iterdir()
    assert "secret" in hover
    assert "DEBUG" in path.read_text()
    assert "secret" not in path.read_text()


async def test_relays_at_the_same_time_write_to_files_of_their_own(workspace: Path, logs: Path) -> None:
    async with start() as first, start() as second, start() as third:
        clients = (first, second, third)
        await asyncio.gather(*(session(client, workspace) for client in clients))

    texts = {path.stem.rpartition("-")[2]: path.read_text() for path in logs.iterdir()}
    assert set(texts) == {str(client.process.pid) for client in clients}
    for pid, text in texts.items():
        found = [match[1] for line in text.splitlines() if (match := LINE.fullmatch(line))]
        assert set(found) == {pid}
        assert text.count("the relay ends with exit code 0") == 1


async def test_the_level_of_the_command_line(workspace: Path, logs: Path) -> None:
    async with start(PUNIE_LS, "--log-level", "error") as client:
        await session(client, workspace)

    assert [path.read_text() for path in logs.iterdir()] == [""]


def test_a_failure_of_the_relay_is_in_the_log_with_its_traceback(logs: Path) -> None:
    broken = "from punie_ls.relay import main; main.launches = lambda: 1 / 0; main.main([])"

    done = subprocess.run([sys.executable, "-P", "-c", broken], input=b"", capture_output=True, timeout=60)

    (path,) = logs.iterdir()
    assert done.returncode == 1
    assert b"ZeroDivisionError" in done.stderr
    assert (
        "CRITICAL punie_ls.relay.main: the relay has failed\n    Traceback (most recent call last):" in path.read_text()
    )
    assert "\n    ZeroDivisionError: " in path.read_text()


async def test_without_a_place_for_a_log_everything_else_works(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PUNIE_LOG_DIR", str(tmp_path / "file" / "logs"))
    async with start("bash", "-c", f"exec {PUNIE_LS} 2> {tmp_path}/stderr") as client:
        hover = await session(client, workspace)

    assert "def total" in hover
    assert (tmp_path / "stderr").read_text().startswith("punie-ls: there will be no log file: ")


async def test_a_full_disk_hurts_nothing_else(workspace: Path, logs: Path) -> None:
    async with start("bash", "-c", f"ulimit -f 0; exec {PUNIE_LS}") as client:
        hover = await session(client, workspace)

    assert "def total" in hover
    assert [path.stat().st_size for path in logs.iterdir()] == [0]


async def test_stderr_is_told_only_when_asked(workspace: Path, logs: Path, tmp_path: Path) -> None:
    for arguments, expected in (("", ""), ("--log-level=info", "INFO punie_ls.relay.main: punie-ls 0.1.0 on Python")):
        async with start("bash", "-c", f"exec {PUNIE_LS} {arguments} 2> {tmp_path}/stderr") as client:
            await session(client, workspace)

        stderr = (tmp_path / "stderr").read_text()
        assert stderr.startswith(expected)
        assert bool(stderr) == bool(expected)
