"""Undo and redo go through the editor, as edits of what it has now."""

from __future__ import annotations

import pytest

from tests.e2e.commands.conftest import APP, put
from tests.e2e.editor import Editor

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIXED = APP.replace('f"done"', '"done"')


async def fixed(editor: Editor, app: str) -> None:
    await editor.run("punie.fixFile", {"uri": app, "select": ["F541"], "apply": True})
    assert editor.text(app) == FIXED


async def test_back_and_forth(editor: Editor, app: str) -> None:
    await fixed(editor, app)

    back = await editor.run("punie.undo")
    assert (back.applied, back.message) == (True, "Undo: Fix app.py with Punie: done.")
    assert editor.text(app) == APP

    again = await editor.run("punie.redo")
    assert (again.applied, again.message) == (True, "Redo: Fix app.py with Punie: done.")
    assert editor.text(app) == FIXED


async def test_the_user_s_own_edits_stay(editor: Editor, app: str) -> None:
    await fixed(editor, app)
    editor.change(app, f"{FIXED}more = 1\r\n")

    outcome = await editor.run("punie.undo")

    assert outcome.applied
    assert editor.text(app) == f"{APP}more = 1\r\n"


async def test_where_the_text_is_another_one_nothing_is_done(editor: Editor, app: str) -> None:
    await fixed(editor, app)
    typed = FIXED.replace('print("🚀 世界", "done")', 'print("mine")')
    editor.change(app, typed)

    outcome = await editor.run("punie.undo")

    assert not outcome.applied
    assert "its lines were edited since" in outcome.message
    assert editor.text(app) == typed
    assert editor.applied[1:] == []


async def test_an_unknown_transaction(editor: Editor, app: str) -> None:
    outcome = await editor.run("punie.undo", {"transaction": "nosuch"})

    assert not outcome.applied
    assert outcome.message.startswith("nosuch is no transaction of this project.")


async def test_nothing_to_redo(editor: Editor, app: str) -> None:
    await fixed(editor, app)

    outcome = await editor.run("punie.redo", {"uri": put(editor, "other.py", "x = 1\n")})

    assert not outcome.applied
    assert "there is nothing to" in outcome.message.lower()
