"""An editor that is behind with reading: servers may die meanwhile, and what it is sent then is right."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio

from tests.faults.editor import FORGIVING_RELAY, MODIFIED, Editor, start

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = 4000
REFRESH = "workspace/diagnostic/refresh"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(root: Path) -> AsyncGenerator[Editor]:
    async with start(root, command=FORGIVING_RELAY) as editor:
        yield editor


def reading(editor: Editor) -> asyncio.ReadTransport:
    """The pipe from the relay."""
    process = editor.process._transport  # ty: ignore[missing-attribute] # there is no other way to stop reading
    return cast("asyncio.ReadTransport", process.get_pipe_transport(1))


async def test_ty_is_killed_while_the_pipe_is_full(editor: Editor, repeat: int) -> None:
    uri = editor.new("\n".join(f"name_{n}_{'x' * 100} = {n}" for n in range(NAMES)) + "\n")
    symbols = {"textDocument": {"uri": uri}}
    assert len(await editor.settled("textDocument/documentSymbol", symbols)) == NAMES
    since = len(editor.requests)
    ty = await editor.running("ty")
    reading(editor).pause_reading()
    identifiers = [editor.start_request("textDocument/documentSymbol", symbols) for _ in range(12)]
    await asyncio.sleep(0.3 + repeat % 10 * 0.02)
    ty.kill()
    editor.type(uri, "name = 'last'\n")
    await editor.running("ty", but=ty.pid)
    reading(editor).resume_reading()

    answers = [await editor.response(identifier) for identifier in identifiers]
    await editor.asked(REFRESH, since)
    hover = await editor.settled("textDocument/hover", {**symbols, "position": {"line": 0, "character": 1}})

    assert {len(answer["result"]) for answer in answers if "error" not in answer} == {NAMES}
    assert {answer["error"]["code"] for answer in answers if "error" in answer} <= {MODIFIED}
    assert 'Literal["last"]' in hover["contents"]["value"]
    assert [sum(r["id"] == i for r in editor.responses) for i in identifiers] == [1] * len(identifiers)
    editor.shut(uri)
    editor.responses.clear()
    editor.bodies.clear()
