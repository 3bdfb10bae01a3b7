"""A prompt in any editor: progress, an answer to read, edits after a question; with a model that says what we want."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.commands.conftest import APP, clean, put
from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, start_editor, until_true
from tests.model_server import ModelServer, Reply, call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

EDITED = APP.replace('f"done"', '"done"')
EDIT = call("run_code", code="edit_file('app.py', 'f\"done\"', '\"done\"')\nverify_edits(0).state")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Editor]:
    root = make_project(tmp_path_factory.mktemp("asked"))
    async with start_editor(root, settings={"model": model.spec}) as editor:
        yield editor


@pytest_asyncio.fixture(loop_scope="module")
async def editor(shared: Editor, model: ModelServer) -> Editor:
    clean(shared)
    model.script.replies.clear()
    return shared


def reported(editor: Editor) -> list[str]:
    """The sentences of all progress bars."""
    values = [value for values in editor.progress_reports.values() for value in values]
    return [value.message for value in values if isinstance(value, types.WorkDoneProgressReport) and value.message]


def asking(editor: Editor, arguments: dict[str, Any], key: str = "the prompt") -> asyncio.Task[Any]:
    """A prompt on its way, to be cancelled by its key."""
    params = types.ExecuteCommandParams("punie.ask", [arguments])
    return asyncio.create_task(editor.protocol.send_request_async(types.WORKSPACE_EXECUTE_COMMAND, params, msg_id=key))


async def test_an_answer_to_read(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(
        call("run_code", code="len(find_references('price').references)"), say("It is used **twice** 🚀.\n\nMore.")
    )

    outcome = await editor.run("punie.ask", {"prompt": "How often is price used?", "uri": app, "session": "new"})

    assert not outcome.applied
    assert outcome.message == "It is used **twice** 🚀."
    assert outcome.answer == "It is used **twice** 🚀.\n\nMore."
    assert outcome.page.startswith(
        "# How often is price used?\n\n## 1. How often is price used?\n\nIt is used **twice** 🚀."
    )
    assert "tool call" in outcome.page
    (shown,) = editor.shown_documents
    assert (shown.uri, shown.take_focus) == (outcome.document, False)
    assert "Waiting for the model…" in reported(editor)
    assert "The open file is app.py." in str(model.chats[-1].body["messages"])


async def test_the_next_prompt_goes_on_with_the_conversation(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(say("First."), say("Second."))
    await editor.run("punie.ask", {"prompt": "One?", "session": "new"})

    outcome = await editor.run("punie.ask", {"prompt": "Two?"})

    assert "## 1. One?\n\nFirst." in outcome.page
    assert "## 2. Two?\n\nSecond." in outcome.page
    assert "First." in str(model.chats[-1].body["messages"])
    line = editor.shown_documents[-1].selection
    assert line is not None
    assert outcome.page.splitlines()[line.start.line] == "## 2. Two?"


async def test_edits_after_a_yes(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(EDIT, say("I removed the prefix."))
    editor.answers += ["Show diff", "Apply"]

    outcome = await editor.run("punie.ask", {"prompt": "Tidy app.py"})

    assert outcome.applied
    assert outcome.message == "I removed the prefix. Applied."
    assert editor.text(app) == EDITED
    assert "Ask Punie: app.py (+1 -1)." in editor.questions[0].message
    assert "**Applied.**" in outcome.page
    assert "```diff\n" in outcome.page
    undone = await editor.run("punie.undo")
    assert undone.applied
    assert editor.text(app) == APP


async def test_a_no_is_noted_too(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(EDIT, say("I removed the prefix."))
    editor.answers.append("Reject")

    outcome = await editor.run("punie.ask", {"prompt": "Tidy app.py"})

    assert not outcome.applied
    assert editor.text(app) == APP
    assert "**Rejected; nothing was changed.**" in outcome.page


async def test_typing_while_the_model_thinks(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(EDIT, say("I removed the prefix.", delay=0.5))
    editor.answers.append("Apply")
    task = asyncio.create_task(editor.run("punie.ask", {"prompt": "Tidy app.py"}))
    arrived = len(model.chats) + 2
    await asyncio.to_thread(model.wait_for, arrived)

    editor.change(app, f"# typed\r\n{APP}")
    outcome = await task

    assert not outcome.applied
    assert "app.py changed meanwhile, so nothing was applied. Ask again." in outcome.message
    assert editor.text(app) == f"# typed\r\n{APP}"


async def test_edits_that_break_something_are_never_offered(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(call("run_code", code="edit_file('app.py', 'x = price', 'x = nothing')"), say("Done."))

    outcome = await editor.run("punie.ask", {"prompt": "Break app.py"})

    assert not outcome.applied
    assert editor.questions == []
    assert editor.text(app) == APP
    assert "dropped" in outcome.page.lower()


@pytest.mark.parametrize("how", ["button", "request", "stop"])
async def test_stopping_keeps_what_was_said(editor: Editor, app: str, model: ModelServer, how: str) -> None:
    model.add(Reply(text="The beginning of all. And the rest of it. " * 3, size=15, hold=5))
    task = asking(editor, {"prompt": "Tell me", "session": "new"})

    async def writing() -> bool:
        return "Writing the answer…" in reported(editor)

    await until_true(writing, lambda: f"the progress is {reported(editor)}")
    (token,) = editor.progress_reports
    match how:
        case "button":
            editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
        case "request":
            editor.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("the prompt"))
        case _:
            assert (await editor.run("punie.stop")).message == "Stopped: Ask Punie."

    with pytest.raises(JsonRpcException) as caught:
        await task
    assert caught.value.code == types.LSPErrorCodes.RequestCancelled
    model.add(say("Here I am."))
    outcome = await editor.run("punie.ask", {"prompt": "Are you there?"})
    first = outcome.page.partition("## 2. Are you there?")[0]
    assert "## 1. Tell me\n\nThe beginning of all." in first
    assert "**Cancelled" in first
    assert "## 2. Are you there?\n\nHere I am." in outcome.page


async def test_two_at_once_have_sessions_of_their_own(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(Reply(text="Never said.", hold=0, when="Slow?"))
    slow = asking(editor, {"prompt": "Slow?", "session": "new"})
    await asyncio.to_thread(model.wait_for, len(model.chats) + 1)
    model.add(EDIT, say("Quick."))

    quick = await editor.run("punie.ask", {"prompt": "Quick?", "apply": True})

    assert quick.applied
    assert "Slow?" not in quick.page
    assert not slow.done()
    page = (await editor.run("punie.status")).page
    assert "Ask Punie" in page.partition("## Running")[2]
    await editor.run("punie.stop")
    with pytest.raises(JsonRpcException):
        await slow


async def test_one_session_takes_its_turns_in_order(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(say("Begun."))
    session = (await editor.run("punie.status"), await editor.run("punie.ask", {"prompt": "Begin", "session": "new"}))[
        1
    ]
    status = (await editor.run("punie.status")).page
    key = status.partition("| session | Begin (`")[2].partition("`)")[0]
    assert key, status
    assert session.message == "Begun."
    model.add(say("One.", delay=0.5, when="Count"), say("Two.", when="On"))
    first = asyncio.create_task(editor.run("punie.ask", {"prompt": "Count", "session": key}))
    second = asyncio.create_task(editor.run("punie.ask", {"prompt": "On", "session": key}))

    await first
    outcome = await second

    assert "## 2. Count\n\nOne." in outcome.page
    assert "## 3. On\n\nTwo." in outcome.page
    assert "Waiting for the turn before…" in reported(editor)


async def test_a_failing_model_is_one_sentence(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(Reply(status=401, text="bad key"))

    outcome = await editor.run("punie.ask", {"prompt": "Who?"})

    assert not outcome.applied
    assert outcome.message.startswith("Failed: ")
    assert "\n" not in outcome.message
    assert await editor.said("Failed: ")


async def test_an_unknown_session(editor: Editor, app: str) -> None:
    with pytest.raises(JsonRpcException) as caught:
        await editor.run("punie.ask", {"prompt": "Who?", "session": "nosuch"})

    assert "nosuch" in caught.value.message or "Sessions are not kept here" in caught.value.message


TASKS = {
    "punie.explain": "Explain the code at app.py:6:5-6:10",
    "punie.generateTests": "Write tests for the definition at app.py:6:5-6:10",
    "punie.annotateTypes": "Add type annotations to the definition at app.py:6:5-6:10",
    "punie.writeDocstring": "Write a docstring for the definition at app.py:6:5-6:10",
    "punie.refactor": "Refactor the code at app.py:6:5-6:10",
}


@pytest.mark.parametrize("command", TASKS)
async def test_the_other_commands_are_prompts_about_a_place(
    editor: Editor, app: str, model: ModelServer, command: str
) -> None:
    model.add(say("Well."))
    start, end = {"line": 5, "character": 4}, {"line": 5, "character": 9}
    more = {"text": "into a function 🚀"} if command == "punie.refactor" else {}

    outcome = await editor.run(command, {"uri": app, "range": {"start": start, "end": end}, **more})

    assert outcome.message == "Well."
    assert model.chats[-1].last.startswith(TASKS[command])
    assert model.chats[-1].last.endswith(more.get("text", TASKS[command]))


async def test_a_problem_is_explained_where_it_is(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(say("It is not used."))
    where = {"start": {"line": 4, "character": 15}, "end": {"line": 4, "character": 22}}
    problem = {"message": "f-string 🚀", "range": where, "source": "Ruff", "code": "F541"}

    await editor.run("punie.explain", {"uri": app, "diagnostic": problem})

    # The client counts in UTF-16, prompts in code points: the rocket is one.
    assert model.chats[-1].last == "Explain the code at app.py:5:15-5:22\nRuff F541: f-string 🚀"


async def test_a_failing_test_is_fixed(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(EDIT, say("It was the prefix."))

    arguments = {"uri": app, "testId": "test_app.py::test_x", "message": "assert 1 == 2", "apply": True}
    outcome = await editor.run("punie.fix", arguments)

    assert outcome.applied
    assert editor.text(app) == EDITED
    assert "Fix the failing test test_app.py::test_x\\nassert 1 == 2" in str(model.chats[-2].body["messages"])


async def test_a_new_file_is_created(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(call("run_code", code="write_file('made.py', 'x = 1\\n')"), say("Made."))

    outcome = await editor.run("punie.ask", {"prompt": "Make a file", "apply": True})

    assert outcome.applied
    assert editor.root is not None
    assert editor.text((editor.root / "made.py").as_uri()) == "x = 1\n"


async def test_several_files_in_one_edit(editor: Editor, app: str, shop: str, model: ModelServer) -> None:
    other = put(editor, "other.py", 'y = "🚀"\r\n')
    code = "edit_file('app.py', 'f\"done\"', '\"done\"')\nedit_file('other.py', 'y = ', 'y: str = ')"
    model.add(call("run_code", code=code), say("Both."))

    outcome = await editor.run("punie.ask", {"prompt": "Tidy both", "apply": True})

    assert outcome.applied
    assert len(editor.applied) == 1
    assert (editor.text(app), editor.text(other)) == (EDITED, 'y: str = "🚀"\r\n')
