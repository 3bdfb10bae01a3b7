"""Problems of a text that is no more are not shown."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.editor import MODIFIED, SERVER_CANCELLED, Editor, start
from tests.integration.relay.client import Json, capabilities

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLISH = "textDocument/publishDiagnostics"
SPAN = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(root: Path) -> AsyncGenerator[Editor]:
    async with start(root, capabilities=capabilities(pull=False)) as editor:
        yield editor


def told(editor: Editor, uri: str) -> list[Json]:
    params = [n["params"] for n in editor.notifications if n["method"] == PUBLISH]
    return [p for p in params if p["uri"] == uri]


def command(*arguments: object) -> Json:
    return {"command": "punie.fix", "arguments": list(arguments)}


async def test_a_list_for_an_older_version_is_dropped(editor: Editor, repeat: int) -> None:
    uri = editor.new("x = 1\n")
    editor.type(uri, "x = 2\n")
    late, current = (
        {"uri": uri, "version": version, "diagnostics": [{"range": SPAN, "message": f"version {version}"}]}
        for version in (1, 2)
    )
    await editor.settled("workspace/executeCommand", command("notify", PUBLISH, current))
    await editor.settled("workspace/executeCommand", command("notify", PUBLISH, late))
    await editor.settled("workspace/executeCommand", command("echo"))

    messages = [[item["message"] for item in p["diagnostics"]] for p in told(editor, uri)]
    assert ["version 2"] in messages
    assert ["version 1"] not in messages
    editor.shut(uri)


async def test_after_a_burst_of_typing_only_the_last_text_counts(editor: Editor, repeat: int) -> None:
    uri = editor.new("x = 1\n")
    for number in range(30):
        editor.type(uri, "import json\n" * (number % 2) + f"x: int = 'version {number}'\n" + f"missing_{number}\n")
    editor.type(uri, "import os\n\nx: int = 'last'\n")

    def is_last(params: Json) -> bool:
        return params["uri"] == uri and params["version"] == 32 and len(params["diagnostics"]) == 2

    last = await editor.notified(PUBLISH, is_last)

    versions = [params["version"] for params in told(editor, uri)]
    assert versions == sorted(versions)
    assert [(d["source"], d["code"], d["range"]["start"]["line"]) for d in last["diagnostics"]] == [
        ("ty", "invalid-assignment", 2),
        ("Ruff", "F401", 0),
    ]
    editor.shut(uri)


async def test_a_pull_in_whose_middle_the_text_changes(editor: Editor, repeat: int) -> None:
    """What arrives is about the old text as a whole, or an error: never half of each."""
    uri = editor.new("y = 1\n" * 600 + "x: int = 'one'\nprint(f'')\n")
    asked = editor.start_request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    editor.type(uri, "x: int = 'two'\n")

    answer = await editor.response(asked)
    report = await editor.settled("textDocument/diagnostic", {"textDocument": {"uri": uri}})

    if "error" in answer:
        assert answer["error"]["code"] in (MODIFIED, SERVER_CANCELLED)
    else:
        assert lines(answer["result"]) == {("ty", 600), ("Ruff", 601)}
    assert lines(report) == {("ty", 0)}
    editor.shut(uri)


def lines(report: Json) -> set[tuple[str, int]]:
    return {(d["source"], d["range"]["start"]["line"]) for d in report["items"]}
