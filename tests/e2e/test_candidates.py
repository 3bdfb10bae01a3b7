"""Several fixes hold: each is an action of its own, the best first, and the chosen one is the one that is made."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.e2e.conftest import Write, make_project
from tests.e2e.editor import Editor, start_editor, until_true, vscode
from tests.e2e.menus import AUTOMATIC, carried, chosen, looked, menu
from tests.model_server import ModelServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = """\
def size(height: int, weight: int) -> int:
    print("🚀 世界", heigt)
    return weight
""".replace("\n", "\r\n")

HEIGHT = TEXT.replace("heigt", "height")
WEIGHT = TEXT.replace("heigt", "weight")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Editor]:
    root = make_project(tmp_path_factory.mktemp("candidates"))
    async with start_editor(root, vscode(is_preferred_support=True)) as editor:
        yield editor


@pytest_asyncio.fixture(loop_scope="module")
async def editor(shared: Editor) -> Editor:
    shared.messages.clear()
    shared.applied.clear()
    return shared


def put(editor: Editor, name: str, text: str) -> str:
    """A file of the test's own, opened."""
    assert editor.root is not None
    path = editor.root / name
    path.write_bytes(text.encode())
    return editor.open(path)


async def choices(editor: Editor, uri: str, code: str = "unresolved-reference") -> list[types.CodeAction]:
    problem = await editor.problem(uri, code)
    found = await looked(editor, uri, problem.range, problem)
    assert [action.disabled.reason for action in found if action.disabled] == []
    return found


async def test_each_fix_is_an_action(editor: Editor) -> None:
    uri = put(editor, "each.py", TEXT)

    found = await choices(editor, uri)

    titles = [action.title for action in found]
    assert titles[0] == "Fix with Punie: Change heigt to height"
    assert "Fix with Punie: Change heigt to weight" in titles
    assert len(set(titles)) == len(titles)
    assert [bool(action.is_preferred) for action in found] == [True, *[False] * (len(found) - 1)]
    assert all(action.kind == types.CodeActionKind.QuickFix for action in found)
    assert all(action.edit is None and action.command is None for action in found)
    assert all(len(action.diagnostics or ()) == 1 for action in found)


async def test_a_light_bulb_names_them_too(editor: Editor) -> None:
    uri = put(editor, "bulb.py", TEXT)
    problem = await editor.problem(uri, "unresolved-reference")

    found = await looked(editor, uri, problem.range, trigger=AUTOMATIC)

    assert found[0].title == "Fix with Punie: Change heigt to height"


async def test_the_first_is_made(editor: Editor) -> None:
    uri = put(editor, "first.py", TEXT)
    first, *_ = await choices(editor, uri)

    await editor.choose(first)

    assert editor.text(uri) == HEIGHT
    message = await editor.said("Why: ")
    assert message.startswith("Punie: Why: `height` is in scope")
    assert "\n" not in message


async def test_the_second_is_made_and_no_other(editor: Editor) -> None:
    uri = put(editor, "second.py", TEXT)
    found = await choices(editor, uri)

    await editor.choose(next(action for action in found if chosen(action) == "Change heigt to weight"))

    assert editor.text(uri) == WEIGHT
    (edit,) = editor.applied
    (change,) = edit.document_changes or [None]
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.version == 1
    (only,) = change.edits
    # The place of what is misspelt, in utf-16 and behind an emoji.
    assert only.range.start.line == only.range.end.line == 1


async def test_a_fix_without_rivals_is_made_without_a_word(editor: Editor) -> None:
    uri = put(editor, "alone.py", 'print("🚀 世界", f"done")\n')
    (only,) = await choices(editor, uri, "F541")

    await editor.choose(only)

    assert editor.text(uri) == 'print("🚀 世界", "done")\n'
    assert [m.message for m in editor.messages if m.message.startswith("Punie: ")] == []


async def test_an_unsafe_fix_says_so_and_is_the_last(editor: Editor) -> None:
    uri = put(editor, "unsafe.py", "def use(text):\n    return text == True\n")
    found = await choices(editor, uri, "E712")
    unsafe = [action for action in found if action.title.endswith(" (unsafe)")]

    assert unsafe
    assert found[-len(unsafe) :] == unsafe
    assert not any(action.is_preferred for action in unsafe)

    await editor.choose(unsafe[-1])

    assert editor.text(uri) != "def use(text):\n    return text == True\n"
    await editor.said("(this fix is unsafe: look at it)")


async def test_a_choice_that_does_not_hold_any_more(editor: Editor) -> None:
    uri = put(editor, "gone.py", TEXT)
    found = await choices(editor, uri)
    data = {**carried(found[0]), "choice": "Change heigt to depth"}

    answer = await editor.run("punie.fix", data)

    assert not answer.applied
    assert answer.message == (
        "“Change heigt to depth” does not hold any more. Ask for the fixes of unresolved-reference again."
    )
    assert editor.text(uri) == TEXT


async def test_two_problems_on_one_line(editor: Editor) -> None:
    text = 'def size(height: int) -> int:\n    print(f"🚀", heigt, f"done")\n    return height\n'
    uri = put(editor, "two.py", text)
    problems = await editor.problems(uri, lambda items: len(items) == 3)
    line = types.Range(types.Position(1, 4), types.Position(1, 20))

    found = await looked(editor, uri, line, *problems)
    first = next(action for action in found if chosen(action) == "Change heigt to height")
    other = next(action for action in found if "plain string" in chosen(action) or "`f`" in chosen(action))
    one, two = await editor.code_action_resolve_async(first), await editor.code_action_resolve_async(other)

    assert one.edit is not None
    assert two.edit is not None
    assert editor.apply(one.edit) == ""
    assert editor.text(uri) == text.replace("heigt", "height")
    assert editor.apply(two.edit) == "the edit is for version 1"  # the editor refuses; nothing is misplaced


@pytest.mark.asyncio(loop_scope="function")
async def test_a_client_without_action_literals_chooses_commands(project: Path, write: Write) -> None:
    async with start_editor(project, vscode(code_action_literal_support=None, resolve_support=None)) as editor:
        uri = editor.open(write("app.py", TEXT))
        problem = await editor.problem(uri, "unresolved-reference")
        found: list[types.Command] = []

        async def named() -> bool:
            actions = await editor.actions(uri, problem.range, problem)
            found[:] = [action for action in actions if isinstance(action, types.Command)]
            return any(command.title.endswith("Change heigt to weight") for command in found)

        await until_true(named, lambda: f"the commands are {[command.title for command in found]}")

        await editor.choose(next(c for c in found if c.title == "Fix with Punie: Change heigt to weight"))

        assert editor.text(uri) == WEIGHT


@pytest.mark.asyncio(loop_scope="function")
async def test_with_a_model_asking_it_stands_beside(project: Path, write: Write) -> None:
    with ModelServer() as model:
        async with start_editor(project, settings={"model": model.spec}) as editor:
            uri = editor.open(write("app.py", TEXT))
            problem = await editor.problem(uri, "unresolved-reference")
            found: list[types.CodeAction] = []

            async def named() -> bool:
                found[:] = await menu(editor, uri, problem.range, problem)
                return any(chosen(action) for action in found)

            await until_true(named, lambda: f"the actions are {[action.title for action in found]}")

            (asking,) = [action for action in found if action.title.startswith("Fix with Punie (ask ")]
            assert asking.title.endswith("): Name `heigt` used when not defined")
            assert found[0].title == "Fix with Punie: Change heigt to height"
            await editor.choose(found[0])
            assert editor.text(uri) == HEIGHT
            assert model.requests == []  # what was found is made without it
