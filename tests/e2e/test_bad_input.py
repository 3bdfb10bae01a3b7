"""Folders, files and arguments as they come: the server says what is wrong, and goes on."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, start_editor
from tests.e2e.text_edits import apply

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = 'print("🚀 世界", f"done")\n'
FIXED = 'print("🚀 世界", "done")\n'
OUTSIDE = "Punie edits only files inside the workspace folders."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Editor]:
    async with start_editor(make_project(tmp_path_factory.mktemp("inputs"))) as editor:
        yield editor


@pytest.fixture
def root(editor: Editor) -> Path:
    assert editor.root is not None
    return editor.root


def problem_data(uri: str, text: str = TEXT) -> dict[str, Any]:
    """What the offered action would carry for the f-string."""
    start = text.index('f"done"')
    line = text.count("\n", 0, start)
    column = len(text[text.rfind("\n", 0, start) + 1 : start].encode("utf-16-le")) // 2
    where = {"start": {"line": line, "character": column}, "end": {"line": line, "character": column + 7}}
    problem = {"tool": "ruff", "code": "F541", "message": "f-string without any placeholders", "range": where}
    return {"uri": uri, "problem": problem}


def saved(editor: Editor, path: Path, text: str) -> str:
    """Write a file, its line ends as given, and open it."""
    path.write_bytes(text.encode())
    return editor.open(path)


async def refused(editor: Editor, *arguments: object) -> JsonRpcException:
    with pytest.raises(JsonRpcException) as caught:
        await editor.execute("punie.fix", *arguments)
    return caught.value


# Folders


async def test_an_empty_folder_with_a_file_that_is_not_saved_yet(tmp_path: Path) -> None:
    async with start_editor(tmp_path) as editor:
        uri = editor.open(tmp_path / "new.py", TEXT)

        assert await editor.fix(uri, "F541") == FIXED

        assert list(tmp_path.iterdir()) == []


async def test_a_folder_without_any_configuration(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text('print("🚀 世界", f"done", Path("x"))\n')
    async with start_editor(tmp_path) as editor:
        uri = editor.open(tmp_path / "app.py")

        await editor.fix(uri, "F541")

        imported = 'from pathlib import Path\n\nprint("🚀 世界", "done", Path("x"))\n'
        assert await editor.fix(uri, "unresolved-reference") == imported


async def test_no_folder_at_all(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "single").mkdir()
    path = tmp_path / "single" / "script.py"
    path.write_text(TEXT)
    async with start_editor(None, cwd=elsewhere) as editor:
        uri = editor.open(path)

        assert await editor.fix(uri, "F541") == FIXED


async def test_a_folder_that_is_added_later(editor: Editor, tmp_path: Path) -> None:
    uri = saved(editor, tmp_path / "late.py", TEXT)
    problem = await editor.problem(uri, "F541")
    assert (await refused(editor, problem_data(uri))).message == OUTSIDE
    folder = types.WorkspaceFolder(tmp_path.as_uri(), "late")
    event = types.WorkspaceFoldersChangeEvent(added=[folder], removed=[])
    editor.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))

    await editor.choose(await editor.offered(uri, problem.range, problem))

    assert editor.text(uri) == FIXED


# Files that are left alone


async def test_a_file_outside_the_workspace(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text(TEXT)
    uri = editor.open(tmp_path / "outside.py")

    action = await editor.offer(uri, "F541")

    assert isinstance(action, types.CodeAction)
    assert action.disabled is not None
    assert action.disabled.reason == OUTSIDE
    assert (action.edit, action.command) == (None, None)
    error = await refused(editor, problem_data(uri))
    assert (error.code, error.message) == (types.ErrorCodes.InvalidParams, OUTSIDE)


async def test_a_symlink_that_leaves_the_workspace(editor: Editor, root: Path, tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text(TEXT)
    (root / "link.py").symlink_to(tmp_path / "real.py")
    uri = editor.open(root / "link.py")

    action = await editor.offer(uri, "F541")

    assert isinstance(action, types.CodeAction)
    assert action.disabled is not None
    assert "link.py is a symlink that leaves the workspace" in action.disabled.reason
    error = await refused(editor, problem_data(uri))
    assert error.code == types.ErrorCodes.InvalidParams
    assert error.message == action.disabled.reason


async def test_a_document_that_has_no_file(editor: Editor) -> None:
    uri = editor.open_uri("untitled:Untitled-1", TEXT)

    assert await editor.actions(uri, editor.span(uri, 'f"done"')) == []
    error = await refused(editor, problem_data(uri))
    assert (error.code, error.message) == (types.ErrorCodes.InvalidParams, "Punie edits only files on disk.")


async def test_a_file_that_does_not_exist(editor: Editor, root: Path) -> None:
    error = await refused(editor, problem_data((root / "missing.py").as_uri()))

    assert error.code == types.ErrorCodes.InvalidParams
    assert "missing.py cannot be read: No such file or directory" in error.message


# Files that are unusual


async def test_a_file_in_latin_1(editor: Editor, root: Path) -> None:
    text = '# -*- coding: latin-1 -*-\nprint("é ü ß", f"done")\n'
    (root / "latin.py").write_bytes(text.encode("latin-1"))
    uri = editor.open(root / "latin.py", text)

    assert await editor.fix(uri, "F541") == text.replace('f"done"', '"done"')


async def test_a_file_in_latin_1_that_is_not_open(editor: Editor, root: Path) -> None:
    text = '# -*- coding: latin-1 -*-\nprint("é ü ß", f"done")\n'
    (root / "closed.py").write_bytes(text.encode("latin-1"))
    uri = (root / "closed.py").as_uri()
    editor.applied.clear()

    answer = await editor.execute("punie.fix", problem_data(uri, text))

    assert answer["applied"] is True
    (change,) = editor.applied[0].document_changes or [None]
    assert isinstance(change, types.TextDocumentEdit)
    assert (change.text_document.uri, change.text_document.version) == (uri, None)
    edits = [edit for edit in change.edits if isinstance(edit, types.TextEdit | types.AnnotatedTextEdit)]
    assert apply(text, edits, "utf-16") == text.replace('f"done"', '"done"')


async def test_bytes_that_are_no_text(editor: Editor, root: Path) -> None:
    (root / "broken.py").write_bytes(b'print("\xff", f"done")\n')

    error = await refused(editor, problem_data((root / "broken.py").as_uri()))

    assert error.code == types.ErrorCodes.InvalidParams
    assert "broken.py does not decode as utf-8" in error.message


async def test_a_form_feed_before_the_problem(editor: Editor, root: Path) -> None:
    text = f'"""Doc."""\n\n\x0c\nx = "a\x0bb\x1cc\u2028d"\n{TEXT}'
    uri = saved(editor, root / "form_feed.py", text)

    assert await editor.fix(uri, "F541") == text.replace('f"done"', '"done"')


async def test_old_mac_line_ends(editor: Editor, root: Path) -> None:
    text = f"x = 1\n{TEXT}".replace("\n", "\r")
    uri = saved(editor, root / "mac.py", text)

    assert await editor.fix(uri, "F541") == text.replace('f"done"', '"done"')


async def test_a_name_with_spaces_and_more(editor: Editor, root: Path) -> None:
    folder = root / "a b #%41é世"
    folder.mkdir()
    uri = saved(editor, folder / "my file.py", TEXT)

    assert await editor.fix(uri, "F541") == FIXED


async def test_beside_a_syntax_error_a_fix_still_works(editor: Editor, root: Path) -> None:
    """The syntax error was there before and is there after: the fix brings nothing new."""
    text = 'print("🚀 世界", Path("x"))\n\n\ndef broken(:\n    pass\n'
    uri = saved(editor, root / "broken_syntax.py", text)

    assert await editor.fix(uri, "unresolved-reference") == f"from pathlib import Path\n\n{text}"


async def test_a_syntax_error_itself_is_mended(editor: Editor, root: Path) -> None:
    uri = saved(editor, root / "syntax.py", 'def broken(:\r\n    return "🚀 世界"\r\n')

    assert await editor.fix(uri, "invalid-syntax") == 'def broken():\r\n    return "🚀 世界"\r\n'


async def test_a_syntax_error_that_nobody_can_mend_for_the_user(editor: Editor, root: Path) -> None:
    text = "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n"
    uri = saved(editor, root / "conflict.py", text)
    where = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 2}}
    problem = {"tool": "ruff", "code": "invalid-syntax", "message": "Expected a statement", "range": where}

    answer = await editor.execute("punie.fix", {"uri": uri, "problem": problem})

    assert answer["applied"] is False
    assert "merge conflict" in answer["message"]
    assert editor.text(uri) == text


async def test_an_empty_file(editor: Editor, root: Path) -> None:
    uri = editor.open(root / "empty.py", "")
    start = types.Position(0, 0)

    assert await editor.actions(uri, types.Range(start, start)) == []


# Arguments of the command

PLACE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
PROBLEM = {"tool": "ruff", "code": "F541", "message": "m", "range": PLACE}

JUNK = {
    "no arguments": [],
    "two arguments": [{}, {}],
    "a string": ["x"],
    "null": [None],
    "an empty object": [{}],
    "no problem": [{"uri": "URI"}],
    "a uri that is a number": [{"uri": 3, "problem": PROBLEM}],
    "a uri of no scheme": [{"uri": "app.py", "problem": PROBLEM}],
    "a uri that is no uri": [{"uri": "file://[", "problem": PROBLEM}],
    "a folder": [{"uri": "ROOT", "problem": PROBLEM}],
    "a NUL in the uri": [{"uri": "ROOT/a%00.py", "problem": PROBLEM}],
    "a problem that is a list": [{"uri": "URI", "problem": [1]}],
    "a code that is a list": [{"uri": "URI", "problem": {**PROBLEM, "code": [1]}}],
    "an unknown tool": [{"uri": "URI", "problem": {**PROBLEM, "tool": "rm -rf"}}],
    "an empty range": [{"uri": "URI", "problem": {**PROBLEM, "range": {}}}],
    "a range of strings": [{"uri": "URI", "problem": {**PROBLEM, "range": {"start": "a", "end": "b"}}}],
    "a line that is a string": [
        {"uri": "URI", "problem": {**PROBLEM, "range": {**PLACE, "start": {"line": "0", "character": 0}}}}
    ],
    "a negative line": [
        {"uri": "URI", "problem": {**PROBLEM, "range": {**PLACE, "start": {"line": -1, "character": 0}}}}
    ],
}


def filled_in(value: object, uri: str, root: str) -> object:
    """Junk with the names of real files in it."""
    if isinstance(value, dict):
        return {key: filled_in(item, uri, root) for key, item in value.items()}
    return value.replace("URI", uri).replace("ROOT", root) if isinstance(value, str) else value


@pytest.mark.parametrize("arguments", JUNK.values(), ids=JUNK.keys())
async def test_junk_arguments_are_refused(editor: Editor, root: Path, arguments: list[object]) -> None:
    uri = (root / "junk.py").as_uri()
    if uri not in editor.buffers:
        saved(editor, root / "junk.py", TEXT)
        await editor.offer(uri, "F541")
    server = editor.server_process("punie")

    error = await refused(editor, *(filled_in(a, uri, root.as_uri()) for a in arguments))

    assert error.code == types.ErrorCodes.InvalidParams, error.message
    assert error.message
    assert server is not None
    assert editor.server_process("punie") == server


async def test_lines_beyond_the_end_find_no_problem(editor: Editor, root: Path) -> None:
    uri = saved(editor, root / "beyond.py", TEXT)
    data = problem_data(uri)
    data["problem"]["range"] = {"start": {"line": 99, "character": 9}, "end": {"line": 99, "character": 10}}

    answer = await editor.execute("punie.fix", data)

    assert answer["applied"] is False
    assert "is not reported any more" in answer["message"]


async def test_an_unknown_command_is_refused(editor: Editor) -> None:
    with pytest.raises(JsonRpcException):
        await editor.workspace_execute_command_async(types.ExecuteCommandParams("punie.nothing", []))


async def test_a_foreign_action_cannot_be_resolved(editor: Editor) -> None:
    with pytest.raises(JsonRpcException) as caught:
        await editor.code_action_resolve_async(types.CodeAction("x", data={"punie_relay": {"child": "nobody"}}))

    assert caught.value.code == types.ErrorCodes.InvalidParams


async def test_after_all_that_a_fix_works(editor: Editor, root: Path) -> None:
    uri = saved(editor, root / "last.py", TEXT)

    assert await editor.fix(uri, "F541") == FIXED
