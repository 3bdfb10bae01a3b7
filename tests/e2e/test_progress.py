"""A fix shows that it is at work, and can be cancelled; the server goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.conftest import F541_TEXT, Gate, Write
from tests.e2e.editor import Editor, start_editor, until_true, vscode

FIXED = 'print("🚀 世界", "done")\n'


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def held_fix(editor: Editor, uri: str, gate: Gate) -> tuple[asyncio.Task[Any], int | str]:
    """A fix in the middle of its work, and its progress token."""
    action = await editor.offer(uri, "F541")
    gate.shut()
    request = editor.protocol.send_request_async(types.CODE_ACTION_RESOLVE, action, msg_id="the fix")
    task = asyncio.create_task(request)

    async def begun() -> bool:
        return bool(editor.progress_reports) and all(editor.progress_reports.values())

    await until_true(begun, lambda: f"the progress is {editor.progress_reports}")
    (token,) = editor.progress_reports
    return task, token


async def refused(task: asyncio.Task[Any]) -> JsonRpcException:
    with pytest.raises(JsonRpcException) as caught:
        await task
    return caught.value


async def ended(editor: Editor, token: int | str) -> None:
    async def is_over() -> bool:
        return isinstance(editor.progress_reports[token][-1], types.WorkDoneProgressEnd)

    await until_true(is_over, lambda: f"the progress is {editor.progress_reports}")


async def works_again(editor: Editor, uri: str, gate: Gate) -> None:
    """Nothing is left of the cancelled fix, and the next one works."""

    async def is_left_alone() -> bool:
        return not any("gated-ruff" in part for p in editor.processes(recursive=True) for part in command_line(p))

    await until_true(is_left_alone, lambda: "the cancelled fix left a process behind")
    gate.open()
    editor.progress_reports.clear()
    assert await editor.fix(uri, "F541") == FIXED


def command_line(process: Any) -> list[str]:
    """Empty when the process has just ended."""
    try:
        line = process.cmdline()
    except Exception:
        return []
    return line if "check" in line else []


async def test_a_fix_begins_and_ends_its_progress(editor: Editor, uri: str, gate: Gate) -> None:
    task, token = await held_fix(editor, uri, gate)
    gate.open()

    resolved = await task

    await ended(editor, token)
    begin, *reports, end = editor.progress_reports[token]
    assert isinstance(begin, types.WorkDoneProgressBegin)
    assert begin.title == "Fix with Punie"
    assert begin.cancellable
    assert reports
    assert all(isinstance(r, types.WorkDoneProgressReport) and r.message for r in reports)
    assert isinstance(end, types.WorkDoneProgressEnd)
    assert editor.apply(resolved.edit) == ""
    assert editor.text(uri) == FIXED


async def test_each_fix_has_a_token_of_its_own(editor: Editor, uri: str) -> None:
    await editor.fix(uri, "F541")
    editor.change(uri, F541_TEXT)
    await editor.fix(uri, "F541")

    assert len(editor.progress_reports) == 2


async def test_the_cancel_button(editor: Editor, uri: str, gate: Gate) -> None:
    task, token = await held_fix(editor, uri, gate)

    editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))

    assert (await refused(task)).code == types.LSPErrorCodes.RequestCancelled
    await ended(editor, token)
    assert editor.text(uri) == F541_TEXT
    await works_again(editor, uri, gate)


async def test_a_cancelled_request(editor: Editor, uri: str, gate: Gate) -> None:
    task, token = await held_fix(editor, uri, gate)

    editor.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("the fix"))

    assert (await refused(task)).code == types.LSPErrorCodes.RequestCancelled
    await ended(editor, token)
    assert editor.text(uri) == F541_TEXT
    await works_again(editor, uri, gate)


@pytest.mark.asyncio(loop_scope="function")
async def test_a_cancelled_command(project: Path, write: Write, gate: Gate) -> None:
    gate.open()
    async with start_editor(project, vscode(resolve_support=None), environ=gate.environ) as editor:
        uri = editor.open(write("app.py", F541_TEXT))
        action = await editor.offer(uri, "F541")
        assert isinstance(action, types.CodeAction)
        assert action.command is not None
        editor.progress_reports["mine"] = []
        gate.shut()
        params = types.ExecuteCommandParams("punie.fix", action.command.arguments, work_done_token="mine")
        task = asyncio.create_task(
            editor.protocol.send_request_async(types.WORKSPACE_EXECUTE_COMMAND, params, msg_id="the fix")
        )

        async def begun() -> bool:
            return bool(editor.progress_reports["mine"])

        await until_true(begun, lambda: "the client's own token is not used")
        editor.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("the fix"))

        assert (await refused(task)).code == types.LSPErrorCodes.RequestCancelled
        await ended(editor, "mine")
        assert editor.applied == []
        await works_again(editor, uri, gate)


@pytest.mark.asyncio(loop_scope="function")
async def test_a_client_without_progress_is_not_bothered(project: Path, write: Write) -> None:
    capabilities = vscode()
    assert capabilities.window is not None
    capabilities.window.work_done_progress = None
    async with start_editor(project, capabilities) as editor:
        uri = editor.open(write("app.py", F541_TEXT))

        assert await editor.fix(uri, "F541") == FIXED

        assert editor.progress_reports == {}
