"""A command that waits for a person: nothing ends it but its answer, a cancel, or the end of its server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.editor import Editor, start
from tests.integration.relay.client import Json

QUESTION = "window/showMessageRequest"
ASK = {"type": 3, "message": "Run the tests?", "actions": [{"title": "Yes"}, {"title": "No"}]}
LINE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 4}}
EXECUTE = "workspace/executeCommand"


def command(*arguments: object, **params: object) -> Json:
    return {"command": "punie.runTests", "arguments": list(arguments), **params}


async def asked(editor: Editor, **params: object) -> tuple[int, Json]:
    """A command whose question is open: its id, and the question."""
    editor.silent.add(QUESTION)
    since = len(editor.requests)
    identifier = editor.start_request(EXECUTE, command("ask", QUESTION, ASK, **params))
    return identifier, await editor.asked(QUESTION, since)


def reply(editor: Editor, question: Json, title: str = "Yes") -> None:
    editor.send({"jsonrpc": "2.0", "id": question["id"], "result": {"title": title}})


async def test_it_outlives_all_that_happens_meanwhile(workspace: Path) -> None:
    async with start(workspace) as editor:
        uri = editor.new("name = 1\n")
        identifier, question = await asked(editor)
        params = {"textDocument": {"uri": uri}, "range": LINE, "context": {"diagnostics": []}}
        # The stand-in takes one thing at a time, so that the others are waited for as long as the relay waits.
        await editor.result("textDocument/codeAction", params)
        await editor.result("textDocument/codeLens", {"textDocument": {"uri": uri}})
        for name in ("ty", "ruff"):
            process = await editor.running(name)
            process.kill()
            await editor.running(name, but=process.pid)
        editor.notify("workspace/didChangeConfiguration", {"settings": {"ruff": {"lineLength": 80}}})
        editor.type(uri, "name = 2\n")
        await editor.findings(uri)
        assert identifier not in [r["id"] for r in editor.responses]
        reply(editor, question)

        assert (await editor.response(identifier))["result"] == {"result": {"title": "Yes"}}


async def test_two_at_once_get_each_its_own_answer(workspace: Path) -> None:
    async with start(workspace) as editor:
        uri = editor.new("name = 1\n")
        identifier, question = await asked(editor)
        edit = {"command": "ruff.applyFormat", "arguments": [{"uri": uri, "version": 1}]}
        await editor.result(EXECUTE, edit)
        reply(editor, question, "No")

        assert (await editor.response(identifier))["result"] == {"result": {"title": "No"}}


async def test_a_cancel_reaches_its_server(workspace: Path, fake_log: Callable[[], list[dict[str, Any]]]) -> None:
    async with start(workspace) as editor:
        identifier, question = await asked(editor)
        editor.notify("$/cancelRequest", {"id": identifier})
        await editor.passed_on()
        reply(editor, question)
        await editor.response(identifier)

        assert [m["params"] for m in fake_log() if m.get("method") == "$/cancelRequest"] == [{"id": identifier}]


async def test_the_button_of_its_progress_reaches_its_server(
    workspace: Path, fake_log: Callable[[], list[dict[str, Any]]]
) -> None:
    async with start(workspace) as editor:
        created = command("ask", "window/workDoneProgress/create", {"token": "punie/1"})
        assert await editor.result(EXECUTE, created) == {"result": None}
        identifier, question = await asked(editor, workDoneToken="mine")
        for token in ("punie/1", "mine"):
            editor.notify("window/workDoneProgress/cancel", {"token": token})
        await editor.passed_on()
        reply(editor, question)
        await editor.response(identifier)

        heard = [m["params"]["token"] for m in fake_log() if m.get("method") == "window/workDoneProgress/cancel"]
        assert heard == ["punie/1", "mine"]


async def test_the_questions_of_a_dead_server_are_taken_back(workspace: Path) -> None:
    async with start(workspace) as editor:
        await editor.result(EXECUTE, command("ask", "window/workDoneProgress/create", {"token": "punie/1"}))
        identifier, question = await asked(editor)
        (await editor.running("fake")).kill()
        answer = await editor.response(identifier)

        assert answer["error"]["code"] == -32801
        assert await editor.notified("$/cancelRequest") == {"id": question["id"]}
        assert await editor.notified("$/progress") == {"token": "punie/1", "value": {"kind": "end"}}
        reply(editor, question)
        again, question = await asked(editor)
        reply(editor, question, "No")
        assert (await editor.response(again))["result"] == {"result": {"title": "No"}}


async def test_each_kind_of_question_has_its_answer(workspace: Path) -> None:
    answers = {
        "window/showDocument": {"success": True},
        "workspace/applyEdit": {"applied": False, "failureReason": "😀"},
        "window/workDoneProgress/create": None,
        "client/registerCapability": None,
    }
    registration = {"registrations": [{"id": "1", "method": "workspace/didChangeConfiguration"}]}
    asked = {"client/registerCapability": registration, "window/workDoneProgress/create": {"token": 7}}
    async with start(workspace) as editor:
        for method, result in answers.items():
            editor.answers[method] = lambda _, result=result: {"result": result}
            params = asked.get(method, {"uri": "file:///a.md", "edit": {}})
            assert await editor.result(EXECUTE, command("ask", method, params)) == {"result": result}
            assert await editor.notified_request(method, lambda p, params=params: p == params) == params
