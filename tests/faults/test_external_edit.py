"""A file that another program changes, adds or removes is seen once the editor says so."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.editor import FORGIVING_RELAY, Editor, start

pytestmark = pytest.mark.asyncio(loop_scope="module")

CREATED, CHANGED, DELETED = 1, 2, 3
REFRESH = "workspace/diagnostic/refresh"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(root: Path) -> AsyncGenerator[Editor]:
    async with start(root, command=FORGIVING_RELAY) as editor:
        yield editor


async def after(editor: Editor, path: Path, kind: int, uri: str) -> set[tuple[str, str]]:
    """The document's problems after another program has done something to a file."""
    since = len(editor.requests)
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": path.as_uri(), "type": kind}]})
    await editor.asked(REFRESH, since)
    return await editor.findings(uri)


async def test_each_change_on_disk_is_seen(editor: Editor, repeat: int) -> None:
    path = editor.root / f"other_{repeat}.py"
    uri = editor.new(f"from other_{repeat} import price\n\nprint(price + 1)\n")
    missing = await editor.findings(uri)

    path.write_text("price = 1\n")
    added = await after(editor, path, CREATED, uri)
    path.write_text("price = 'one'\n")
    changed = await after(editor, path, CHANGED, uri)
    path.unlink()
    removed = await after(editor, path, DELETED, uri)

    assert missing == removed == {("ty", "import-not-found")}
    assert added == set()
    assert changed == {("ty", "unsupported-operator")}
    editor.shut(uri)


async def test_unsaved_text_hides_what_is_on_disk(editor: Editor, repeat: int) -> None:
    path = editor.root / f"open_{repeat}.py"
    path.write_text("price = 'one'\n")
    other = editor.open(path, "price = 2\n")
    uri = editor.new(f"from open_{repeat} import price\n\nprint(price + 1)\n")
    first = await editor.findings(uri)

    path.write_text("price = 'two'\n")
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": path.as_uri(), "type": CHANGED}]})
    still = await editor.findings(uri)
    editor.shut(other)
    closed = await editor.findings(uri)

    assert first == still == set()
    assert closed == {("ty", "unsupported-operator")}
    editor.shut(uri)


async def test_a_change_on_disk_while_ty_is_away(editor: Editor, repeat: int) -> None:
    path = editor.root / f"away_{repeat}.py"
    path.write_text("price = 1\n")
    uri = editor.new(f"from away_{repeat} import price\n\nprint(price + 1)\n")
    before = await editor.findings(uri)
    (await editor.running("ty")).kill()
    path.write_text("price = 'one'\n")
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": path.as_uri(), "type": CHANGED}]})

    assert before == set()
    assert await editor.findings(uri) == {("ty", "unsupported-operator")}
    editor.shut(uri)
