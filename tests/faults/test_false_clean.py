"""Whatever happens to ty and ruff, a document with problems never looks clean: asked for or published."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.editor import FORGIVING_RELAY, MODIFIED, SERVER_CANCELLED, Editor, start, stopped
from tests.integration.relay.client import Json, capabilities

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = "import json\n\nname: int = 'one'\n"
PROBLEMS = {("Ruff", "F401"), ("ty", "invalid-assignment")}
NAMES = ("ty", "ruff")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(root: Path) -> AsyncGenerator[Editor]:
    """One that asks."""
    async with start(root, command=FORGIVING_RELAY) as editor:
        yield editor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def listener(root: Path) -> AsyncGenerator[Editor]:
    """One that is told."""
    async with start(root, command=FORGIVING_RELAY, capabilities=capabilities(pull=False)) as editor:
        yield editor


def problems(items: list[Json]) -> set[tuple[str, str]]:
    return {(item["source"], item.get("code", "")) for item in items}


@pytest.mark.parametrize("name", NAMES)
async def test_asked_all_the_time(editor: Editor, repeat: int, name: str) -> None:
    uri = editor.new("name = 1\n")
    editor.type(uri, TEXT)
    assert await editor.findings(uri) == PROBLEMS
    since = len(editor.requests)
    process = await editor.running(name)
    identifiers = []
    for number in range(40):
        identifiers.append(editor.start_request("textDocument/diagnostic", {"textDocument": {"uri": uri}}))
        if number == repeat % 10:
            process.kill()
        await asyncio.sleep(0.002)
    answers = [await editor.response(identifier) for identifier in identifiers]
    await editor.asked("workspace/diagnostic/refresh", since)

    assert await editor.findings(uri) == PROBLEMS
    lists = [problems(answer["result"]["items"]) for answer in answers if "error" not in answer]
    errors = [answer["error"] for answer in answers if "error" in answer]
    assert all(found == PROBLEMS for found in lists)
    assert {error["code"] for error in errors} <= {MODIFIED, SERVER_CANCELLED}
    assert all(error["data"] == {"retriggerRequest": True} for error in errors if error["code"] == SERVER_CANCELLED)
    editor.shut(uri)


@pytest.mark.parametrize("name", NAMES)
async def test_told_by_itself(listener: Editor, repeat: int, name: str) -> None:
    uri = listener.new(TEXT)
    await listener.notified("textDocument/publishDiagnostics", lambda p: p["uri"] == uri and len(p["diagnostics"]) == 2)
    listener.notifications.clear()
    process = await listener.running(name)
    process.kill()
    await listener.running(name, but=process.pid)

    await listener.notified("textDocument/publishDiagnostics", lambda p: p["uri"] == uri)
    told = [n["params"] for n in listener.notifications if n["method"] == "textDocument/publishDiagnostics"]
    assert {frozenset(problems(p["diagnostics"])) for p in told if p["uri"] == uri} == {frozenset(PROBLEMS)}

    listener.type(uri, "name = 1\n")
    await listener.notified(
        "textDocument/publishDiagnostics", lambda p: p["uri"] == uri and p.get("version") == 2 and not p["diagnostics"]
    )
    listener.shut(uri)


@pytest.mark.parametrize("name", NAMES)
async def test_asked_while_it_hangs(editor: Editor, repeat: int, name: str) -> None:
    uri = editor.new(TEXT)
    assert await editor.findings(uri) == PROBLEMS
    process = await stopped(await editor.running(name))
    asked = editor.start_request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    method = {"ty": "textDocument/formatting", "ruff": "textDocument/documentSymbol"}[name]
    options = {"tabSize": 4, "insertSpaces": True}
    await editor.result(method, {"textDocument": {"uri": uri}, "options": options})
    early = [response for response in editor.responses if response["id"] == asked]
    process.resume()

    assert early == []
    assert problems((await editor.response(asked))["result"]["items"]) == PROBLEMS
    editor.shut(uri)
