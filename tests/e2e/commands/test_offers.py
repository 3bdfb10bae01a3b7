"""Prompts as code actions: only when asked for, only where they make sense, from the text alone."""

from __future__ import annotations

import pytest
from lsprotocol import types

from tests.e2e.commands.conftest import put
from tests.e2e.editor import Editor, plain, until_true

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = '''\
def bare(names, *, 世界=None):
    return names  # 🚀 of names


def typed(
    names: list[str],
) -> int:
    """Counts."""
    return len(names)


class Shop:
    async def open(self) -> None: ...
'''.replace("\n", "\r\n")

AGENT = ("Explain with", "Write", "Add types with")


async def offered(
    editor: Editor,
    uri: str,
    needle: str,
    trigger: types.CodeActionTriggerKind = types.CodeActionTriggerKind.Invoked,
    only: list[str] | None = None,
) -> list[str]:
    """The titles at the start of a needle, once the server answers at all."""
    start = editor.span(uri, needle).start
    found: list[str] = []
    asked = types.CodeActionContext([], only, trigger)
    ready = types.CodeActionContext([], trigger_kind=types.CodeActionTriggerKind.Invoked)
    first = types.Range(types.Position(0, 4), types.Position(0, 4))

    async def titles(where: types.Range, context: types.CodeActionContext) -> list[str]:
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), where, context)
        actions = await editor.text_document_code_action_async(params) or ()
        return [action.title for action in actions if action.title.startswith(AGENT)]

    async def answers() -> bool:
        return bool(await titles(first, ready))

    await until_true(answers, lambda: "nothing is offered at the first definition")
    found[:] = await titles(types.Range(start, start), asked)
    return found


@pytest.fixture
def uri(editor: Editor) -> str:
    return put(editor, "places.py", TEXT)


async def test_an_untyped_function(editor: Editor, uri: str) -> None:
    assert await offered(editor, uri, "bare(") == [
        "Explain with Punie: bare",
        "Write a docstring with Punie: bare",
        "Add types with Punie: bare",
        "Write tests with Punie: bare",
    ]


async def test_a_typed_function_with_a_docstring(editor: Editor, uri: str) -> None:
    assert await offered(editor, uri, "def typed(") == [
        "Explain with Punie: typed",
        "Write tests with Punie: typed",
    ]


async def test_a_class(editor: Editor, uri: str) -> None:
    assert await offered(editor, uri, "Shop") == [
        "Explain with Punie: Shop",
        "Write a docstring with Punie: Shop",
        "Write tests with Punie: Shop",
    ]


async def test_a_name_is_explained(editor: Editor, uri: str) -> None:
    assert await offered(editor, uri, "names  #") == ["Explain with Punie"]


async def test_nothing_in_a_comment(editor: Editor, uri: str) -> None:
    assert await offered(editor, uri, "of names") == []


async def test_nothing_unasked(editor: Editor, uri: str) -> None:
    assert await offered(editor, uri, "bare(", types.CodeActionTriggerKind.Automatic) == []


async def test_only_the_wanted_kinds(editor: Editor, uri: str) -> None:
    assert await offered(editor, uri, "bare(", only=[types.CodeActionKind.RefactorRewrite]) == [
        "Write a docstring with Punie: bare",
        "Add types with Punie: bare",
        "Write tests with Punie: bare",
    ]
    assert await offered(editor, uri, "bare(", only=[types.CodeActionKind.SourceOrganizeImports]) == []


async def test_no_tests_for_tests(editor: Editor) -> None:
    uri = put(editor, "test_places.py", TEXT)

    assert "Write tests with Punie: bare" not in await offered(editor, uri, "bare(")


async def test_a_problem_is_explained(editor: Editor) -> None:
    uri = put(editor, "problem.py", "def first() -> int:\n    return 1\n\n\nnowhere()\n")
    await offered(editor, uri, "first")
    problem = await editor.problem(uri, "unresolved-reference")
    context = types.CodeActionContext([problem], trigger_kind=types.CodeActionTriggerKind.Invoked)
    params = types.CodeActionParams(types.TextDocumentIdentifier(uri), problem.range, context)

    actions = await editor.text_document_code_action_async(params) or ()

    (action,) = [a for a in actions if a.title == "Explain with Punie: Name `nowhere` used when not defined"]
    assert isinstance(action, types.CodeAction)
    assert action.command is not None
    assert action.command.arguments is not None
    assert plain(action.command.arguments[0])["diagnostic"]["code"] == "unresolved-reference"
