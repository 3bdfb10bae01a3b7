"""A selection as a program: its prints and value in a document, its edits only after a yes."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.commands.conftest import put
from tests.e2e.editor import Editor, until_true

pytestmark = pytest.mark.asyncio(loop_scope="module")


def the_range(editor: Editor, uri: str, needle: str) -> dict[str, dict[str, int]]:
    span = editor.span(uri, needle)
    return {
        "start": {"line": span.start.line, "character": span.start.character},
        "end": {"line": span.end.line, "character": span.end.character},
    }


async def test_prints_and_value(editor: Editor, shop: str) -> None:
    outcome = await editor.run("punie.runCode", {"code": "print('🚀')\n[1, 2]"})

    assert not outcome.applied
    assert outcome.message == "The program ran."
    assert outcome.page == outcome.answer
    assert "## Printed\n\n```text\n🚀\n```" in outcome.page
    assert "## Value\n\n```python\n[1, 2]\n```" in outcome.page
    assert [shown.uri for shown in editor.shown_documents] == [outcome.document]


async def test_a_selection_with_indentation(editor: Editor) -> None:
    text = 'def f() -> None:\r\n    """\r\n    x = "🚀"\r\n    x * 2\r\n    """\r\n'
    uri = put(editor, "notes.py", text)

    outcome = await editor.run("punie.runCode", {"uri": uri, "range": the_range(editor, uri, 'x = "🚀"\r\n    x * 2')})

    assert "```text\n🚀🚀\n```" in outcome.page


async def test_the_last_selection_is_meant(editor: Editor) -> None:
    uri = put(editor, "last.py", "41 + 1\n")
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(uri), editor.span(uri, "41 + 1"), types.CodeActionContext([])
    )

    async def ran() -> bool:
        await editor.text_document_code_action_async(params)
        try:
            outcome = await editor.run("punie.runCode")
        except JsonRpcException:  # the server has not seen the selection yet
            return False
        return "```python\n42\n```" in outcome.page

    await until_true(ran, lambda: "the selection is not run")


async def test_nothing_selected(editor: Editor) -> None:
    uri = put(editor, "empty.py", "x = 1\n")

    with pytest.raises(JsonRpcException, match="needs a program: select one, or pass its text as code"):
        await editor.run("punie.runCode", {"uri": uri})


async def test_a_failure(editor: Editor, shop: str) -> None:
    outcome = await editor.run("punie.runCode", {"code": "print('before')\n1 / 0"})

    assert outcome.message.startswith("The program failed: ")
    assert "ZeroDivisionError" in outcome.page
    assert "before" in outcome.page


async def test_a_program_that_does_not_type_check(editor: Editor, shop: str) -> None:
    outcome = await editor.run("punie.runCode", {"code": "read_file(1)"})

    assert outcome.message.startswith("The program failed: ")
    assert "type-check" in outcome.page


async def test_edits_after_a_yes(editor: Editor) -> None:
    uri = put(editor, "greeting.py", 'x = "👩‍🚀 a"\r\ny = x\r\n')
    editor.answers.append("Apply")

    outcome = await editor.run("punie.runCode", {"code": "edit_file('greeting.py', '\U0001f680 a', '\U0001f680 b')"})

    assert outcome.applied
    assert editor.text(uri) == 'x = "👩‍🚀 b"\r\ny = x\r\n'
    (question,) = editor.questions
    assert "Run code with Punie: greeting.py (+1 -1)." in question.message


async def test_edits_that_break_something_are_dropped(editor: Editor) -> None:
    uri = put(editor, "number.py", "x: int = 1\n")

    outcome = await editor.run("punie.runCode", {"code": "edit_file('number.py', '= 1', '= \"a\"')"})

    assert not outcome.applied
    assert outcome.message.startswith(
        "The program ran. Its edits were dropped because they do not re-check clean: number.py:1 invalid-assignment"
    )
    assert editor.questions == []
    assert editor.text(uri) == "x: int = 1\n"


async def test_an_endless_program_is_stopped(editor: Editor, shop: str) -> None:
    task = asyncio.create_task(editor.execute("punie.runCode", {"code": "while True:\n    pass"}))

    async def running() -> bool:
        return "Run code with Punie" in (await editor.run("punie.status")).page.partition("## Running")[2]

    await until_true(running, lambda: "the program does not run")
    outcome = await editor.run("punie.stop")

    assert outcome.message == "Stopped: Run code with Punie."
    with pytest.raises(JsonRpcException) as caught:
        await task
    assert caught.value.code == types.LSPErrorCodes.RequestCancelled
