"""A rename behind emoji changes the name and nothing else, in each position encoding."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.e2e.text_edits import apply, position
from tests.faults.editor import Editor, start
from tests.integration.relay.client import capabilities

BEFORE = "def target(x: str) -> str: return x\n\n\nprint('🚀🚀 é 世界', target('👩‍🚀'), '🏴‍☠️', target('é'))\n"
AFTER = BEFORE.replace("target", "renamed")

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["utf-8", "utf-16", "utf-32"])
async def editor(root: Path, request: pytest.FixtureRequest) -> AsyncGenerator[Editor]:
    async with start(root, capabilities=capabilities(encodings=[request.param])) as editor:
        assert editor.capabilities["positionEncoding"] == request.param
        yield editor


async def test_rename_behind_emoji(editor: Editor, repeat: int) -> None:
    encoding = editor.capabilities["positionEncoding"]
    uri = editor.new("x = 1\n")
    editor.type(uri, BEFORE)
    where = position(BEFORE, BEFORE.index("target('é')") + 3, encoding)
    at = {"textDocument": {"uri": uri}, "position": {"line": where.line, "character": where.character}}

    edit = await editor.result("textDocument/rename", {**at, "newName": "renamed"})

    assert apply(BEFORE, edits_of(edit["changes"][uri]), encoding) == AFTER
    editor.shut(uri)


def edits_of(edits: list[dict]) -> list[types.TextEdit]:
    """Raw edits as the type that `apply` takes."""
    return [
        types.TextEdit(
            types.Range(types.Position(**edit["range"]["start"]), types.Position(**edit["range"]["end"])),
            edit["newText"],
        )
        for edit in edits
    ]
