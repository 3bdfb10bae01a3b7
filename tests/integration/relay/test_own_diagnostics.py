"""Punie's own findings beside ty's and ruff's: asked for, published, and gone in time."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.faults.editor import Editor, start
from tests.integration.relay.client import Client, Json, capabilities

PUBLISH, PULL, REFRESH = "textDocument/publishDiagnostics", "textDocument/diagnostic", "workspace/diagnostic/refresh"
TEXT = "import json\n\nname: int = 'one'\n"
TOOLS = {("Ruff", "F401"), ("ty", "invalid-assignment")}
OPTIONS = {"tabSize": 4, "insertSpaces": True}
ALL = {*TOOLS, ("Punie", "test-failure")}
FAILURE = {
    "range": {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 4}},
    "severity": 1,
    "source": "Punie",
    "code": "test-failure",
    "message": "test_name failed: 😀 != 'one'",
    "data": {"testId": "test_shop.py::test_name"},
}


def codes(items: list[Json]) -> set[tuple[str, str]]:
    return {(item["source"], item.get("code", "")) for item in items}


async def find(client: Client, uri: str, *items: Json, **version: int | None) -> None:
    """Have the punie server publish a list, and wait until the relay has it."""
    params = {"uri": uri, "diagnostics": list(items), **version}
    await client.result("workspace/executeCommand", {"command": "punie.fix", "arguments": ["notify", PUBLISH, params]})


def published(client: Client, uri: str) -> list[Json]:
    return [n["params"] for n in client.notifications if n["method"] == PUBLISH and n["params"]["uri"] == uri]


async def refreshed(editor: Editor, since: int) -> None:
    await editor.asked(REFRESH, since)


async def test_asked_for_with_the_others(workspace: Path) -> None:
    async with start(workspace) as editor:
        uri = editor.new(TEXT)
        first = await editor.pull(uri)
        await find(editor, uri, FAILURE, version=1)
        await refreshed(editor, 0)
        second = await editor.pull(uri, previousResultId=first["resultId"])
        third = await editor.pull(uri, previousResultId=second["resultId"])
        since = len(editor.requests)
        await find(editor, uri, version=1)
        await refreshed(editor, since)
        fourth = await editor.pull(uri, previousResultId=second["resultId"])

        assert codes(first["items"]) == TOOLS
        assert second["kind"] == "full"
        assert second["items"] == [*first["items"], FAILURE]
        assert third == {"kind": "unchanged", "resultId": second["resultId"]}
        assert fourth == first
        assert published(editor, uri) == []


async def test_they_end_with_the_text(workspace: Path) -> None:
    async with start(workspace) as editor:
        uri = editor.new(TEXT)
        await find(editor, uri, FAILURE, version=1)
        assert await editor.findings(uri) == ALL
        editor.type(uri, TEXT + "\n")
        assert await editor.findings(uri) == TOOLS
        since = len(editor.requests)
        await find(editor, uri, FAILURE, version=1)
        assert await editor.findings(uri) == TOOLS

        assert REFRESH not in [r["method"] for r in editor.requests[since:]]
        await find(editor, uri, FAILURE, version=2)
        assert await editor.findings(uri) == ALL


async def test_a_pull_on_its_way_has_no_findings_about_a_later_text(workspace: Path) -> None:
    async with start(workspace) as editor:
        uri = editor.new(TEXT)
        await find(editor, uri)
        ty = await editor.running("ty")
        await editor.pull(uri)
        ty.suspend()
        asked = editor.start_request(PULL, {"textDocument": {"uri": uri}})
        await editor.passed_on()
        editor.type(uri, TEXT + "\n")
        await find(editor, uri, FAILURE, version=2)
        ty.resume()
        answer = await editor.response(asked)

        assert ("Punie", "test-failure") not in codes(answer.get("result", {}).get("items", []))
        assert await editor.findings(uri) == ALL


async def test_of_files_that_are_not_open_they_are_published(workspace: Path) -> None:
    path = workspace / "closed.py"
    path.write_text(TEXT, encoding="utf-8")
    async with start(workspace) as editor:
        other = editor.new("x = 1\n")
        uri = path.as_uri()
        await find(editor, uri, FAILURE, version=None)
        assert published(editor, uri) == [{"uri": uri, "diagnostics": [FAILURE]}]

        editor.open(path)
        assert await editor.findings(uri) == ALL
        assert published(editor, uri)[1:] == [{"uri": uri, "diagnostics": []}]

        editor.shut(uri)
        # ruff, and what it says of a document that is closed, comes before the answer.
        await editor.result("textDocument/formatting", {"textDocument": {"uri": other}, "options": OPTIONS})
        last = published(editor, uri)[2:]
        assert last == [{"uri": uri, "diagnostics": [FAILURE]}] * len(last) != []
        assert REFRESH not in [r["method"] for r in editor.requests]


async def test_sent_with_the_others_to_an_editor_that_does_not_ask(workspace: Path) -> None:
    async with start(workspace, capabilities=capabilities(pull=False)) as editor:
        uri = editor.new(TEXT)
        await editor.notified(PUBLISH, lambda p: p["uri"] == uri and codes(p["diagnostics"]) == TOOLS)
        await find(editor, uri, FAILURE, version=1)
        last = published(editor, uri)[-1]
        assert (codes(last["diagnostics"]), last["version"]) == (ALL, 1)
        assert last["diagnostics"][-1] == FAILURE

        editor.notifications.clear()
        editor.type(uri, TEXT + "\n")
        await editor.notified(
            PUBLISH, lambda p: p["uri"] == uri and p.get("version") == 2 and codes(p["diagnostics"]) == TOOLS
        )
        assert not [p for p in published(editor, uri) if FAILURE in p["diagnostics"]]
        await find(editor, uri, FAILURE, version=1)
        await editor.passed_on()
        assert not [p for p in published(editor, uri) if FAILURE in p["diagnostics"]]


async def test_without_ty_and_ruff_they_are_published(workspace: Path) -> None:
    nowhere = {"PUNIE_TY": "/nowhere/ty", "PUNIE_RUFF": "/nowhere/ruff"}
    async with start(workspace, environ=nowhere) as editor:
        uri = editor.new(TEXT)
        await find(editor, uri, FAILURE, version=1)
        assert published(editor, uri) == [{"uri": uri, "version": 1, "diagnostics": [FAILURE]}]

        editor.type(uri, TEXT + "\n")
        await find(editor, uri, version=2)
        assert published(editor, uri)[-1] == {"uri": uri, "version": 2, "diagnostics": []}


async def test_a_dead_server_takes_them_with_it(workspace: Path) -> None:
    closed = (workspace / "closed.py").as_uri()
    async with start(workspace) as editor:
        uri = editor.new(TEXT)
        await find(editor, uri, FAILURE, version=1)
        await find(editor, closed, FAILURE)
        assert await editor.findings(uri) == ALL
        process = await editor.running("fake")
        process.kill()
        await editor.running("fake", but=process.pid)

        assert await editor.findings(uri) == TOOLS
        await editor.notified(PUBLISH, lambda p: p == {"uri": closed, "diagnostics": []})
        await find(editor, uri, FAILURE, version=1)
        assert await editor.findings(uri) == ALL


async def test_a_dead_server_takes_what_was_sent_with_it(workspace: Path) -> None:
    async with start(workspace, capabilities=capabilities(pull=False)) as editor:
        uri = editor.new(TEXT)
        await editor.notified(PUBLISH, lambda p: p["uri"] == uri and codes(p["diagnostics"]) == TOOLS)
        await find(editor, uri, FAILURE, version=1)
        editor.notifications.clear()
        (await editor.running("fake")).kill()

        last = await editor.notified(PUBLISH, lambda p: p["uri"] == uri)
        assert (codes(last["diagnostics"]), last["version"]) == (TOOLS, 1)


async def test_many_files_at_once_are_asked_for_once(workspace: Path) -> None:
    async with start(workspace) as editor:
        uris = [editor.new(TEXT) for _ in range(20)]
        await find(editor, uris[0])
        lists = [{"uri": uri, "version": 1, "diagnostics": [FAILURE]} for uri in uris]
        calls = [
            editor.start_request(
                "workspace/executeCommand", {"command": "punie.fix", "arguments": ["notify", PUBLISH, params]}
            )
            for params in lists
        ]
        await asyncio.gather(*(editor.response(call) for call in calls))
        await refreshed(editor, 0)

        assert [await editor.findings(uri) for uri in uris] == [ALL] * 20
        assert [r["method"] for r in editor.requests].count(REFRESH) < 20
