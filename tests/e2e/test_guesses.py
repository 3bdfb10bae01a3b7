"""A fix that is only a guess is made only when no test fails with it, where the tests may run."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, start_editor, vscode
from tests.e2e.menus import chosen, looked

APP = "def label(name: str | None) -> str:  # 🚀\r\n    return name\r\n"
TEST = "from app import label\n\n\ndef test_of_none() -> None:\n    assert label(None) is None\n"
BREAKS = "Add assert name is not None"
HOLDS = "Annotate label with str | None"
ALLOWED = {"policy": {"mode": "auto"}}


@asynccontextmanager
async def opened(root: Path, settings: Mapping[str, object] | None) -> AsyncGenerator[tuple[Editor, str]]:
    make_project(root)
    (root / "app.py").write_bytes(APP.encode())
    (root / "test_app.py").write_text(TEST)
    async with start_editor(root, vscode(), settings=settings) as editor:
        yield editor, editor.open(root / "app.py")


async def made(editor: Editor, uri: str, title: str) -> str:
    """The text after a fix was chosen."""
    problem = await editor.problem(uri, "invalid-explicit-return")
    actions = {chosen(action): action for action in await looked(editor, uri, problem.range, problem)}
    assert {BREAKS, HOLDS} <= actions.keys()
    await editor.choose(actions[title])
    return editor.text(uri)


async def test_a_guess_that_breaks_a_test_is_not_made(tmp_path: Path) -> None:
    async with opened(tmp_path, ALLOWED) as (editor, uri):
        assert await made(editor, uri, BREAKS) == APP
        await editor.said(f"“{BREAKS}” was not made: test_app.py::test_of_none fails with it.")
        assert "-> str | None:" in await made(editor, uri, HOLDS)
    assert editor.questions == []


async def test_nobody_runs_tests_for_it_unasked(tmp_path: Path) -> None:
    async with opened(tmp_path, None) as (editor, uri):
        assert "assert name is not None" in await made(editor, uri, BREAKS)
    assert editor.questions == []
