"""Servers that are missing, broken or killed: the user is told, the rest works, and nothing unchecked is offered."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.conftest import Gate, Write
from tests.e2e.editor import Editor, start_editor, until_true
from tests.e2e.text_edits import apply

RUFF_TEXT = 'print("🚀 世界", f"done")\n'
RUFF_FIXED = 'print("🚀 世界", "done")\n'
TY_TEXT = 'import datetime\n\nprint("🚀 世界", timedelta(1), datetime.date)\n'
TY_FIXED = 'import datetime\n\nprint("🚀 世界", datetime.timedelta(1), datetime.date)\n'


@pytest.fixture(params=["missing", "broken"])
def bad_program(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A program that is not there, or exits at once with status 3."""
    program = tmp_path / "bad-program"
    if request.param == "broken":
        program.write_text("#!/bin/sh\necho 'out of order' >&2\nexit 3\n")
        program.chmod(0o755)
    return str(program)


async def test_without_ty(project: Path, write: Write, bad_program: str) -> None:
    async with start_editor(project, environ={"PUNIE_TY": bad_program}) as editor:
        message = await editor.said("ty could not be started")
        assert bad_program in message
        assert "Hover, completion, navigation and type errors are off" in message
        assert "PUNIE_TY" in message
        uri = editor.open(write("app.py", RUFF_TEXT))

        await refuses_what_it_cannot_check(editor, uri, "F541", "ty")

        await formats(editor, uri)


async def test_without_ruff(project: Path, write: Write, bad_program: str) -> None:
    async with start_editor(project, environ={"PUNIE_RUFF": bad_program}) as editor:
        message = await editor.said("ruff could not be started")
        assert bad_program in message
        assert "Linting and formatting are off" in message
        assert "PUNIE_RUFF" in message
        uri = editor.open(write("app.py", TY_TEXT))

        await refuses_what_it_cannot_check(editor, uri, "unresolved-reference", "ruff")

        hover = await editor.text_document_hover_async(types.HoverParams(**editor.at(uri, "datetime.date)")))
        assert hover is not None


async def test_without_the_punie_server(project: Path, write: Write) -> None:
    async with start_editor(project, environ={"PUNIE_SERVER_COMMAND": '["/nowhere/punie"]'}) as editor:
        uri = editor.open(write("app.py", RUFF_TEXT))

        assert "Punie's own fixes and commands are off" in await editor.said("punie could not be started")
        problem = await editor.problem(uri, "F541")
        assert await editor.actions(uri, problem.range, problem) == []
        await formats(editor, uri)


async def test_a_killed_punie_server_comes_back_with_the_unsaved_text(project: Path, write: Write) -> None:
    async with start_editor(project) as editor:
        uri = editor.open(write("app.py", "x = 1\n"))
        editor.change(uri, RUFF_TEXT)
        await editor.offer(uri, "F541")

        await kill(editor, "punie")

        assert await editor.fix(uri, "F541") == RUFF_FIXED
        assert [m.message for m in editor.messages if m.type != types.MessageType.Info] == []
        assert (project / "app.py").read_text() == "x = 1\n"


async def test_a_fix_whose_server_is_killed_is_answered(project: Path, write: Write, gate: Gate) -> None:
    gate.open()
    async with start_editor(project, environ=gate.environ) as editor:
        uri = editor.open(write("app.py", RUFF_TEXT))
        action = await editor.offer(uri, "F541")
        assert isinstance(action, types.CodeAction)
        gate.shut()
        task = asyncio.create_task(editor.code_action_resolve_async(action))

        async def begun() -> bool:
            return bool(editor.progress_reports) and all(editor.progress_reports.values())

        await until_true(begun, lambda: "the fix does not begin")
        await kill(editor, "punie")
        gate.open()

        with pytest.raises(JsonRpcException) as caught:
            await task
        assert caught.value.code == types.LSPErrorCodes.ContentModified
        (progress,) = editor.progress_reports.values()
        assert isinstance(progress[-1], types.WorkDoneProgressEnd)
        assert await editor.fix(uri, "F541") == RUFF_FIXED


async def test_a_killed_ty_comes_back_with_the_unsaved_text(project: Path, write: Write) -> None:
    async with start_editor(project) as editor:
        uri = editor.open(write("app.py", "x = 1\n"))
        editor.change(uri, TY_TEXT)
        await editor.problem(uri, "unresolved-reference")
        editor.diagnostics.clear()

        await kill(editor, "ty")

        assert await editor.fix(uri, "unresolved-reference") == TY_FIXED
        await editor.gone(uri, "unresolved-reference")
        hover = await editor.text_document_hover_async(types.HoverParams(**editor.at(uri, "timedelta")))
        assert hover is not None


async def test_a_killed_ruff_comes_back_with_the_unsaved_text(project: Path, write: Write) -> None:
    async with start_editor(project) as editor:
        uri = editor.open(write("app.py", "x = 1\n"))
        editor.change(uri, RUFF_TEXT)
        await editor.problem(uri, "F541")
        editor.diagnostics.clear()

        await kill(editor, "ruff")

        assert await editor.fix(uri, "F541") == RUFF_FIXED
        await editor.gone(uri, "F541")


async def test_the_servers_own_ty_is_replaced_too(project: Path, write: Write) -> None:
    async with start_editor(project) as editor:
        uri = editor.open(write("app.py", RUFF_TEXT))
        assert await editor.fix(uri, "F541") == RUFF_FIXED
        server = editor.server_process("punie")
        assert server is not None
        for child in server.children(recursive=True):
            child.kill()
        editor.change(uri, TY_TEXT)

        async def fixed() -> bool:
            return await editor.fix(uri, "unresolved-reference") == TY_FIXED

        await until_true(fixed, lambda: f"the messages are {[m.message for m in editor.messages]}")


async def test_nothing_is_left_running(project: Path, write: Write) -> None:
    async with start_editor(project) as editor:
        uri = editor.open(write("app.py", RUFF_TEXT))
        await editor.fix(uri, "F541")
        children = editor.processes(recursive=True)
        assert len(children) >= 4

    assert [p for p in children if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []


async def refuses_what_it_cannot_check(editor: Editor, uri: str, code: str, tool: str) -> None:
    """The fix says that it is unknown whether it is good, and why; the text stays."""
    before = editor.text(uri)
    action = await editor.offer(uri, code)
    editor.messages.clear()
    assert isinstance(action, types.CodeAction)

    resolved = await editor.code_action_resolve_async(action)

    assert resolved.edit is None
    message = await editor.said("Punie")
    assert f"{tool}: " in message
    assert editor.text(uri) == before


async def formats(editor: Editor, uri: str) -> None:
    """ruff still formats."""
    editor.change(uri, "x=1\n")
    options = types.FormattingOptions(tab_size=4, insert_spaces=True)
    params = types.DocumentFormattingParams(types.TextDocumentIdentifier(uri), options)

    edits = await editor.text_document_formatting_async(params)

    assert apply("x=1\n", edits or (), editor.encoding) == "x = 1\n"


async def kill(editor: Editor, name: str) -> None:
    """Kill one of the relay's servers, once it runs, and wait until there is another one."""
    first = editor.server_process(name)
    assert first is not None
    first.kill()

    async def is_back() -> bool:
        now = editor.server_process(name)
        return now is not None and now.pid != first.pid

    await until_true(is_back, lambda: f"{name} does not come back")
