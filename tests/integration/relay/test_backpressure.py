"""Nobody who is slow makes the relay grow, or anybody else wait: the editor, a server's input, a server's log."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import cast

import psutil
import pytest

from punie_ls.relay import child_process
from punie_ls.relay.child_process import ChildProcess, spawn
from tests.faults.editor import Editor, start
from tests.integration.relay.client import Json

LARGE = 5_000_000


def command(*arguments: object) -> Json:
    return {"command": "punie.fix", "arguments": list(arguments)}


def reading(editor: Editor) -> asyncio.ReadTransport:
    """The pipe from the relay."""
    process = editor.process._transport  # ty: ignore[missing-attribute] # there is no other way to stop reading
    return cast("asyncio.ReadTransport", process.get_pipe_transport(1))


def memory(editor: Editor) -> int:
    return editor.relay().memory_info().rss


async def test_sixty_large_answers_that_nobody_reads_yet(workspace: Path) -> None:
    async with start(workspace) as editor:
        uri = editor.new("name = 1\n")
        await editor.settled("workspace/executeCommand", command("large", LARGE))
        before = memory(editor)
        reading(editor).pause_reading()
        identifiers = [editor.start_request("workspace/executeCommand", command("large", LARGE)) for _ in range(60)]
        highest = 0
        for number in range(100):
            # The editor is never held up: it goes on typing.
            editor.type(uri, f"name = {number}\n" + "#" * 20_000)
            await editor.written()
            highest = max(highest, memory(editor))
            await asyncio.sleep(0.01)
        reading(editor).resume_reading()

        for identifier in identifiers:
            assert len((await editor.response(identifier))["result"]) == LARGE
            highest = max(highest, memory(editor))
        hover = await editor.settled(
            "textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 1}}
        )
        assert "Literal[99]" in hover["contents"]["value"]
        assert highest - before < 12 * LARGE


async def test_a_flood_in_a_servers_log(workspace: Path) -> None:
    """200 MB of it, with a log file or without."""
    async with start(workspace) as editor:
        uri = editor.new("name = 1\n")
        await editor.settled("workspace/executeCommand", command("echo"))
        before = memory(editor)
        flood = editor.start_request("workspace/executeCommand", command("complain", 200_000))
        at = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 1}}
        while not any(response["id"] == flood for response in editor.responses):
            assert await editor.result("textDocument/hover", at)

        assert memory(editor) - before < 64_000_000


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A little backlog and a little while are enough."""
    monkeypatch.setattr(child_process, "BACKLOG_BYTES", 1 << 20)
    monkeypatch.setattr(child_process, "DEAF_SECONDS", 0.2)


async def begun(*program: str) -> tuple[ChildProcess, asyncio.Event]:
    exited = asyncio.Event()
    process = await spawn(
        "test",
        program,
        environ={"PATH": "/usr/bin:/bin"},
        on_message=lambda process, body: None,
        on_exit=lambda process: exited.set(),
    )
    return process, exited


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_reads_nothing_is_killed() -> None:
    process, exited = await begun("sleep", "60")
    for _ in range(4):
        process.write(b"x" * (1 << 20))
    async with asyncio.timeout(30):
        await exited.wait()

    assert process.returncode == -signal.SIGKILL


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_reads_slowly_is_left_alone() -> None:
    program = "while [ $(head -c 100000 | wc -c) = 100000 ]; do sleep 0.02; done"
    process, exited = await begun("sh", "-c", program)
    for _ in range(4):
        process.write(b"x" * (1 << 20))
    process.close_stdin()
    async with asyncio.timeout(30):
        await exited.wait()

    assert process.returncode == 0


async def test_a_server_that_closes_its_input_is_killed() -> None:
    process, exited = await begun("sh", "-c", "exec 0<&-; sleep 60")
    async with asyncio.timeout(30):
        await exited.wait()

    assert process.returncode == -signal.SIGKILL


async def test_what_a_server_has_started_ends_with_it(tmp_path: Path) -> None:
    """Though it has the server's output, and would keep it open."""
    noted = tmp_path / "pid"
    process, exited = await begun("sh", "-c", f"sleep 60 & echo $! > {noted}.new; mv {noted}.new {noted}; wait")
    async with asyncio.timeout(30):
        while not noted.exists():  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0.01)
        grandchild = psutil.Process(int(noted.read_text()))
        assert process.pid is not None
        psutil.Process(process.pid).kill()
        await exited.wait()

    assert psutil.wait_procs([grandchild], timeout=10)[1] == [] or grandchild.status() == psutil.STATUS_ZOMBIE
