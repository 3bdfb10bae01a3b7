"""ty is killed in the middle of any kind of request: answered at once, and back with what was typed."""

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

Params = Callable[[str], Json]


def document(uri: str) -> Json:
    return {"textDocument": {"uri": uri}}


def at_name(uri: str) -> Json:
    return {**document(uri), "position": {"line": 1, "character": 2}}


KINDS: dict[str, Params] = {
    "textDocument/hover": at_name,
    "textDocument/completion": at_name,
    "textDocument/references": lambda uri: {**at_name(uri), "context": {"includeDeclaration": True}},
    "textDocument/rename": lambda uri: {**at_name(uri), "newName": "other"},
    "textDocument/semanticTokens/full": document,
    "workspace/symbol": lambda uri: {"query": "price"},
}


@pytest.fixture(scope="module")
def big(root: Path) -> Path:
    """A workspace in which a search takes ty longer than the test takes to kill it."""
    for number in range(300):
        lines = [
            f"def price_{number}_{n}(x: int) -> list[int]:\n    return [x + y for y in range(x)]\n" for n in range(40)
        ]
        (root / f"module_{number}.py").write_text("\n".join(lines))
    return root


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(big: Path) -> AsyncGenerator[Editor]:
    async with start(big, command=FORGIVING_RELAY) as editor:
        yield editor


def text(repeat: int) -> str:
    return f"import json\nname = '😀{repeat}'\nname\n"


async def typed(editor: Editor, repeat: int) -> str:
    """A document with unsaved text that ty has seen."""
    uri = editor.new("name = 1\n")
    editor.type(uri, text(repeat))
    assert f"😀{repeat}" in await hovered(editor, uri)
    return uri


async def hovered(editor: Editor, uri: str) -> str:
    position = {"line": 2, "character": 1}
    return (await editor.settled("textDocument/hover", {**document(uri), "position": position}))["contents"]["value"]


async def is_back(editor: Editor, uri: str, repeat: int, since: int) -> None:
    """The editor is told to ask again; nothing that was typed, before or since, is lost."""
    await editor.asked(REFRESH, since)
    assert f"😀{repeat}" in await hovered(editor, uri)
    editor.type(uri, text(repeat + 1))
    assert f"😀{repeat + 1}" in await hovered(editor, uri)
    editor.shut(uri)


async def test_with_requests_of_all_kinds_unread(editor: Editor, repeat: int) -> None:
    uri = await typed(editor, repeat)
    since = len(editor.requests)
    ty = await stopped(await editor.running("ty"))
    editor.order.clear()
    identifiers = [editor.start_request(method, params(uri)) for method, params in KINDS.items()]
    await editor.passed_on()
    ty.kill()

    answers = [await editor.response(identifier) for identifier in identifiers]
    await is_back(editor, uri, repeat, since)

    assert [answer["error"]["code"] for answer in answers] == [MODIFIED] * len(KINDS)
    assert [editor.order.count(identifier) for identifier in identifiers] == [1] * len(KINDS)
    assert max(map(editor.order.index, identifiers)) < editor.order.index(REFRESH)


@pytest.mark.parametrize("method", KINDS)
async def test_while_it_works_on_a_request(editor: Editor, repeat: int, method: str) -> None:
    uri = await typed(editor, repeat)
    since = len(editor.requests)
    ty = await editor.running("ty")
    identifier = editor.start_request(method, KINDS[method](uri))
    await asyncio.sleep(repeat % 20 * 0.002)
    ty.kill()

    answer = await editor.response(identifier)
    await is_back(editor, uri, repeat, since)

    assert answer.get("error", {"code": MODIFIED})["code"] == MODIFIED
    assert sum(response["id"] == identifier for response in editor.responses) == 1


async def test_with_a_pull_for_diagnostics_unread(editor: Editor, repeat: int) -> None:
    uri = await typed(editor, repeat)
    since = len(editor.requests)
    ty = await stopped(await editor.running("ty"))
    identifier = editor.start_request("textDocument/diagnostic", document(uri))
    await editor.passed_on()
    ty.kill()

    answer = await editor.response(identifier)
    await is_back(editor, uri, repeat, since)

    assert answer["error"]["code"] in (MODIFIED, SERVER_CANCELLED)


async def test_with_a_workspace_pull_held_open(editor: Editor, repeat: int) -> None:
    uri = await typed(editor, repeat)
    since = len(editor.requests)
    held = editor.start_request("workspace/diagnostic", {"previousResultIds": []})
    await hovered(editor, uri)
    answered = [response for response in editor.responses if response["id"] == held]
    (await editor.running("ty")).kill()

    answer = await editor.response(held)
    await is_back(editor, uri, repeat, since)

    assert answered == []
    assert answer["error"]["code"] == MODIFIED


async def test_with_code_actions_asked_for(editor: Editor, repeat: int) -> None:
    uri = await typed(editor, repeat)
    since = len(editor.requests)
    ty = await stopped(await editor.running("ty"))
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}}
    params = {**document(uri), "range": whole, "context": {"diagnostics": [], "only": ["source.organizeImports"]}}
    identifier = editor.start_request("textDocument/codeAction", params)
    await editor.passed_on()
    ty.kill()

    answer = await editor.response(identifier)
    await is_back(editor, uri, repeat, since)

    assert "source.organizeImports.ruff" in [action.get("kind") for action in answer["result"]]


async def test_with_a_question_of_its_own_open(editor: Editor, repeat: int) -> None:
    uri = await typed(editor, repeat)
    first = await editor.running("ty")
    editor.silent.add("workspace/configuration")
    since = len(editor.requests)
    first.kill()
    question = await editor.asked("workspace/configuration", since)
    second = await editor.running("ty", but=first.pid)
    editor.silent.clear()
    since = len(editor.requests)
    second.kill()
    await editor.running("ty", but=second.pid)
    editor.send({"jsonrpc": "2.0", "id": question["id"], "result": [{"diagnosticMode": "off"}]})

    await is_back(editor, uri, repeat, since)
    assert ("Ruff", "F401") in await editor.findings(editor.new("import json\n"))


async def test_in_a_notebook(editor: Editor, repeat: int) -> None:
    notebook, cell = f"file:///{repeat}.ipynb", f"vscode-notebook-cell:/{repeat}.ipynb#one"
    cells = [{"kind": 2, "document": cell}]
    opened = {"uri": notebook, "notebookType": "jupyter-notebook", "version": 1, "cells": cells}
    item = {"uri": cell, "languageId": "python", "version": 1, "text": "name = 1\n"}
    editor.notify("notebookDocument/didOpen", {"notebookDocument": opened, "cellTextDocuments": [item]})
    since = len(editor.requests)
    ty = await stopped(await editor.running("ty"))
    change = {"document": {"uri": cell, "version": 2}, "changes": [{"text": text(repeat)}]}
    params = {"notebookDocument": {"uri": notebook, "version": 2}, "change": {"cells": {"textContent": [change]}}}
    editor.notify("notebookDocument/didChange", params)
    await editor.passed_on()
    ty.kill()

    await editor.asked(REFRESH, since)

    assert f"😀{repeat}" in await hovered(editor, cell)
    closed = {"notebookDocument": {"uri": notebook}, "cellTextDocuments": [{"uri": cell}]}
    editor.notify("notebookDocument/didClose", closed)


async def test_while_it_starts(editor: Editor, repeat: int) -> None:
    uri = await typed(editor, repeat)
    since = len(editor.requests)
    pid = 0
    for _ in range(3):
        ty = await editor.running("ty", but=pid)
        await asyncio.sleep(repeat % 10 * 0.002)
        ty.kill()
        pid = ty.pid

    await is_back(editor, uri, repeat, since)
