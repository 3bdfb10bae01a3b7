"""However the relay ends, and whatever its servers do just then, nothing of it keeps running."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from tests.faults.editor import Editor, descendants, ended, start, stopped
from tests.integration.relay.client import REAL_SERVER, capabilities

PROBLEM = 'print(f"done")\n'


AT = {"line": 0, "character": 3}


@pytest.mark.parametrize("name", ["ty", "ruff", "fake"])
async def test_a_killed_relay_with_a_stopped_server(workspace: Path, name: str) -> None:
    async with start(workspace) as editor:
        await editor.settled("workspace/executeCommand", {"command": "punie.fix"})
        processes = descendants(editor.process.pid)
        await stopped(await editor.running(name))
        editor.process.kill()

        assert len(processes) >= 3
        assert await ended(processes) == []


async def test_a_killed_relay_with_a_stopped_watcher(workspace: Path) -> None:
    """The process that watches files where the editor does not."""
    able = capabilities()
    del able["workspace"]["didChangeWatchedFiles"]
    async with start(workspace, capabilities=able) as editor:
        watcher = await stopped(await editor.running("watcher"))
        processes = descendants(editor.process.pid)
        editor.process.kill()

        assert watcher in processes
        assert await ended(processes) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_killed_relay_whose_ty_computes(workspace: Path, number: signal.Signals) -> None:
    for n in range(100):
        (workspace / f"module_{n}.py").write_text(
            "".join(f"def price_{n}_{i}(x: int) -> int: ...\n" for i in range(100))
        )
    async with start(workspace) as editor:
        uri = editor.new("pri\n")
        processes = descendants(editor.process.pid)
        editor.start_request("workspace/symbol", {"query": "price"})
        editor.start_request("textDocument/completion", {"textDocument": {"uri": uri}, "position": AT})
        await asyncio.sleep(0.02)
        editor.process.send_signal(number)

        assert await ended(processes) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_killed_relay_whose_punie_server_fixes(workspace: Path, number: signal.Signals) -> None:
    async with start(workspace, server=REAL_SERVER) as editor:
        await fixes(editor)
        await asyncio.sleep(0.2)
        processes = descendants(editor.process.pid)
        editor.process.send_signal(number)

        assert len(processes) >= 3
        assert await ended(processes) == []


async def test_a_killed_punie_server_leaves_nothing_of_its_own(workspace: Path) -> None:
    async with start(workspace, server=REAL_SERVER) as editor:
        await fixes(editor)
        await asyncio.sleep(0.2)
        server = await editor.running("punie")
        processes = server.children(recursive=True)
        server.kill()

        assert await ended([server, *processes]) == []


async def fixes(editor: Editor) -> None:
    """The real server is at work on a fix."""
    uri = editor.new(PROBLEM)
    span = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 14}}
    async with asyncio.timeout(60):
        while True:
            report = await editor.settled("textDocument/diagnostic", {"textDocument": {"uri": uri}})
            params = {"textDocument": {"uri": uri}, "range": span, "context": {"diagnostics": report["items"]}}
            actions = await editor.result("textDocument/codeAction", params)
            if mine := [a for a in actions if a["title"].startswith("Fix with Punie")]:
                editor.start_request("codeAction/resolve", mine[0])
                return
