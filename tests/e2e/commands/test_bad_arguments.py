"""Wrong arguments are refused with the shape of the right ones, and nothing happens."""

from __future__ import annotations

from typing import Any

import pytest
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from tests.e2e.editor import Editor

pytestmark = pytest.mark.asyncio(loop_scope="module")

HERE = {"line": 0, "character": 0}

BAD: list[tuple[str, list[Any], str]] = [
    ("punie.ask", [], 'punie.ask needs your words: call it with an object such as {"prompt": "Who uses price?"}.'),
    ("punie.ask", [{"prompt": "  \n"}], "punie.ask needs your words"),
    ("punie.ask", [{"prompt": ""}], "Expected `str` of length >= 1"),
    ("punie.ask", [{"prompt": 3}], "Expected `str | null`, got `int` - at `$.prompt`"),
    (
        "punie.ask",
        ["Who uses price?"],
        "punie.ask takes one object: {prompt?, uri?, range?, position?, session?, apply?}.",
    ),
    ("punie.ask", [{"prompt": "a"}, {}], "punie.ask takes one object"),
    ("punie.ask", [{"prompt": "a", "apply": "yes"}], "Expected `bool | null`, got `str` - at `$.apply`"),
    ("punie.ask", [{"promt": "a"}], "Object contains unknown field `promt`"),
    ("punie.ask", [{"prompt": "a", "uri": "untitled:Untitled-1"}], "untitled:Untitled-1 is no file on disk."),
    ("punie.explain", [{"position": {"line": -1, "character": 0}}], "Expected `int` >= 0 - at `$.position.line`"),
    ("punie.explain", [{"uri": 1}], "Expected `str | null`, got `int` - at `$.uri`"),
    ("punie.explain", [{"diagnostic": {"code": 1}}], "missing required field `message` - at `$.diagnostic`"),
    ("punie.generateTests", [{"range": HERE}], "missing required field `start` - at `$.range`"),
    ("punie.annotateTypes", [[1]], "punie.annotateTypes takes one object"),
    ("punie.writeDocstring", [{"uri": "file:///etc/passwd"}], "Punie edits only files inside the workspace folders."),
    (
        "punie.refactor",
        [],
        "punie.refactor takes one object: uri, version, range and refactoring; or uri, range and text.",
    ),
    ("punie.refactor", [{"text": ""}], "Expected `str` of length >= 1 - at `$.text`"),
    ("punie.fix", [{"testId": 3}], "Expected `str`, got `int` - at `$.testId`"),
    ("punie.fixFile", [{"select": "F541"}], "Expected `array`, got `str` - at `$.select`"),
    ("punie.fixWorkspace", [{"unsafe": 1}], "Expected `bool`, got `int` - at `$.unsafe`"),
    ("punie.runCode", [{"code": 1}], "Expected `str | null`, got `int` - at `$.code`"),
    ("punie.runTests", [{"testId": "a", "path": "b"}], "punie.runTests takes testId or path, not both."),
    ("punie.undo", [{"transaction": ""}], "Expected `str` of length >= 1"),
    ("punie.redo", [{"files": []}], "Object contains unknown field `files`"),
    ("punie.sessions", [{"action": "rename"}], "Invalid enum value 'rename' - at `$.action`"),
    ("punie.sessions", [{"format": "pdf"}], "Invalid enum value 'pdf' - at `$.format`"),
    ("punie.selectModel", [{"model": ["a"]}], "got `array` - at `$.model`"),
    ("punie.status", [{"all": True}], "punie.status takes one object: {format?, uri?}."),
    ("punie.stop", [{"session": 1}], "Expected `str | null`, got `int` - at `$.session`"),
    ("punie.fly", [], "punie.fly is not a command of Punie."),
]


@pytest.mark.parametrize(("command", "arguments", "message"), BAD, ids=lambda value: str(value)[:40])
async def test_refused(editor: Editor, app: str, command: str, arguments: list[Any], message: str) -> None:
    with pytest.raises(JsonRpcException) as caught:
        await editor.execute(command, *arguments)

    assert caught.value.code == JsonRpcInvalidParams.CODE
    assert message in caught.value.message
    assert editor.applied == []
    assert editor.questions == []
    assert editor.shown_documents == []


async def test_null_is_no_arguments(editor: Editor, app: str) -> None:
    assert (await editor.run("punie.stop", None)).message == "Nothing of Punie is running."
