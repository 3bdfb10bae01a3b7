"""What was tried by the editor's commands is kept, with what the user said to it, and what became of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from punie_agent.store import SessionStore
from tests.e2e.editor import Editor

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def traces(editor: Editor) -> list[dict[str, Any]]:
    assert editor.root is not None
    store = SessionStore(str(Path(os.environ["XDG_DATA_HOME"]) / "punie" / "punie.db"))
    try:
        return [json.loads(line) async for line in store.fixes(editor.root)]
    finally:
        await store.close()


@pytest.fixture(autouse=True)
def the_servers_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers get none of the tests' own variables."""
    monkeypatch.delenv("PUNIE_STORE")


async def test_applied_then_undone_and_rejected(editor: Editor, app: str) -> None:
    before = len(await traces(editor))
    editor.answers += ["Reject"]
    await editor.run("punie.fixFile", {"uri": app})
    rejected = (await traces(editor))[before:]

    await editor.run("punie.fixFile", {"uri": app, "apply": True})
    applied = (await traces(editor))[before + len(rejected) :]
    undone = await editor.run("punie.undo", {"uri": app})

    last = (await traces(editor))[-len(applied) :]
    assert {t["problem"]["code"] for t in rejected} == {t["problem"]["code"] for t in applied} == {"F401", "F541"}
    assert {(t["origin"], t["outcome"], t["decision"]) for t in rejected} == {("editor", "fixed", "rejected")}
    assert {t["decision"] for t in applied} == {"applied"}
    assert {t["transaction"] for t in applied} != {""}
    assert undone.applied
    assert {t["decision"] for t in last} == {"undone"}
    assert len({t["run"] for t in rejected}) == len({t["run"] for t in applied}) == 1
