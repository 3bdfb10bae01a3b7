"""Changes on disk that the editor does not tell of."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.integration.relay.client import PUNIE_LS, Client, Json, capabilities, start
from tests.integration.relay.test_settings import until_codes

USES = "import other\n\nprint(other.value)\n"


def without_watching() -> Json:
    able = capabilities()
    del able["workspace"]["didChangeWatchedFiles"]
    return able


def watchers(client: Client) -> list[psutil.Process]:
    children = psutil.Process(client.process.pid).children()
    return [child for child in children if "punie_ls.watcher" in child.cmdline()]


async def started_watchers(client: Client) -> list[psutil.Process]:
    async with asyncio.timeout(30):
        while True:
            if found := watchers(client):
                return found
            await asyncio.sleep(0.02)


def registered(client: Client) -> list[str]:
    requests = [r for r in client.requests if r["method"] == "client/registerCapability"]
    return [item["method"] for request in requests for item in request["params"]["registrations"]]


async def test_a_file_is_made_changed_and_deleted_by_another_program(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace, capabilities=without_watching())
        uri = client.open(workspace / "main.py", USES)
        await until_codes(client, uri, ["import-not-found"])

        (workspace / "other.py").write_text("value = 1\n", encoding="utf-8")
        await until_codes(client, uri, [])
        (workspace / "other.py").write_text("nothing = 1\n", encoding="utf-8")
        await until_codes(client, uri, ["missing-attribute"])
        (workspace / "other.py").unlink()
        await until_codes(client, uri, ["import-not-found"])

        assert registered(client) == []


async def test_the_watcher_is_in_the_trace(workspace: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    async with start(PUNIE_LS, "--trace", trace) as client:
        await client.initialize(workspace, capabilities=without_watching())
        uri = client.open(workspace / "main.py", USES)
        await until_codes(client, uri, ["import-not-found"])
        [watcher] = await started_watchers(client)
        (workspace / "other.py").write_text("value = 1\n", encoding="utf-8")
        await until_codes(client, uri, [])
        await client.stop()

    entries = [json.loads(line) for line in trace.read_bytes().splitlines()]
    events = [(e["event"], e["pid"]) for e in entries if e.get("child") == "watcher"]
    said = [(e["from"], e["to"], e["message"]) for e in entries if "watcher" in (e.get("from"), e.get("to"))]
    assert events == [("started", watcher.pid), ("exited", watcher.pid)]
    assert (said[0][:2], said[0][2]["method"]) == (("relay", "watcher"), "watch")
    changed = [m["params"]["changes"] for sender, _, m in said if (sender, m["method"]) == ("watcher", "changed")]
    assert {"path": str(workspace / "other.py"), "type": 1} in [change for changes in changed for change in changes]


async def test_git_switches_the_branch(workspace: Path) -> None:
    def git(*arguments: str) -> None:
        name = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *name, *arguments], cwd=workspace, check=True, capture_output=True)

    (workspace / "other.py").write_text("value = 1\n", encoding="utf-8")
    git("init", "-b", "one")
    git("add", ".")
    git("commit", "-m", "one")
    git("checkout", "-b", "two")
    (workspace / "other.py").write_text("renamed = 1\n", encoding="utf-8")
    git("commit", "-am", "two")
    async with start() as client:
        await client.initialize(workspace, capabilities=without_watching())
        uri = client.open(workspace / "main.py", USES)
        await until_codes(client, uri, ["missing-attribute"])

        git("checkout", "one")

        await until_codes(client, uri, [])


async def test_ruff_hears_of_its_configuration(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace, capabilities=without_watching())
        uri = client.open(workspace / "main.py", "x = 1\ny = x == None\n")
        await until_codes(client, uri, [])

        (workspace / "ruff.toml").write_text("lint.select = ['E711']\n", encoding="utf-8")

        await until_codes(client, uri, ["E711"])


async def test_an_editor_that_watches_is_left_to_it(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        await client.pull(client.open(workspace / "main.py", USES))
        await client.until(lambda: "workspace/didChangeWatchedFiles" in registered(client))

        assert watchers(client) == []


@pytest.mark.parametrize(("setting", "count"), [("always", 1), ("never", 0)])
async def test_the_setting_decides(workspace: Path, setting: str, count: int) -> None:
    able = capabilities() if setting == "always" else without_watching()
    async with start() as client:
        options = {"punie": {"watchFiles": setting}}
        await client.initialize(workspace, capabilities=able, initializationOptions=options)
        await client.pull(client.open(workspace / "main.py", USES))
        await asyncio.sleep(0.5)

        assert len(watchers(client)) == count


async def test_a_killed_watcher_comes_back_and_nothing_is_missed(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace, capabilities=without_watching())
        uri = client.open(workspace / "main.py", USES)
        await until_codes(client, uri, ["import-not-found"])
        (watcher,) = await started_watchers(client)

        os.kill(watcher.pid, signal.SIGKILL)
        (workspace / "other.py").write_text("value = 1\n", encoding="utf-8")

        await until_codes(client, uri, [])


async def test_a_killed_ty_hears_of_changes_again(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace, capabilities=without_watching())
        uri = client.open(workspace / "main.py", USES)
        await until_codes(client, uri, ["import-not-found"])
        ty = next(c for c in psutil.Process(client.process.pid).children() if Path(c.exe()).name == "ty")

        ty.kill()
        await until_codes(client, uri, ["import-not-found"])
        (workspace / "other.py").write_text("value = 1\n", encoding="utf-8")

        await until_codes(client, uri, [])


async def test_the_watcher_ends_with_the_relay(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace, capabilities=without_watching())
        await client.pull(client.open(workspace / "main.py", USES))
        found = await started_watchers(client)

        client.process.kill()
        _, alive = psutil.wait_procs(found, timeout=10)

        assert alive == []
