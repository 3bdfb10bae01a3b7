"""Running a program: a deadline, no orphan, and what cannot run is told."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import psutil
import pytest

from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.processes import run

# A child that starts a grandchild, tells its number, and waits for ever.
FAMILY = """
import subprocess, sys, pathlib
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid) + "\\n")
child.wait()
"""


def ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def end(pid: int) -> None:
    """A killed process takes a moment to end; one that nobody killed would let this run out of time."""
    async with asyncio.timeout(20):
        while not ended(pid):  # noqa: ASYNC110 - it is no child of ours, so nobody tells
            await asyncio.sleep(0.01)


async def grandchild(note: Path) -> int:
    while not note.exists() or not note.read_text().endswith("\n"):  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.01)
    return int(note.read_text())


async def test_output_and_status_come_back(tmp_path: Path) -> None:
    code = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('e'); sys.exit(3)"

    done = await run([sys.executable, "-c", code], cwd=tmp_path, environ={}, stdin=b"abc")

    assert (done.returncode, done.stdout, done.stderr) == (3, b"ABC", b"e")


async def test_a_program_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolUnavailable, match=r"/nowhere/ruff could not be started: No such file"):
        await run(["/nowhere/ruff"], cwd=tmp_path, environ={})


async def test_a_deadline_ends_the_whole_family(tmp_path: Path) -> None:
    note = tmp_path / "pid"

    with pytest.raises(ToolUnavailable, match="did not end within 1 s"):
        await run([sys.executable, "-c", FAMILY, str(note)], cwd=tmp_path, environ={}, timeout=1)

    await end(await grandchild(note))


async def test_cancelling_ends_the_whole_family(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    task = asyncio.create_task(run([sys.executable, "-c", FAMILY, str(note)], cwd=tmp_path, environ={}))
    pid = await grandchild(note)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await end(pid)
