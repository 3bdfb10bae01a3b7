"""From the first byte to the last: bad input, order, the end, and nothing left running."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.faults.editor import ended, stopped
from tests.integration.relay.client import BIN, PUNIE_LS, REAL_SERVER, Client, start
from tests.integration.relay.conftest import child

HOVER = {"textDocument": {"uri": "file:///x.py"}, "position": {"line": 0, "character": 0}}


async def gone(processes: list[psutil.Process]) -> bool:
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, timeout=6)
    return not alive


def children(client: Client) -> list[psutil.Process]:
    return psutil.Process(client.process.pid).children(recursive=True)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{not json", -32700),
        (b'{"jsonrpc":"2.0","method":"\xff"}', -32700),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", -32700),
        (b'[{"jsonrpc":"2.0","id":1,"method":"x"}]', -32600),
        (b'{"jsonrpc":"2.0"}', -32600),
        (b"17", -32600),
    ],
)
async def test_a_bad_body_is_answered_and_goes_no_further(workspace: Path, body: bytes, code: int) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        client.send_body(body)
        answer = await client.response(None)

        assert answer["error"]["code"] == code
        assert (await client.hover(uri, 8, 1))["result"]


async def test_half_an_emoji_kills_nobody(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        before = {child(client, name).pid for name in ("ty", "ruff")}
        change = '{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"%s","version":2},'
        client.send_body((change % uri + '"contentChanges":[{"text":"x = \'\\ud83d\'\\nx\\n"}]}}').encode())

        assert "\ufffd" in (await client.hover(uri, 1, 0))["result"]["contents"]["value"]
        assert before == {child(client, name).pid for name in ("ty", "ruff")}


async def test_a_broken_stream_ends_everything(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        started = children(client)
        client.send_bytes(b"Content-Length: many\r\n\r\n{}")

        assert await client.ended() == 1
        assert await gone(started)


async def test_requests_out_of_order_are_refused(workspace: Path) -> None:
    async with start() as client:
        early = await client.request("textDocument/hover", HOVER)
        await client.initialize(workspace)
        again = await client.request("initialize", {"capabilities": {}})
        await client.request("shutdown")
        late = await client.request("textDocument/hover", HOVER)
        client.notify("exit", None)

        assert early["error"]["code"] == -32002
        assert again["error"]["code"] == -32600
        assert late["error"]["code"] == -32600
        assert await client.ended() == 0


async def test_exit_without_shutdown_is_a_failure(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        client.notify("exit", None)

        assert await client.ended() == 1


async def test_initialize_without_an_object_is_refused() -> None:
    async with start() as client:
        assert (await client.request("initialize", [1]))["error"]["code"] == -32602
        assert (await client.request("initialize", {"capabilities": {}}))["result"]["serverInfo"]["name"] == "punie-ls"


async def test_an_id_twice_in_flight_is_refused_and_the_first_is_answered(workspace: Path) -> None:
    async with start(environ={"FAKE_START_SECONDS": "0.5"}) as client:
        await client.initialize(workspace)
        message = {"jsonrpc": "2.0", "id": "same", "method": "workspace/executeCommand"}
        for _ in range(2):
            client.send({**message, "params": {"command": "punie.fix"}})
        await client.until(lambda: len([r for r in client.responses if r["id"] == "same"]) == 2)

        first, second = [r for r in client.responses if r["id"] == "same"]
        assert first["error"]["code"] == -32600
        assert second["result"] == {"command": "punie.fix"}


async def test_a_request_that_waits_for_a_start_can_be_cancelled(workspace: Path) -> None:
    async with start(environ={"FAKE_START_SECONDS": "5"}) as client:
        await client.initialize(workspace)
        waiting = client.start_request("workspace/executeCommand", {"command": "punie.fix"})
        client.notify("$/cancelRequest", {"id": waiting})

        assert (await client.response(waiting, 3))["error"]["code"] == -32800


async def test_the_end_of_input_leaves_nothing_running(workspace: Path) -> None:
    async with start(server=REAL_SERVER) as client:
        await client.initialize(workspace)
        await client.hover(client.open(workspace / "shop.py"), 8, 1)
        started = children(client)
        assert len(started) >= 3
        assert client.process.stdin
        client.process.stdin.close()

        assert await client.ended() == 1
        assert await gone(started)


async def test_children_that_ignore_their_end_are_killed(workspace: Path, tmp_path: Path) -> None:
    stubborn = tmp_path / "stubborn.py"
    stubborn.write_text("import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)\n")
    async with start(server=[sys.executable, str(stubborn)]) as client:
        await client.initialize(workspace)
        await asyncio.sleep(0.3)
        started = children(client)
        assert client.process.stdin
        client.process.stdin.close()

        assert await client.ended() == 1
        assert await gone(started)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_a_killed_relay_leaves_nothing_running(workspace: Path, number: signal.Signals) -> None:
    async with start() as client:
        await client.initialize(workspace)
        await client.hover(client.open(workspace / "shop.py"), 8, 1)
        started = children(client)
        client.process.send_signal(number)
        code = await client.ended()

        assert code == (128 + number if number == signal.SIGTERM else -number)
        assert await gone(started)


async def test_the_end_does_not_wait_for_servers_that_hang(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        await client.hover(client.open(workspace / "shop.py"), 8, 1)
        started = children(client)
        for name in ("ty", "ruff", "fake_server"):
            await stopped(child(client, name))

        assert await client.stop() == 0
        assert await gone(started)


async def test_the_relay_ends_with_its_editor(workspace: Path) -> None:
    editor = await asyncio.create_subprocess_exec("sleep", "60")
    async with start() as client:
        await client.initialize(workspace, processId=editor.pid)
        started = children(client)
        editor.kill()
        await editor.wait()

        assert await client.ended() == 1
        assert await gone(started)


async def test_the_relay_ends_with_an_editor_that_nobody_has_waited_for(workspace: Path) -> None:
    """It still has its number then; and someone else keeps its pipes open."""
    editor = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(60)"
    async with start(sys.executable, "-c", editor, sys.executable, "-c", editor, PUNIE_LS) as client:
        [editor_process, relay] = await descendants_of(client, 2)
        await client.initialize(workspace, processId=editor_process.pid)
        started = relay.children(recursive=True)
        editor_process.kill()

        assert await ended([relay, *started]) == []
        assert editor_process.status() == psutil.STATUS_ZOMBIE
        client.process.kill()


async def descendants_of(client: Client, count: int) -> list[psutil.Process]:
    """A chain of processes, each started by the one before, once it is that long."""
    chain = [psutil.Process(client.process.pid)]
    async with asyncio.timeout(30):
        while len(chain) <= count:
            chain += chain[-1].children()[:1]
            await asyncio.sleep(0.01)
    return chain[1:]


async def test_modules_of_the_workspace_are_not_imported(workspace: Path) -> None:
    for name in ("json.py", "asyncio.py", "msgspec.py", "punie_ls.py", "agent/__init__.py", "semantic/__init__.py"):
        path = workspace / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("raise SystemExit('imported the code of the workspace')\n")
    for command in ([PUNIE_LS], [PUNIE_LS, "lsp", "--stdio"], [sys.executable, "-P", "-m", "punie_ls"]):
        async with start(*command, cwd=workspace, server=REAL_SERVER) as client:
            await client.initialize(workspace)
            uri = client.open(workspace / "shop.py")
            await client.request("workspace/executeCommand", {"command": "punie.fix", "arguments": []})

            assert (await client.hover(uri, 8, 1))["result"]
            assert not [n for n in client.notifications if n["method"] == "window/showMessage"]
            assert await client.stop() == 0


def test_the_relay_imports_nothing_heavy() -> None:
    code = "import sys, json, punie_ls.relay.main; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    packages = {name.partition(".")[0] for name in json.loads(answer.stdout)}
    foreign = packages - set(sys.stdlib_module_names)

    assert {name for name in foreign if not name.startswith(("__editable__", "_", "$", "sitecustomize"))} <= {
        "msgspec",
        "typing_extensions",  # by msgspec, where it is installed
        "punie_ls",
        "punie_semantic",
        "coverage",
    }


def test_streams_that_are_no_pipes_are_named() -> None:
    answer = subprocess.run([PUNIE_LS], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)

    assert answer.returncode == 1
    assert "pipes" in answer.stderr
    assert answer.stdout == ""


def test_the_version_names_the_tools() -> None:
    environ = {**os.environ, "PUNIE_TY": "/nowhere/ty"}
    answer = subprocess.run([BIN / "punie-ls", "--version"], capture_output=True, text=True, env=environ, timeout=20)

    assert answer.stdout.startswith("punie-ls ")
    assert "ty not working: /nowhere/ty" in answer.stdout
    assert "ruff 0." in answer.stdout


def test_a_wrong_option_is_named() -> None:
    answer = subprocess.run([PUNIE_LS, "lsp", "--loud"], capture_output=True, text=True, timeout=20)

    assert answer.returncode == 2
    assert "--loud" in answer.stderr
