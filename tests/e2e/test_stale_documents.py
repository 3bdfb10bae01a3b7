"""The text moves on while a fix is on offer or in the making: never an edit for a text that is no more."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.conftest import F541_TEXT, Gate
from tests.e2e.editor import Editor, until_true

MOVED = f"# one line more\n{F541_TEXT}"


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def at_work(editor: Editor) -> None:
    async def begun() -> bool:
        return bool(editor.progress_reports) and all(editor.progress_reports.values())

    await until_true(begun, lambda: "the fix does not begin")


async def test_a_change_after_the_offer(editor: Editor, uri: str) -> None:
    action = await editor.offer(uri, "F541")
    assert isinstance(action, types.CodeAction)
    editor.change(uri, MOVED)

    with pytest.raises(JsonRpcException) as caught:
        await editor.code_action_resolve_async(action)

    assert caught.value.code == types.LSPErrorCodes.ContentModified
    assert caught.value.message == "The document changed since the fix was offered. Ask again."
    assert await editor.fix(uri, "F541") == MOVED.replace('f"done"', '"done"')


async def test_a_change_while_the_fix_is_computed(editor: Editor, uri: str, gate: Gate) -> None:
    action = await editor.offer(uri, "F541")
    assert isinstance(action, types.CodeAction)
    gate.shut()
    task = asyncio.create_task(editor.code_action_resolve_async(action))
    await at_work(editor)
    editor.change(uri, MOVED)
    gate.open()

    with pytest.raises(JsonRpcException) as caught:
        await task

    assert caught.value.code == types.LSPErrorCodes.ContentModified
    assert await editor.fix(uri, "F541") == MOVED.replace('f"done"', '"done"')


async def test_a_change_while_a_command_runs(editor: Editor, uri: str, gate: Gate) -> None:
    problem = await editor.problem(uri, "F541")
    await editor.offered(uri, problem.range, problem)
    data = {
        "uri": uri,
        "version": 1,
        "problem": {
            "tool": "ruff",
            "code": "F541",
            "message": problem.message,
            "range": {
                "start": {"line": 0, "character": problem.range.start.character},
                "end": {"line": 0, "character": problem.range.end.character},
            },
        },
    }
    gate.shut()
    task = asyncio.create_task(editor.execute("punie.fix", data))
    await at_work(editor)
    editor.change(uri, MOVED)
    gate.open()

    with pytest.raises(JsonRpcException) as caught:
        await task

    assert caught.value.code == types.LSPErrorCodes.ContentModified
    assert editor.applied == []
    assert editor.text(uri) == MOVED


async def test_a_document_closed_while_the_fix_is_computed(editor: Editor, uri: str, gate: Gate) -> None:
    action = await editor.offer(uri, "F541")
    assert isinstance(action, types.CodeAction)
    gate.shut()
    task = asyncio.create_task(editor.code_action_resolve_async(action))
    await at_work(editor)
    editor.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    gate.open()

    with pytest.raises(JsonRpcException) as caught:
        await task

    assert caught.value.code == types.LSPErrorCodes.ContentModified


async def test_two_fixes_at_once_cannot_both_apply(editor: Editor, uri: str) -> None:
    text = 'print(f"one")\nprint(f"two")\n'
    editor.change(uri, text)
    first, second = await editor.problems(uri, lambda items: len(items) == 2)
    actions = [await editor.offered(uri, problem.range, problem) for problem in (first, second)]
    typed = [action for action in actions if isinstance(action, types.CodeAction)]

    one, two = await asyncio.gather(*map(editor.code_action_resolve_async, typed))

    assert one.edit is not None
    assert two.edit is not None
    assert editor.apply(one.edit) == ""
    assert editor.apply(two.edit) == "the edit is for version 2"
    assert editor.text(uri) == 'print("one")\nprint(f"two")\n'
