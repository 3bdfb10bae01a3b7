"""Punie's own server is killed in the middle of a request: answered at once, and waited for when it is back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.editor import FORGIVING_RELAY, MODIFIED, Editor, start, stopped
from tests.integration.relay.client import REAL_SERVER, Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = 'print(f"done")\n'
LINE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 14}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(root: Path) -> AsyncGenerator[Editor]:
    """With the stand-in, which does what a test asks for."""
    async with start(root, command=FORGIVING_RELAY) as editor:
        yield editor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(root: Path) -> AsyncGenerator[Editor]:
    """With the real one."""
    async with start(root, command=FORGIVING_RELAY, server=REAL_SERVER) as editor:
        yield editor


def command(*arguments: object) -> Json:
    return {"command": "punie.fix", "arguments": list(arguments)}


def at_line(uri: str, *diagnostics: Json) -> Json:
    return {"textDocument": {"uri": uri}, "range": LINE, "context": {"diagnostics": list(diagnostics)}}


async def is_back(editor: Editor) -> None:
    """A request made while it is away waits for it; ty has gone on all the time."""
    assert await editor.settled("workspace/executeCommand", command("echo")) == command("echo")
    uri = editor.new("name = 'here'\n")
    hover = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 1}}
    assert 'Literal["here"]' in (await editor.result("textDocument/hover", hover))["contents"]["value"]
    editor.shut(uri)


async def test_with_requests_unread(editor: Editor, repeat: int) -> None:
    uri = editor.new(TEXT)
    await is_back(editor)
    actions = await editor.result("textDocument/codeAction", at_line(uri))
    action = next(a for a in actions if a["title"] == "Fix with Punie")
    process = await stopped(await editor.running("fake"))
    identifiers = [
        editor.start_request("workspace/executeCommand", command("echo")),
        editor.start_request("codeAction/resolve", action),
    ]
    listed = editor.start_request("textDocument/codeAction", at_line(uri))
    await editor.passed_on()
    process.kill()

    answers = [await editor.response(identifier) for identifier in identifiers]
    rest = await editor.response(listed)
    await is_back(editor)

    assert [answer["error"]["code"] for answer in answers] == [MODIFIED, MODIFIED]
    assert "Ruff: Fix all auto-fixable problems" in [a["title"] for a in rest["result"]]
    editor.shut(uri)


async def test_with_a_question_open(editor: Editor, repeat: int) -> None:
    await is_back(editor)
    editor.silent.add("workspace/applyEdit")
    since = len(editor.requests)
    asked = command("ask", "workspace/applyEdit", {"edit": {"changes": {}}})
    identifier = editor.start_request("workspace/executeCommand", asked)
    question = await editor.asked("workspace/applyEdit", since)
    (await editor.running("fake")).kill()

    answer = await editor.response(identifier)
    waiting = editor.start_request("workspace/executeCommand", asked)
    again = await editor.asked("workspace/applyEdit", editor.requests.index(question) + 1)
    editor.silent.clear()
    editor.send({"jsonrpc": "2.0", "id": question["id"], "result": {"applied": "too late"}})
    editor.send({"jsonrpc": "2.0", "id": again["id"], "result": {"applied": "in time"}})

    assert answer["error"]["code"] == MODIFIED
    assert (await editor.response(waiting))["result"] == {"result": {"applied": "in time"}}


async def test_with_findings_of_its_own(editor: Editor, repeat: int) -> None:
    """They go with it, at once and for good; ty's and ruff's are there all the time."""
    uri = editor.new("import json\n\nname: int = 'one'\n")
    tools = {("Ruff", "F401"), ("ty", "invalid-assignment")}
    await is_back(editor)
    failure = {"range": LINE, "source": "Punie", "code": "test-failure", "message": "test_name failed"}
    params = {"uri": uri, "version": 1, "diagnostics": [failure]}
    await editor.settled("workspace/executeCommand", command("notify", "textDocument/publishDiagnostics", params))
    assert await editor.findings(uri) == {*tools, ("Punie", "test-failure")}
    process = await editor.running("fake")
    since = len(editor.requests)
    identifiers = []
    for number in range(30):
        identifiers.append(editor.start_request("textDocument/diagnostic", {"textDocument": {"uri": uri}}))
        if number == repeat % 10:
            process.kill()
        await asyncio.sleep(0.002)
    answers = [await editor.response(identifier) for identifier in identifiers]
    await editor.asked("workspace/diagnostic/refresh", since)
    await editor.running("fake", but=process.pid)

    assert await editor.findings(uri) == tools
    lists = [{(i["source"], i["code"]) for i in answer["result"]["items"]} for answer in answers]
    assert all(found >= tools for found in lists)
    sizes = [len(found) for found in lists]
    assert sizes == sorted(sizes, reverse=True)
    editor.shut(uri)


async def test_while_it_starts(editor: Editor, repeat: int) -> None:
    pid = 0
    for _ in range(3):
        process = await editor.running("fake", but=pid)
        await asyncio.sleep(repeat % 20 * 0.002)
        process.kill()
        pid = process.pid
    waiting = editor.start_request("workspace/executeCommand", command("echo"))

    answer = await editor.response(waiting)
    await is_back(editor)

    assert answer.get("error", {"code": MODIFIED})["code"] == MODIFIED


async def test_the_real_one_while_it_fixes(real: Editor, repeat: int) -> None:
    uri = real.new("x = 1\n")
    real.type(uri, TEXT)
    report = await real.settled("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    [problem] = [item for item in report["items"] if item["code"] == "F541"]
    action = await offered(real, uri, problem)
    process = await real.running("punie")
    identifier = real.start_request("codeAction/resolve", action)
    await asyncio.sleep(repeat % 20 * 0.01)
    process.kill()

    answer = await real.response(identifier)
    again = await offered(real, uri, problem)

    assert answer.get("error", {"code": MODIFIED})["code"] == MODIFIED
    assert '"version":2' in json.dumps(again["data"], separators=(",", ":"))
    real.shut(uri)


async def offered(editor: Editor, uri: str, problem: Json) -> Json:
    """Punie's action for a problem, once its server runs."""
    async with asyncio.timeout(60):
        while True:
            actions = await editor.result("textDocument/codeAction", at_line(uri, problem))
            if mine := [a for a in actions if a["title"].startswith("Fix with Punie")]:
                return mine[0]
