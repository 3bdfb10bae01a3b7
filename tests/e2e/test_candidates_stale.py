"""The text moves on while fixes are looked for, offered or made: never an edit for texts that are no more."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.conftest import Gate
from tests.e2e.editor import Editor, until_true
from tests.e2e.menus import chosen, looked, menu

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = "def size(height: int, weight: int) -> int:\n    print('🚀 世界', heigt)\n    return weight\n"
MOVED = f"# one line more\n{TEXT}"
SECOND = "Change heigt to weight"


def write(editor: Editor, name: str, text: str) -> str:
    """A document of the test's own."""
    assert editor.root is not None
    path = editor.root / name
    path.write_text(text)
    return editor.open(path)


async def second(editor: Editor, uri: str) -> types.CodeAction:
    """The second fix of the misspelt name, offered for the text as it is."""
    line = editor.text(uri).split("heigt", 1)[0].count("\n")  # what was published before a change may still be there
    problems = await editor.problems(uri, lambda found: any(names(problem, line) for problem in found))
    problem = next(problem for problem in problems if names(problem, line))
    found = await looked(editor, uri, problem.range, problem)
    return next(action for action in found if chosen(action) == SECOND)


def names(problem: types.Diagnostic, line: int) -> bool:
    """Whether it is about the misspelt name in a line."""
    return problem.code == "unresolved-reference" and problem.range.start.line == line


async def at_work(editor: Editor) -> None:
    async def begun() -> bool:
        return bool(editor.progress_reports) and all(editor.progress_reports.values())

    await until_true(begun, lambda: "the fix does not begin")


async def refused(task: asyncio.Task[Any]) -> JsonRpcException:
    with pytest.raises(JsonRpcException) as caught:
        await task
    return caught.value


async def test_a_change_after_the_offer(editor: Editor) -> None:
    uri = write(editor, "after.py", TEXT)
    action = await second(editor, uri)
    editor.change(uri, MOVED)

    error = await refused(asyncio.create_task(editor.code_action_resolve_async(action)))

    assert error.code == types.LSPErrorCodes.ContentModified
    await editor.choose(await second(editor, uri))
    assert editor.text(uri) == MOVED.replace("heigt", "weight")


async def test_a_change_while_it_is_made(editor: Editor, gate: Gate) -> None:
    uri = write(editor, "during.py", TEXT)
    action = await second(editor, uri)
    editor.progress_reports.clear()
    gate.shut()
    task = asyncio.create_task(editor.code_action_resolve_async(action))
    await at_work(editor)
    editor.change(uri, MOVED)
    gate.open()

    assert (await refused(task)).code == types.LSPErrorCodes.ContentModified
    assert editor.text(uri) == MOVED


async def test_a_change_elsewhere_while_it_is_made(editor: Editor, gate: Gate) -> None:
    other = write(editor, "elsewhere.py", "value = 1\n")
    uri = write(editor, "here.py", TEXT)
    action = await second(editor, uri)
    editor.progress_reports.clear()
    gate.shut()
    task = asyncio.create_task(editor.code_action_resolve_async(action))
    await at_work(editor)
    editor.change(other, "value = 2\n")
    gate.open()

    resolved = await task

    assert resolved.edit is not None
    assert editor.apply(resolved.edit) == ""
    assert editor.text(uri) == TEXT.replace("heigt", "weight")
    assert editor.text(other) == "value = 2\n"


async def test_a_change_elsewhere_with_which_the_fix_would_break(editor: Editor, gate: Gate) -> None:
    user = write(editor, "user.py", "value = 1\n")
    uri = write(editor, "used.py", "import json\n\n\ndef use() -> int:\n    return 1\n")
    problem = await editor.problem(uri, "F401")
    action = next(a for a in await looked(editor, uri, problem.range, problem) if "Remove" in a.title)
    editor.progress_reports.clear()
    gate.shut()
    task = asyncio.create_task(editor.code_action_resolve_async(action))
    await at_work(editor)
    editor.change(user, "from used import json\n\nprint(json.dumps({}))\n")
    gate.open()

    assert (await refused(task)).code == types.LSPErrorCodes.ContentModified
    assert editor.buffers[uri].version == 1


async def test_the_best_is_taken_while_nothing_is_known(editor: Editor, gate: Gate) -> None:
    uri = write(editor, "best.py", TEXT)
    problem = await editor.problem(uri, "unresolved-reference")
    await looked(editor, uri, problem.range, problem)
    editor.change(uri, MOVED)
    problem = await editor.problem(uri, "unresolved-reference")
    gate.shut()

    (action,) = await menu(editor, uri, problem.range, problem)
    gate.open()
    await editor.choose(action)

    assert action.title == "Fix with Punie: Name `heigt` used when not defined"
    assert editor.text(uri) == MOVED.replace("heigt", "height")


async def test_typing_ends_the_search(editor: Editor, gate: Gate) -> None:
    uri = write(editor, "typing_on.py", TEXT)
    problem = await editor.problem(uri, "unresolved-reference")
    gate.shut()
    await menu(editor, uri, problem.range, problem)

    async def searching() -> bool:
        return bool(held(editor))

    async def ended() -> bool:
        return not held(editor)

    await until_true(searching, lambda: "nothing is looked for")
    editor.change(uri, MOVED)

    await until_true(ended, lambda: "the search goes on")
    gate.open()
    assert (await second(editor, uri)).title == f"Fix with Punie: {SECOND}"


async def test_the_newest_search_wins(editor: Editor, gate: Gate) -> None:
    names = ["heigt", "weigth"]
    text = TEXT + "\n\ndef other(weight: int) -> int:\n    return weigth\n"
    uri = write(editor, "newest.py", text)
    problems = await editor.problems(uri, lambda items: sum(any(n in d.message for n in names) for d in items) == 2)
    first, last = sorted(problems, key=lambda d: d.range.start.line)
    gate.shut()
    await menu(editor, uri, first.range, first)
    await menu(editor, uri, last.range, last)
    gate.open()

    found = await looked(editor, uri, last.range, last)

    assert found[0].title == "Fix with Punie: Change weigth to weight"


async def test_a_cancelled_request_for_the_menu(editor: Editor, gate: Gate) -> None:
    uri = write(editor, "cancelled.py", TEXT)
    problem = await editor.problem(uri, "unresolved-reference")
    gate.shut()
    context = types.CodeActionContext([problem], trigger_kind=types.CodeActionTriggerKind.Invoked)
    params = types.CodeActionParams(types.TextDocumentIdentifier(uri), problem.range, context)
    request = editor.protocol.send_request_async(types.TEXT_DOCUMENT_CODE_ACTION, params, msg_id="the menu")
    task = asyncio.create_task(request)
    await asyncio.sleep(0)
    editor.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("the menu"))

    with pytest.raises(JsonRpcException):
        await task
    gate.open()
    assert (await second(editor, uri)).title == f"Fix with Punie: {SECOND}"


async def test_ty_is_killed_during_the_search(editor: Editor, gate: Gate) -> None:
    uri = write(editor, "killed.py", TEXT)
    problem = await editor.problem(uri, "unresolved-reference")
    gate.shut()
    await menu(editor, uri, problem.range, problem)
    for process in own_ty(editor):
        process.send_signal(signal.SIGKILL)
    gate.open()

    await editor.choose(await second(editor, uri))

    assert editor.text(uri) == TEXT.replace("heigt", "weight")


def held(editor: Editor) -> list[psutil.Process]:
    """The checks that wait at the gate."""
    return [p for p in editor.processes(recursive=True) if any("gated-ruff" in part for part in line_of(p)[:2])]


def own_ty(editor: Editor) -> list[psutil.Process]:
    """The agent's ty: not the relay's."""
    relayed = editor.server_process("ty")
    found = [p for p in editor.processes(recursive=True) if line_of(p)[1:2] == ["server"]]
    own = [p for p in found if Path(line_of(p)[0]).name == "ty" and (relayed is None or p.pid != relayed.pid)]
    assert own
    return own


def line_of(process: psutil.Process) -> list[str]:
    """A command line; empty when the process has just ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []
