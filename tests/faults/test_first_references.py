"""Whoever asks for references before a server has looked around gets all of them, or an error: never a part."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.editor import FORGIVING_RELAY, MODIFIED, Editor, start

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODULES = 40


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(root: Path) -> AsyncGenerator[Editor]:
    (root / "prices.py").write_text("def price(x: int) -> int:\n    return x\n")
    for number in range(MODULES):
        (root / f"uses_{number}.py").write_text("from prices import price\n\nprint(price(1), price(2))\n")
    async with start(root, command=FORGIVING_RELAY) as editor:
        yield editor


async def test_all_at_once_after_a_start(editor: Editor, repeat: int) -> None:
    uri = editor.open(editor.root / "prices.py")
    at = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 5}}
    ty = await editor.running("ty")
    ty.kill()
    answers = []
    while not answers or "error" in answers[-1]:
        answers.append(await editor.request("textDocument/references", {**at, "context": {"includeDeclaration": True}}))

    assert {answer["error"]["code"] for answer in answers[:-1]} <= {MODIFIED}
    assert len(answers[-1]["result"]) == 3 * MODULES + 1
    editor.shut(uri)
