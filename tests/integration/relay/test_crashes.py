"""A server that dies comes back with every unsaved text; one that stays off is named."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.editor import descendants, ended, stopped
from tests.faults.editor import start as start_editor
from tests.integration.relay.client import REAL_SERVER, Client, capabilities, start
from tests.integration.relay.conftest import child

FOUND = {"ty": ("ty", "invalid-assignment"), "ruff": ("Ruff", "F401")}
UNSAVED = "unsaved_name = 1\nunsaved_name\n"


async def refreshed(client: Client, count: int = 1) -> None:
    def refreshes() -> bool:
        return sum(r["method"] == "workspace/diagnostic/refresh" for r in client.requests) >= count

    await client.until(refreshes)


async def test_ty_comes_back_with_the_unsaved_text(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        client.change(uri, 2, {"text": UNSAVED})
        span = {"start": {"line": 0, "character": 15}, "end": {"line": 0, "character": 16}}
        client.change(uri, 3, {"range": span, "text": "'😀'"})
        await client.hover(uri, 1, 1)
        client.requests.clear()
        child(client, "ty").kill()
        await refreshed(client)

        assert 'Literal["😀"]' in (await client.hover(uri, 1, 1))["result"]["contents"]["value"]
        span = {"start": {"line": 0, "character": 15}, "end": {"line": 0, "character": 19}}
        client.change(uri, 4, {"range": span, "text": "2"})
        assert "Literal[2]" in (await client.hover(uri, 1, 1))["result"]["contents"]["value"]


async def test_what_ty_registered_is_taken_back_and_registered_anew(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        await client.hover(client.open(workspace / "shop.py"), 8, 1)
        await client.until(lambda: [r for r in client.requests if "registrations" in (r.get("params") or {})])
        before = len(client.requests)
        child(client, "ty").kill()
        await refreshed(client)
        await client.until(lambda: [r for r in client.requests[before:] if "registrations" in (r.get("params") or {})])

        assert "client/unregisterCapability" in [r["method"] for r in client.requests[before:]]


async def test_requests_in_flight_fail_at_once(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        await client.hover(uri, 8, 1)
        process = await stopped(child(client, "ty"))
        identifiers = [client.start_request("textDocument/hover", hover(uri)) for _ in range(3)]
        await asyncio.sleep(0.1)
        process.kill()
        answers = [await client.response(identifier) for identifier in identifiers]

        assert [answer["error"]["code"] for answer in answers] == [-32801] * 3


def hover(uri: str) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 1}}


async def test_a_pull_while_ty_is_away_asks_to_be_repeated(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        before = await client.pull(uri)
        child(client, "ty").kill()
        answers = []
        async with asyncio.timeout(20):
            while not answers or "error" in answers[-1]:
                answers.append(await client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}}))
                await asyncio.sleep(0.005)

        errors = [answer["error"] for answer in answers[:-1]]
        assert {error["code"] for error in errors} <= {-32802, -32801}
        assert all(error["data"] == {"retriggerRequest": True} for error in errors if error["code"] == -32802)
        assert answers[-1]["result"]["items"] == before["items"]


async def test_ruff_comes_back(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        client.change(uri, 2, {"text": "import json\n"})
        child(client, "ruff").kill()
        await refreshed(client)
        report = await client.pull(uri)

        assert "F401" in [item.get("code") for item in report["items"]]


async def test_published_lists_stay_whole_when_ruff_is_killed(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace, capabilities=capabilities(pull=False))
        client.open(workspace / "shop.py")
        await client.notified("textDocument/publishDiagnostics", lambda p: len(p["diagnostics"]) == 4)
        client.notifications.clear()
        child(client, "ruff").kill()
        last = await client.notified("textDocument/publishDiagnostics")

        assert len(last["diagnostics"]) == 4


async def test_the_real_punie_server_comes_back(workspace: Path) -> None:
    async with start(server=REAL_SERVER) as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py", "x: int = 'a'\n")
        report = await client.pull(uri)
        command = {"command": "punie.fix", "arguments": []}
        await client.request("workspace/executeCommand", command)
        child(client, "python").kill()
        await asyncio.sleep(0.3)
        assert (await client.hover(uri, 0, 0))["result"]
        await client.request("workspace/executeCommand", command)
        actions = await client.code_actions(uri, 0, report["items"])

        assert [a["title"] for a in actions if a["title"].startswith("Fix with Punie")]


async def test_a_fresh_punie_server_gets_the_current_text(
    workspace: Path, fake_log: Callable[[], list[dict[str, Any]]]
) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        command = {"command": "punie.fix", "arguments": []}
        await client.result("workspace/executeCommand", command)
        client.change(uri, 2, {"text": UNSAVED})
        client.notify("workspace/didChangeConfiguration", {"settings": {"punie": {"a": 1}}})
        failed = await client.request("workspace/executeCommand", {**command, "arguments": ["exit"]})
        await client.result("workspace/executeCommand", command)

        assert failed["error"]["code"] == -32801
        log = fake_log()
        second = [m["method"] for m in log].index("initialize", 1)
        assert [m["method"] for m in log[second:]] == [
            "initialize",
            "initialized",
            "workspace/didChangeConfiguration",
            "textDocument/didOpen",
            "workspace/executeCommand",
        ]
        assert log[second + 3]["params"]["textDocument"] == {
            "uri": uri,
            "languageId": "python",
            "version": 2,
            "text": UNSAVED,
        }


async def test_a_child_that_keeps_crashing_is_named_once(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        command = {"command": "punie.fix", "arguments": ["exit"]}
        for _ in range(6):
            assert (await client.request("workspace/executeCommand", command))["error"]["code"] == -32801
        message = await client.notified("window/showMessage")
        after = await client.request("workspace/executeCommand", command)

        assert "punie stopped 6 times" in message["message"]
        assert "asked to exit" in message["message"]
        assert after["error"]["code"] == -32803
        assert (await client.hover(uri, 8, 1))["result"]
        assert sum(n["method"] == "window/showMessage" for n in client.notifications) == 1


@pytest.mark.parametrize(("name", "other"), [("ty", "ruff"), ("ruff", "ty")])
async def test_a_tool_that_keeps_crashing_is_named_once_and_the_other_serves(
    workspace: Path, name: str, other: str
) -> None:
    async with start_editor(workspace) as editor:
        uri = editor.new("import json\n\nname: int = 'one'\n")
        assert await editor.findings(uri) == {FOUND[name], FOUND[other]}
        since, pid = 0, 0
        for _ in range(6):
            process = await editor.running(name, but=pid)
            assert await editor.findings(uri) == {FOUND[name], FOUND[other]}
            since, pid = len(editor.requests), process.pid
            process.kill()
        message = await editor.notified("window/showMessage")
        await editor.asked("workspace/diagnostic/refresh", since)

        assert await editor.findings(uri) == {FOUND[other]}
        assert f"{name} stopped 6 times within a minute and stays off" in message["message"]
        refused = await editor.request(
            {"ty": "textDocument/documentSymbol", "ruff": "textDocument/formatting"}[name],
            {"textDocument": {"uri": uri}, "options": {"tabSize": 4, "insertSpaces": True}},
        )
        assert refused["error"]["code"] == -32803
        assert sum(n["method"] == "window/showMessage" for n in editor.notifications) == 1
        processes = descendants(editor.process.pid)
        assert await editor.stop() == 0
        assert await ended(processes) == []


@pytest.mark.parametrize("name", ["ty", "ruff"])
async def test_a_missing_tool_is_named_and_the_other_serves(workspace: Path, name: str) -> None:
    missing = {f"PUNIE_{name.upper()}": "/nowhere/tool"}
    async with start(environ=missing) as client:
        result = await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        message = await client.notified("window/showMessage")
        items = (await client.pull(uri))["items"]
        hovered = await client.hover(uri, 8, 1)

        assert message["type"] == 1
        assert "/nowhere/tool" in message["message"]
        assert f"PUNIE_{name.upper()}" in message["message"]
        assert sum(n["method"] == "window/showMessage" for n in client.notifications) == 1
        assert result["capabilities"]["positionEncoding"] == "utf-16"
        assert result["capabilities"]["codeActionProvider"]["resolveProvider"]
        assert {item["source"] for item in items} == {{"ty": "Ruff", "ruff": "ty"}[name]}
        assert ("error" in hovered) == (name == "ty")
        assert "hoverProvider" in result["capabilities"]
        if name == "ruff":
            assert "documentFormattingProvider" not in result["capabilities"]
            answer = await client.request("textDocument/formatting", {"textDocument": {"uri": uri}, "options": {}})
            assert answer["error"]["code"] == -32601


async def test_without_both_tools_the_punie_server_still_serves(workspace: Path) -> None:
    async with start(environ={"PUNIE_TY": "/nowhere/ty", "PUNIE_RUFF": "/nowhere/ruff"}) as client:
        result = await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        await client.result("workspace/executeCommand", {"command": "punie.fix"})
        actions = await client.code_actions(uri, 0)
        pulled = await client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})

        assert result["capabilities"]["textDocumentSync"]["openClose"]
        assert "punie.fix" in result["capabilities"]["executeCommandProvider"]["commands"]
        assert actions[0]["title"] == "Fix with Punie"
        assert pulled["error"]["code"] == -32601
        assert await client.stop() == 0


async def test_a_tool_that_crashes_at_its_start_is_tried_again_and_then_named(workspace: Path, tmp_path: Path) -> None:
    tries = tmp_path / "tries"
    script = tmp_path / "ty"
    script.write_text(f"#!/bin/sh\necho x >> {tries}\necho broken library >&2\nexit 3\n")
    script.chmod(0o755)
    async with start(environ={"PUNIE_TY": str(script)}) as client:
        await client.initialize(workspace)
        message = await client.notified("window/showMessage")
        report = await client.pull(client.open(workspace / "shop.py"))

        assert "exit code 3: broken library" in message["message"]
        assert 3 <= len(tries.read_text().split()) <= 4
        assert {item["source"] for item in report["items"]} == {"Ruff"}


async def test_a_message_never_comes_before_the_answer_to_initialize(workspace: Path) -> None:
    order: list[str] = []
    async with start(environ={"PUNIE_TY": "/nowhere/ty"}) as client:
        receive = client._receive
        client._framer._on_message = lambda body: (order.append(body.decode()), receive(body))[1]
        await client.initialize(workspace)
        await client.notified("window/showMessage")

        assert '"id":1' in order[0]
        assert "window/showMessage" in order[1]
