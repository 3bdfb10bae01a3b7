"""Refactorings in the editor: offered for a selection, computed when chosen, declined where they break something."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, start_editor, until_true

pytestmark = pytest.mark.asyncio(loop_scope="module")

APP = """\
from shop import price


class Cart:
    def total(self, names: list[str]) -> int:
        '''🚀 世界'''
        result = 0
        for name in names:
            result += price("🚀" + name) * 2
        vat = result // 5
        return result + vat

    def first(self, names: list[str] | None):
        if names is not None:
            return len(names[0])
        return 0
""".replace("\n", "\r\n")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[Editor, str]]:
    root = make_project(tmp_path_factory.mktemp("project"))
    app = root / "app.py"
    app.write_bytes(APP.encode())
    async with start_editor(root) as editor:
        yield editor, editor.open(app)


@pytest_asyncio.fixture(loop_scope="module")
async def editor(session: tuple[Editor, str]) -> Editor:
    """The client itself, where pytest-lsp's report looks for it, with the text as it was."""
    editor, app = session
    if editor.text(app) != APP:
        editor.change(app, APP)
    editor.messages.clear()
    return editor


@pytest.fixture
def app(session: tuple[Editor, str]) -> str:
    return session[1]


async def refactorings(editor: Editor, uri: str, where: types.Range, *only: str) -> list[types.CodeAction]:
    """Punie's refactorings, once its server has started."""
    context = types.CodeActionContext([], only=only or ["refactor"], trigger_kind=types.CodeActionTriggerKind.Invoked)
    params = types.CodeActionParams(types.TextDocumentIdentifier(uri), where, context)
    found: list[types.CodeAction] = []

    async def arrived() -> bool:
        answer = await editor.text_document_code_action_async(params)
        of_kind = [a for a in answer or () if isinstance(a, types.CodeAction) and str(a.kind).startswith("refactor")]
        found[:] = [a for a in of_kind if a.command is None]  # prompts are commands
        return bool(found)

    await until_true(arrived, lambda: f"no refactoring is offered at {where}")
    return found


async def choose(editor: Editor, action: types.CodeAction) -> types.WorkspaceEdit | None:
    """Resolve an action, as an editor does when it is chosen; its edit is applied."""
    resolved = await editor.code_action_resolve_async(action)
    if resolved.edit is not None:
        assert editor.apply(resolved.edit) == ""
    return resolved.edit


def lines(editor: Editor, uri: str) -> list[str]:
    text = editor.text(uri)
    assert "\n" not in text.replace("\r\n", "")
    return text.split("\r\n")


async def test_a_selected_expression_can_be_extracted(editor: Editor, app: str) -> None:
    where = editor.span(app, 'price("🚀" + name)')

    actions = await refactorings(editor, app, where)

    assert [(a.title, str(a.kind)) for a in actions] == [
        ("Extract variable", "refactor.extract.variable"),
        ("Extract function", "refactor.extract.function"),
    ]
    assert all(a.edit is None for a in actions)
    await choose(editor, actions[0])
    assert lines(editor, app)[8:10] == ['            price_2 = price("🚀" + name)', "            result += price_2 * 2"]


async def test_selected_lines_become_a_function(editor: Editor, app: str) -> None:
    start = editor.span(app, "for name in names").start
    end = editor.span(app, "+ name) * 2").end

    (action,) = await refactorings(editor, app, types.Range(start, end), "refactor.extract")
    await choose(editor, action)

    assert lines(editor, app)[2:17] == [
        "",
        "def _extracted(names: list[str], result: int) -> int:",
        "    for name in names:",
        '        result += price("🚀" + name) * 2',
        "    return result",
        "",
        "",
        "class Cart:",
        "    def total(self, names: list[str]) -> int:",
        "        '''🚀 世界'''",
        "        result = 0",
        "        result = _extracted(names, result)",
        "        vat = result // 5",
        "        return result + vat",
        "",
    ]


async def test_a_variable_is_inlined(editor: Editor, app: str) -> None:
    at = editor.span(app, "vat = ").start

    (action,) = await refactorings(editor, app, types.Range(at, at), "refactor.inline")
    await choose(editor, action)

    assert lines(editor, app)[9:11] == ["        return result + result // 5", ""]


async def test_a_type_is_added(editor: Editor, app: str) -> None:
    at = editor.span(app, "first(self").start

    (action,) = await refactorings(editor, app, types.Range(at, at), "refactor.rewrite")
    await choose(editor, action)

    assert "    def first(self, names: list[str] | None) -> int:" in lines(editor, app)


async def test_only_what_is_asked_for_is_offered(editor: Editor, app: str) -> None:
    where = editor.span(app, 'price("🚀" + name)')

    actions = await refactorings(editor, app, where, "refactor.extract.variable")

    assert {str(a.kind) for a in actions} == {"refactor.extract.variable"}


async def test_what_does_not_recheck_clean_is_declined_with_a_message(editor: Editor, app: str) -> None:
    """In a function of its own the comparison says nothing more about `names` to ty."""
    where = editor.span(app, "names is not None")

    actions = await refactorings(editor, app, where)
    edit = await choose(editor, next(a for a in actions if a.title == "Extract function"))

    assert edit is None
    assert editor.text(app) == APP
    await editor.said("does not re-check clean")


async def test_a_refusal_is_told(editor: Editor, app: str) -> None:
    start = editor.span(app, "result = 0").start

    (action,) = await refactorings(editor, app, types.Range(start, start), "refactor.inline")
    edit = await choose(editor, action)

    assert edit is None
    assert editor.text(app) == APP
    await editor.said("result is set or deleted in 2 places")


async def test_a_changed_document_is_not_edited(editor: Editor, app: str) -> None:
    where = editor.span(app, 'price("🚀" + name)')
    action, _ = await refactorings(editor, app, where)
    editor.change(app, APP + "\r\n")

    with pytest.raises(Exception, match="changed since the refactoring was offered"):
        await choose(editor, action)
