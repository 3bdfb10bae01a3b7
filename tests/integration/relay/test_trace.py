"""`--trace FILE`: both sides' messages as JSON lines."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.integration.relay.client import PUNIE_LS, Client, start
from tests.integration.relay.conftest import child

Json = dict[str, Any]


def entries(path: Path) -> list[Json]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def ways(found: list[Json], **wanted: object) -> list[tuple[str, str]]:
    """From whom to whom a message went."""
    return [
        (entry["from"], entry["to"])
        for entry in found
        if "message" in entry and all(entry["message"].get(key) == value for key, value in wanted.items())
    ]


async def hover(client: Client, workspace: Path) -> Json:
    await client.initialize(workspace)
    return await client.hover(client.open(workspace / "shop.py"), 4, 5)


@pytest.mark.parametrize("style", ["--trace {}", "--trace={}", "lsp --stdio --trace {}"])
async def test_every_message_is_there_on_both_sides(workspace: Path, tmp_path: Path, style: str) -> None:
    path = tmp_path / "trace.jsonl"
    async with start(PUNIE_LS, *style.format(path).split()) as client:
        answer = await hover(client, workspace)
        await client.stop()

    found = entries(path)
    assert ways(found, method="textDocument/hover") == [("editor", "relay"), ("relay", "ty")]
    assert ways(found, id=answer["id"], result=answer["result"]) == [("ty", "relay"), ("relay", "editor")]
    opened = ways(found, method="textDocument/didOpen")
    assert opened[0] == ("editor", "relay")
    assert set(opened[1:]) >= {("relay", "ty"), ("relay", "ruff")}
    assert set(ways(found, method="initialize")) >= {("editor", "relay"), ("relay", "ty"), ("relay", "ruff")}
    times = [entry["t"] for entry in found]
    assert times == sorted(times)
    assert path.stat().st_mode & 0o777 == 0o600


async def test_the_editors_half_is_exactly_what_the_editor_saw(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    async with start(PUNIE_LS, "--trace", path) as client:
        await hover(client, workspace)
        await client.pull((workspace / "shop.py").as_uri())
        await client.code_actions((workspace / "shop.py").as_uri(), 0)
        await client.stop()

    traced = [e["message"] for e in entries(path) if e.get("to") == "editor"]
    for kind in ("responses", "requests", "notifications"):
        for message in getattr(client, kind):
            assert message in traced
            traced.remove(message)
    assert traced == []


async def test_starts_ends_and_log_records_stand_between_the_messages(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    async with start(PUNIE_LS, "--trace", path) as client:
        await hover(client, workspace)
        first = child(client, "ty").pid
        psutil.Process(first).kill()
        await client.until(lambda: [r for r in client.requests if r["method"] == "workspace/diagnostic/refresh"])
        await client.stop()

    found = entries(path)
    started = [e for e in found if e.get("event") == "started" and e["child"] == "ty"]
    ended = [e for e in found if e.get("event") == "exited" and e["child"] == "ty"]
    assert [(e["pid"] == first, e["run"], e["command"][1:]) for e in started] == [
        (True, 1, ["server"]),
        (False, 2, ["server"]),
    ]
    assert [(e["pid"] == first, e["code"]) for e in ended] == [(True, -9), (False, 0)]
    assert any(e.get("event") == "log" and e["text"].startswith("ty stopped: ") for e in found)
    assert (found[0]["event"], found[0]["pid"]) == ("trace", client.process.pid)
    assert found[-1]["event"] == "end"


async def test_what_is_no_json_is_kept_as_text(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    bodies = [b"{not json", b'{"jsonrpc":"2.0","method":"\xff"}', b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"]
    async with start(PUNIE_LS, "--trace", path) as client:
        await client.initialize(workspace)
        for body in bodies:
            client.send_body(body)
        client.send_body(b'{\n"jsonrpc": "2.0",\r\n"id": "lines", "method": "textDocument/hover"}')
        await client.response("lines")
        await client.stop()

    found = entries(path)
    assert [e["text"] for e in found if "message" not in e and "from" in e] == [
        body.decode(errors="replace") for body in bodies
    ]
    assert ways(found, id="lines")[0] == ("editor", "relay")


async def test_a_killed_relay_leaves_what_was_said(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    async with start(PUNIE_LS, "--trace", path) as client:
        answer = await hover(client, workspace)
        await asyncio.sleep(1)
        client.process.send_signal(signal.SIGKILL)
        await client.ended()

    assert ("relay", "editor") in ways(entries(path), id=answer["id"])


async def test_an_earlier_trace_is_kept_and_one_in_use_is_left_alone(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_text("earlier\n")
    async with start(PUNIE_LS, "--trace", path) as first, start(PUNIE_LS, "--trace", path) as second:
        await first.initialize(workspace)
        await second.initialize(workspace)
        pids = {first.process.pid, second.process.pid}

    files = {file.name for file in tmp_path.glob("trace*")}
    other = entries(next(tmp_path.glob("trace.*.jsonl")))[0]["pid"]
    assert {entries(path)[0]["pid"], other} == pids
    assert files == {"trace.jsonl", "trace.jsonl.1", f"trace.{other}.jsonl"}
    assert (tmp_path / "trace.jsonl.1").read_text() == "earlier\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--trace", "{}/gone/trace.jsonl"],
            "cannot write the trace to {}/gone/trace.jsonl: No such file or directory",
        ),
        (["--trace", "{}"], "cannot write the trace to {}: it is no regular file"),
        (["--trace", "/dev/null"], "cannot write the trace to /dev/null: it is no regular file"),
        (["--trace"], "--trace needs a file"),
        (["--trace", "--stdio"], "--trace needs a file"),
        (["--trace="], "--trace needs a file"),
    ],
)
def test_a_file_that_cannot_be_written_is_said_before_anything_starts(
    tmp_path: Path, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUNIE_LOG_DIR", str(tmp_path / "logs"))
    filled = [argument.format(tmp_path) for argument in arguments]

    done = subprocess.run([PUNIE_LS, *filled], input="", capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"punie-ls lsp: {message.format(tmp_path)}\n"
    assert list(tmp_path.iterdir()) == []


async def test_a_full_disk_ends_the_trace_and_nothing_else(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    async with start(
        "bash", "-c", f"ulimit -f 8; exec {PUNIE_LS} --log-level error --trace {path} 2> {tmp_path}/err"
    ) as c:
        await c.initialize(workspace)
        uri = c.open(workspace / "shop.py", "x = 1\n" * 20_000)
        answer = await c.hover(uri, 0, 0)

        assert answer["result"]
        assert await c.stop() == 0

    assert path.stat().st_size == 8 << 10
    assert (tmp_path / "err").read_text() == "ERROR punie_ls.relay.trace: the trace ends here: File too large\n"
