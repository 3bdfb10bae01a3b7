"""ruff is killed in the middle of any kind of request: answered at once, and back with what was typed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.editor import FORGIVING_RELAY, MODIFIED, SERVER_CANCELLED, Editor, start, stopped
from tests.integration.relay.client import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

REFRESH = "workspace/diagnostic/refresh"
OPTIONS = {"tabSize": 4, "insertSpaces": True}
LINE = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}

KINDS: dict[str, Callable[[str], Json]] = {
    "textDocument/formatting": lambda uri: {**document(uri), "options": OPTIONS},
    "textDocument/rangeFormatting": lambda uri: {**document(uri), "options": OPTIONS, "range": LINE},
    "workspace/executeCommand": lambda uri: apply_format(uri, 2),
}


def document(uri: str) -> Json:
    return {"textDocument": {"uri": uri}}


def apply_format(uri: str, version: int) -> Json:
    return {"command": "ruff.applyFormat", "arguments": [{"uri": uri, "version": version}]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(root: Path) -> AsyncGenerator[Editor]:
    async with start(root, command=FORGIVING_RELAY) as editor:
        yield editor


def text(repeat: int) -> str:
    return f"import json\nname  =  '😀{repeat}'\n"


def formatted(repeat: int) -> str:
    return f'import json\n\nname = "😀{repeat}"\n'


async def typed(editor: Editor, repeat: int) -> str:
    """A document with unsaved text that ruff has seen."""
    uri = editor.new("name = 1\n")
    editor.type(uri, text(repeat))
    assert ("Ruff", "F401") in await editor.findings(uri)
    return uri


async def is_back(editor: Editor, uri: str, repeat: int, since: int) -> None:
    """The editor is told to ask again; nothing that was typed, before or since, is lost."""
    await editor.asked(REFRESH, since)
    assert ("Ruff", "F401") in await editor.findings(uri)
    for number in (repeat, repeat + 1):
        editor.type(uri, text(number))
        edits = await editor.settled("textDocument/formatting", KINDS["textDocument/formatting"](uri))
        assert f'"😀{number}"' in "".join(edit["newText"] for edit in edits)
    editor.shut(uri)


async def test_with_requests_of_all_kinds_unread(editor: Editor, repeat: int) -> None:
    uri = await typed(editor, repeat)
    since = len(editor.requests)
    ruff = await stopped(await editor.running("ruff"))
    editor.order.clear()
    identifiers = [editor.start_request(method, params(uri)) for method, params in KINDS.items()]
    await editor.passed_on()
    ruff.kill()

    answers = [await editor.response(identifier) for identifier in identifiers]
    await is_back(editor, uri, repeat, since)

    assert [answer["error"]["code"] for answer in answers] == [MODIFIED] * len(KINDS)
    assert [editor.order.count(identifier) for identifier in identifiers] == [1] * len(KINDS)
    assert max(map(editor.order.index, identifiers)) < editor.order.index(REFRESH)


@pytest.mark.parametrize("method", KINDS)
async def test_while_it_works_on_a_request(editor: Editor, repeat: int, method: str) -> None:
    uri = await typed(editor, repeat)
    since = len(editor.requests)
    ruff = await editor.running("ruff")
    identifier = editor.start_request(method, KINDS[method](uri))
    await asyncio.sleep(repeat % 10 * 0.0005)
    ruff.kill()

    answer = await editor.response(identifier)
    await is_back(editor, uri, repeat, since)

    assert answer.get("error", {"code": MODIFIED})["code"] == MODIFIED
    assert sum(response["id"] == identifier for response in editor.responses) == 1


async def test_with_an_edit_in_flight(editor: Editor, repeat: int) -> None:
    uri = await typed(editor, repeat)
    editor.silent.add("workspace/applyEdit")
    since = len(editor.requests)
    identifier = editor.start_request("workspace/executeCommand", apply_format(uri, 2))
    edit = await editor.asked("workspace/applyEdit", since)
    early = [response for response in editor.responses if response["id"] == identifier]
    ruff = await editor.running("ruff")
    ruff.kill()
    answer = early[0] if early else await editor.response(identifier)
    second = await editor.running("ruff", but=ruff.pid)
    editor.silent.clear()
    editor.send({"jsonrpc": "2.0", "id": edit["id"], "result": {"applied": True}})

    await is_back(editor, uri, repeat, since)

    assert answer.get("error", {"code": MODIFIED})["code"] == MODIFIED
    assert (await editor.running("ruff")).pid == second.pid


async def test_with_a_pull_for_diagnostics_unread(editor: Editor, repeat: int) -> None:
    uri = await typed(editor, repeat)
    since = len(editor.requests)
    ruff = await stopped(await editor.running("ruff"))
    identifier = editor.start_request("textDocument/diagnostic", document(uri))
    await editor.passed_on()
    ruff.kill()

    answer = await editor.response(identifier)
    await is_back(editor, uri, repeat, since)

    if "error" in answer:
        assert answer["error"]["code"] == SERVER_CANCELLED
        assert answer["error"]["data"] == {"retriggerRequest": True}
    else:
        assert "F401" in [item.get("code") for item in answer["result"]["items"]]


async def test_with_code_actions_asked_for(editor: Editor, repeat: int) -> None:
    uri = await typed(editor, repeat)
    since = len(editor.requests)
    ruff = await stopped(await editor.running("ruff"))
    params = {**document(uri), "range": LINE, "context": {"diagnostics": []}}
    identifier = editor.start_request("textDocument/codeAction", params)
    await editor.passed_on()
    ruff.kill()

    answer = await editor.response(identifier)
    await is_back(editor, uri, repeat, since)

    assert [action["title"] for action in answer["result"]][:1] == ["Fix with Punie"]


async def test_with_an_action_being_resolved(editor: Editor, repeat: int) -> None:
    uri = await typed(editor, repeat)
    params = {**document(uri), "range": LINE, "context": {"diagnostics": [], "only": ["source.fixAll"]}}
    actions = await editor.result("textDocument/codeAction", params)
    [action] = [action for action in actions if action.get("kind") == "source.fixAll.ruff"]
    since = len(editor.requests)
    ruff = await stopped(await editor.running("ruff"))
    identifier = editor.start_request("codeAction/resolve", action)
    await editor.passed_on()
    ruff.kill()

    answer = await editor.response(identifier)
    resolved = await editor.settled("codeAction/resolve", action)
    await is_back(editor, uri, repeat, since)

    assert answer["error"]["code"] == MODIFIED
    assert "import json" not in str(resolved["edit"])


async def test_in_a_notebook(editor: Editor, repeat: int) -> None:
    notebook, cell = f"file:///{repeat}.ipynb", f"vscode-notebook-cell:/{repeat}.ipynb#one"
    cells = [{"kind": 2, "document": cell}]
    opened = {"uri": notebook, "notebookType": "jupyter-notebook", "version": 1, "cells": cells}
    item = {"uri": cell, "languageId": "python", "version": 1, "text": "name = 1\n"}
    editor.notify("notebookDocument/didOpen", {"notebookDocument": opened, "cellTextDocuments": [item]})
    since = len(editor.requests)
    ruff = await stopped(await editor.running("ruff"))
    change = {"document": {"uri": cell, "version": 2}, "changes": [{"text": text(repeat)}]}
    params = {"notebookDocument": {"uri": notebook, "version": 2}, "change": {"cells": {"textContent": [change]}}}
    editor.notify("notebookDocument/didChange", params)
    await editor.passed_on()
    ruff.kill()

    await editor.asked(REFRESH, since)
    edits = await editor.settled("textDocument/formatting", KINDS["textDocument/formatting"](cell))

    assert f'"😀{repeat}"' in "".join(edit["newText"] for edit in edits)
    closed = {"notebookDocument": {"uri": notebook}, "cellTextDocuments": [{"uri": cell}]}
    editor.notify("notebookDocument/didClose", closed)


async def test_while_it_starts(editor: Editor, repeat: int) -> None:
    uri = await typed(editor, repeat)
    since = len(editor.requests)
    pid = 0
    for _ in range(3):
        ruff = await editor.running("ruff", but=pid)
        await asyncio.sleep(repeat % 10 * 0.001)
        ruff.kill()
        pid = ruff.pid

    await is_back(editor, uri, repeat, since)
