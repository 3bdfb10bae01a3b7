"""When “Fix with Punie” is offered, in which form, and when it is not."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.e2e.conftest import Write, make_project
from tests.e2e.editor import TITLE, Editor, start_editor, vscode

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = 'print("🚀 世界", f"done")\nprint("fine")\n'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Editor]:
    root = make_project(tmp_path_factory.mktemp("offers"))
    (root / "app.py").write_text(TEXT)
    async with start_editor(root) as editor:
        uri = editor.open(root / "app.py")
        await editor.offer(uri, "F541")
        yield editor


@pytest.fixture
def uri(editor: Editor) -> str:
    return next(iter(editor.buffers))


async def test_offered_from_the_range_alone(editor: Editor, uri: str) -> None:
    action = await editor.offered(uri, editor.span(uri, 'f"done"'))

    assert action.title.startswith("Fix with Punie: ")


async def test_offered_for_a_cursor_in_the_problem(editor: Editor, uri: str) -> None:
    start = editor.span(uri, "one").start

    assert await editor.offered(uri, types.Range(start, start))


async def test_not_offered_beside_the_problem(editor: Editor, uri: str) -> None:
    assert await editor.actions(uri, editor.span(uri, '"fine"')) == []


async def test_not_offered_when_only_other_kinds_are_wanted(editor: Editor, uri: str) -> None:
    where = editor.span(uri, 'f"done"')
    organize = types.CodeActionKind.SourceOrganizeImports

    assert await editor.actions(uri, where, only=[organize, types.CodeActionKind.Refactor]) == []
    assert await editor.actions(uri, where, only=["quickfix.other"]) == []
    assert await editor.actions(uri, where, only=[organize, types.CodeActionKind.QuickFix])
    assert await editor.actions(uri, where, only=[types.CodeActionKind.Empty])


async def test_the_tools_own_actions_stand_beside_it(editor: Editor, uri: str) -> None:
    problem = await editor.problem(uri, "F541")
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(uri), problem.range, types.CodeActionContext([problem])
    )

    titles = [action.title for action in await editor.text_document_code_action_async(params) or ()]

    assert "Ruff (F541): Remove extraneous `f` prefix" in titles
    assert titles[-1] == "Ruff: Organize imports"  # what changes the whole file comes last
    assert any(title.startswith(TITLE) for title in titles)


async def test_a_hint_is_no_problem(editor: Editor, uri: str, tmp_path: Path) -> None:
    hint = types.Diagnostic(
        editor.span(uri, '"fine"'), "unused", types.DiagnosticSeverity.Hint, "some-hint", source="ty"
    )

    assert await editor.actions(uri, hint.range, hint) == []


@pytest.mark.asyncio(loop_scope="function")
async def test_a_client_without_action_literals_gets_a_command(project: Path, write: Write) -> None:
    async with start_editor(project, vscode(code_action_literal_support=None, resolve_support=None)) as editor:
        uri = editor.open(write("app.py", TEXT))

        action = await editor.offer(uri, "F541")

        assert isinstance(action, types.Command)
        assert action.command == "punie.fix"
        await editor.choose(action)
        assert editor.text(uri) == 'print("🚀 世界", "done")\nprint("fine")\n'


@pytest.mark.asyncio(loop_scope="function")
async def test_a_client_that_resolves_nothing_gets_an_action_with_a_command(project: Path, write: Write) -> None:
    async with start_editor(project, vscode(resolve_support=None)) as editor:
        uri = editor.open(write("app.py", TEXT))

        action = await editor.offer(uri, "F541")

        assert isinstance(action, types.CodeAction)
        assert action.edit is None
        assert action.command is not None
        assert action.command.command == "punie.fix"
        # Some editors resolve every action.
        assert await editor.code_action_resolve_async(action) == action
        await editor.choose(action)
        assert editor.text(uri) == 'print("🚀 世界", "done")\nprint("fine")\n'
