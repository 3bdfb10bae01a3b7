"""Conversations of the past: listed, shown, gone on with in another server, exported, deleted; another model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pygls.exceptions import JsonRpcException

from tests.e2e.conftest import Write
from tests.e2e.editor import Editor, start_editor
from tests.model_server import ModelServer, say

FIRST = "Where is total defined?"


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


async def told(editor: Editor, model: ModelServer, prompt: str, answer: str) -> None:
    model.add(say(answer))
    assert (await editor.run("punie.ask", {"prompt": prompt, "session": "new"})).message == answer


def ids(page: str) -> dict[str, str]:
    """The sessions of a list: id by title."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")]
    return {row[1].removesuffix(" (goes on)"): row[0].strip("`") for row in rows}


async def test_a_life_of_sessions(project: Path, write: Write, model: ModelServer) -> None:
    app = write("app.py", "x = 1\n")
    async with start_editor(project, settings={"model": model.spec}) as editor:
        editor.open(app)
        assert (await editor.run("punie.sessions")).message == "There are no sessions yet."
        await told(editor, model, FIRST, "In shop.py.")
        await told(editor, model, "A second one", "Yes.")
        found = ids((await editor.run("punie.sessions", {"action": "list"})).page)
        assert set(found) == {FIRST, "A second one"}

    async with start_editor(project, settings={"model": model.spec}) as editor:
        editor.open(app)
        shown = await editor.run("punie.sessions", {"action": "show", "session": found[FIRST]})
        assert "In shop.py." in shown.page

        editor.answers += ["2. Where is total defined?", "Resume"]
        resumed = await editor.run("punie.sessions")
        assert resumed.message == f"“{FIRST}” goes on: the next punie.ask belongs to it."
        model.add(say("Six lines."))
        more = await editor.run("punie.ask", {"prompt": "How long is it?"})
        assert "In shop.py." in more.page
        assert "Six lines." in more.page
        assert "In shop.py." in str(model.chats[-1].body["messages"])

        exported = await editor.run("punie.sessions", {"action": "export", "session": found[FIRST], "format": "json"})
        assert "Six lines." in json.dumps(json.loads(exported.answer), ensure_ascii=False)

        editor.questions.clear()
        gone = await editor.run("punie.sessions", {"action": "delete", "session": found["A second one"]})
        assert gone.message == "“A second one” is deleted."
        assert editor.questions == []
        editor.answers += [f"1. {FIRST}", "Keep"]
        kept = await editor.run("punie.sessions", {"action": "delete"})
        assert kept.message == f"“{FIRST}” is kept."
        assert set(ids((await editor.run("punie.sessions", {"action": "list"})).page)) == {FIRST}

        with pytest.raises(JsonRpcException, match="is no session of this project"):
            await editor.run("punie.sessions", {"action": "show", "session": "nosuch"})
        assert (await editor.run("punie.sessions")).message == "Nothing was chosen."


async def test_another_model_answers(project: Path, write: Write, model: ModelServer) -> None:
    async with start_editor(project) as editor:
        editor.open(write("app.py", "x = 1\n"))
        await editor.run("punie.ask", {"prompt": "Who uses price?"})
        model.add(say("I am scripted."))

        chosen = await editor.run("punie.selectModel", {"model": model.spec})
        answer = await editor.run("punie.ask", {"prompt": "Who are you?"})

        assert chosen.message.endswith("answers from now on.")
        assert answer.message == "I am scripted."
        assert "scripted" in (await editor.run("punie.status")).page
        editor.answers.append("builtin")
        assert (await editor.run("punie.selectModel")).message == "builtin answers from now on."
        assert "Which model? Now: " in editor.questions[-1].message


async def test_a_model_that_is_not_there(project: Path, write: Write) -> None:
    async with start_editor(project) as editor:
        editor.open(write("app.py", "x = 1\n"))

        with pytest.raises(JsonRpcException) as caught:
            await editor.run("punie.selectModel", {"model": "nobody:nothing"})

        assert "nobody" in caught.value.message
        assert await editor.said("nobody")
