"""A file is opened or closed while its edit is on offer: that alone is no reason to refuse; another text is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.e2e.commands.conftest import clean, put
from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, Outcome, start_editor, until_true
from tests.model_server import ModelServer, call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

APP = 'from shop import price\r\n\r\nprint("🚀 世界", price("apple"))\r\n'
RENAMED = APP.replace("price", "cost")
RENAME = call("run_code", code="rename_symbol('cost', 'price', 'shop.py').files")


@pytest_asyncio.fixture(loop_scope="module")
async def editor(model: ModelServer, tmp_path: Path) -> AsyncGenerator[Editor]:
    root = make_project(tmp_path)
    async with start_editor(root, settings={"model": model.spec}) as editor:
        clean(editor)
        yield editor


@asynccontextmanager
async def offered(editor: Editor, model: ModelServer) -> AsyncGenerator[asyncio.Task[Outcome]]:
    """A rename in app.py and shop.py, while the user has not answered yet; "Apply" comes at the end."""
    model.add(RENAME, say("Renamed."))
    editor.answers.append("Apply")
    editor.answering.clear()
    task = asyncio.create_task(editor.run("punie.ask", {"prompt": "Call it cost", "session": "new"}))

    async def asked() -> bool:
        assert not task.done(), task.result()
        return bool(editor.questions)

    await until_true(asked, lambda: f"the edit was not offered: {editor.messages}")
    yield task
    editor.answering.set()


def close(editor: Editor, uri: str) -> None:
    editor.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    del editor.buffers[uri]


async def test_opened_with_the_text_on_disk(editor: Editor, model: ModelServer) -> None:
    assert editor.root is not None
    app = put(editor, "app.py", APP)
    async with offered(editor, model) as task:
        shop = editor.open(editor.root / "shop.py")

    outcome = await task

    assert outcome.message == "Renamed. Applied."
    assert editor.text(app) == RENAMED
    assert "def cost(name: str)" in editor.text(shop)
    # The edit is for the version that is open now: what is typed next would keep it out.
    (edit,) = editor.applied
    parts = [part for part in edit.document_changes or () if isinstance(part, types.TextDocumentEdit)]
    assert {part.text_document.uri: part.text_document.version for part in parts} == {app: 1, shop: 1}
    assert (await editor.run("punie.undo")).applied
    assert (editor.text(app), "def price(name: str)" in editor.text(shop)) == (APP, True)


async def test_opened_with_another_text(editor: Editor, model: ModelServer) -> None:
    assert editor.root is not None
    app = put(editor, "app.py", APP)
    mine = "# mine\n" + (editor.root / "shop.py").read_text()
    async with offered(editor, model) as task:
        shop = editor.open(editor.root / "shop.py", mine)

    outcome = await task

    assert "shop.py changed meanwhile, so nothing was applied. Ask again." in outcome.message
    assert (editor.text(app), editor.text(shop), editor.applied) == (APP, mine, [])


async def test_typed_and_taken_back(editor: Editor, model: ModelServer) -> None:
    app = put(editor, "app.py", APP)
    async with offered(editor, model) as task:
        editor.change(app, f"{APP}#")
        editor.change(app, APP)

    outcome = await task

    assert outcome.message == "Renamed. Applied."
    assert editor.text(app) == RENAMED
    assert editor.buffers[app].version == 4


async def test_closed_as_it_is_on_disk(editor: Editor, model: ModelServer) -> None:
    app = put(editor, "app.py", APP)
    async with offered(editor, model) as task:
        close(editor, app)

    outcome = await task

    assert outcome.message == "Renamed. Applied."
    assert editor.text(app) == RENAMED


async def test_closed_without_saving(editor: Editor, model: ModelServer) -> None:
    assert editor.root is not None
    app = put(editor, "app.py", APP)
    editor.change(app, f"{APP}print(price('unsaved'))\r\n")
    async with offered(editor, model) as task:
        close(editor, app)

    outcome = await task

    assert "app.py changed meanwhile, so nothing was applied. Ask again." in outcome.message
    assert editor.applied == []
    assert (editor.root / "app.py").read_bytes().decode() == APP
