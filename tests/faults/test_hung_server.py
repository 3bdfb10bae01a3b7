"""A server that hangs holds up nobody else, takes no memory without bound, and is replaced before it does."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.editor import Editor, start, stopped
from tests.integration.relay.client import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

HASTY_RELAY = (sys.executable, "-P", str(Path(__file__).with_name("hasty_relay.py")))
TEXT = "import json\nname  =  'here'\n"
NAMES = ("ty", "ruff", "fake")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(root: Path) -> AsyncGenerator[Editor]:
    async with start(root, command=HASTY_RELAY) as editor:
        yield editor


def document(uri: str) -> Json:
    return {"textDocument": {"uri": uri}}


async def answers(editor: Editor, uri: str, name: str) -> None:
    """One of the three servers knows the text."""
    if name == "ty":
        hover = await editor.settled("textDocument/hover", {**document(uri), "position": {"line": 1, "character": 1}})
        assert 'Literal["here"]' in hover["contents"]["value"]
    elif name == "ruff":
        options = {"tabSize": 4, "insertSpaces": True}
        edits = await editor.settled("textDocument/formatting", {**document(uri), "options": options})
        assert 'name = "here"' in "".join(edit["newText"] for edit in edits)
    else:
        command = {"command": "punie.fix", "arguments": ["echo"]}
        assert await editor.settled("workspace/executeCommand", command) == command


@pytest.mark.parametrize("name", NAMES)
async def test_the_others_go_on(editor: Editor, repeat: int, name: str) -> None:
    uri = editor.new(TEXT)
    for each in NAMES:
        await answers(editor, uri, each)
    hung = await stopped(await editor.running(name))
    for each in NAMES:
        if each != name:
            await answers(editor, uri, each)
    hung.resume()

    await answers(editor, uri, name)
    assert (await editor.running(name)).pid == hung.pid
    editor.shut(uri)


@pytest.mark.parametrize("name", NAMES)
async def test_it_is_replaced_when_too_much_waits_for_it(editor: Editor, repeat: int, name: str) -> None:
    uri = editor.new(TEXT)
    for each in NAMES:
        await answers(editor, uri, each)
    hung = await stopped(await editor.running(name))
    large = TEXT + "#" * (1 << 20) + "\n"
    for _ in range(8):
        editor.type(uri, large)
    editor.type(uri, TEXT.replace("json", "os"))

    await editor.running(name, but=hung.pid)
    await answers(editor, uri, name)
    assert not hung.is_running()
    editor.shut(uri)


@pytest.mark.parametrize("name", ["ty", "ruff"])
async def test_the_others_code_actions_come_all_the_same(editor: Editor, repeat: int, name: str) -> None:
    uri = editor.new("import json\n\nprint(missing)\n")
    await editor.settled("workspace/executeCommand", {"command": "punie.fix", "arguments": ["echo"]})
    hung = await stopped(await editor.running(name))
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 5}}
    params = {**document(uri), "range": whole, "context": {"diagnostics": []}}
    titles = [action["title"] for action in await editor.result("textDocument/codeAction", params)]
    hung.resume()

    assert "Fix with Punie" in titles
    assert ("Ruff: Organize imports" in titles) == (name == "ty")
    editor.shut(uri)
