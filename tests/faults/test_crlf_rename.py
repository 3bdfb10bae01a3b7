"""A rename leaves line ends as they are: CRLF, LF and old Mac's CR, mixed in one file, on disk and unsaved."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.text_edits import apply
from tests.faults.editor import Editor, start
from tests.faults.test_emoji_rename import edits_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

USES = "from {module} import target\r\n\r\nprint('😀', target(1))\r\ntarget(2)\ntarget(3)\r\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(root: Path) -> AsyncGenerator[Editor]:
    async with start(root) as editor:
        yield editor


async def test_rename_over_two_files(editor: Editor, repeat: int) -> None:
    source, target = editor.root / f"source_{repeat}.py", editor.root / f"uses_{repeat}.py"
    definition, uses = "\r\n\r\ndef target(x: int) -> int:\r\n    return x\r\n", USES.format(module=source.stem)
    source.write_bytes(definition.encode())
    target.write_bytes(uses.encode())
    uri = editor.open(source, definition)
    created = [{"uri": path.as_uri(), "type": 1} for path in (source, target)]
    editor.notify("workspace/didChangeWatchedFiles", {"changes": created})
    at = {"textDocument": {"uri": uri}, "position": {"line": 2, "character": 5}}

    edit = await editor.result("textDocument/rename", {**at, "newName": "renamed"})

    changed = {name: edits_of(edits) for name, edits in edit["changes"].items()}
    assert apply(definition, changed[uri], "utf-16") == definition.replace("target", "renamed")
    assert apply(uses, changed[target.as_uri()], "utf-16") == uses.replace("target", "renamed")
    editor.shut(uri)


async def test_rename_after_typing_between_line_ends(editor: Editor, repeat: int) -> None:
    """A change that splits or joins a CRLF moves no later position."""
    uri = editor.new("a = 1\r\nb = 2\r\ntarget = 3\r\nprint('😀', target)\r\n")
    end = {"line": 0, "character": 5}
    editor.change(uri, 2, {"range": {"start": end, "end": end}, "text": "\r"})
    editor.change(
        uri, 3, {"range": {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 0}}, "text": "\n"}
    )
    now = "a = 1\r\r\n\nb = 2\r\ntarget = 3\r\nprint('😀', target)\r\n"
    at = {"textDocument": {"uri": uri}, "position": {"line": 4, "character": 2}}

    edit = await editor.result("textDocument/rename", {**at, "newName": "renamed"})

    assert apply(now, edits_of(edit["changes"][uri]), "utf-16") == now.replace("target", "renamed")
    editor.shut(uri)
