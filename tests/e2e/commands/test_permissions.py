"""What a model wants to run is asked first, exactly as it would run; stopping takes the question back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.commands.conftest import clean
from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, start_editor, until_true
from tests.model_server import ModelServer, call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

RUN = call("run_code", code="run_command(['git', '--version']).exit_code")


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


async def test_a_no_reaches_the_model(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(RUN, say("I may not."))
    editor.answers.append("Reject")

    outcome = await editor.run("punie.ask", {"prompt": "Which git?", "session": "new"})

    assert outcome.message == "I may not."
    (question,) = editor.questions
    assert question.type == types.MessageType.Warning
    assert "git --version" in question.message
    assert "Allow" in [action.title for action in question.actions or ()]
    assert "`git --version` was not run: nobody allowed it." in model.chats[-1].last


async def test_a_yes_lets_it_run(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(RUN, say("It runs."))
    editor.answers.append("Allow")

    await editor.run("punie.ask", {"prompt": "Which git?", "session": "new"})

    assert '"result":0' in model.chats[-1].last.replace(" ", "")


async def test_a_yes_for_the_session_is_asked_once(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(RUN, say("Once."), RUN, say("Twice."))
    editor.answers.append("Allow in this session")

    await editor.run("punie.ask", {"prompt": "Which git?", "session": "new"})
    await editor.run("punie.ask", {"prompt": "Which git again?"})

    assert len(editor.questions) == 1


async def test_stopping_takes_the_question_back(editor: Editor, app: str, model: ModelServer) -> None:
    model.add(RUN, say("Never."))
    editor.answering.clear()
    task = asyncio.create_task(editor.run("punie.ask", {"prompt": "Which git?", "session": "new"}))
    await editor.asked("git --version")

    await editor.run("punie.stop")

    with pytest.raises(JsonRpcException) as caught:
        await task
    assert caught.value.code == types.LSPErrorCodes.RequestCancelled

    async def withdrawn() -> bool:
        return len(editor.withdrawn) == 1

    await until_true(withdrawn, lambda: "the question is still open")
