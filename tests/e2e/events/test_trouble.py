"""What must not disturb: clients that know nothing of events, or read slowly; long answers; a killed server."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.commands.conftest import APP
from tests.e2e.conftest import Write
from tests.e2e.editor import until_true
from tests.e2e.events.conftest import ALL
from tests.e2e.events.plugin import BEGINNING, NEVER, start_plugin
from tests.e2e.events.test_events import asking
from tests.model_server import ModelServer, Reply, call, say

LINE = "A line of 🚀 世界 that says this and that, and goes on to its end.\n"
WIDE_LINE = "🚀世界 " * 20 + "\n"
# A longer answer is cut off.
MOST_ANSWER = 1_000_000


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.mark.parametrize("said", [None, {"punie": {"events": "yes", "permissions": 1}}], ids=str)
async def test_who_does_not_ask_gets_nothing(project: Path, write: Write, model: ModelServer, said: Any) -> None:
    run = call("run_code", code="run_command(['git', '--version']).exit_code")
    model.add(run, say("Well."))
    async with start_plugin(project, said, settings={"model": model.spec}) as (editor, plugin):
        editor.open(write("app.py", APP))

        outcome = await editor.run("punie.ask", {"prompt": "Who?"})

        assert outcome.message == "Well."
        assert len(editor.questions) == 1
        assert (plugin.told, plugin.states, plugin.asked) == ([], [], [])


async def test_a_megabyte_while_hovering(project: Path, write: Write, model: ModelServer) -> None:
    text = LINE * (MOST_ANSWER // len(LINE))
    size = 2_000
    model.add(Reply(text=text, size=size, hold=len(text) // size))
    async with start_plugin(project, ALL, settings={"model": model.spec}) as (editor, plugin):
        uri = editor.open(write("app.py", "from shop import price\r\n\r\nx = price('👩‍🚀')\r\n"))
        task = asking(editor, {"prompt": "Tell me all", "uri": uri})
        await plugin.until("text")
        hovers = 0

        while len(plugin.text()) < MOST_ANSWER - 10 * size:
            hover = await editor.text_document_hover_async(types.HoverParams(**editor.at(uri, "price('")))
            assert hover is not None
            assert "price" in str(hover.contents)
            hovers += 1

        assert hovers > 0
        assert not task.done()
        model.release()
        await task
        assert plugin.text() == text
        # Many pieces of the model became fewer messages.
        assert len(plugin.told) < len(text) // size


async def test_a_client_that_reads_nothing_for_a_while(project: Path, write: Write, model: ModelServer) -> None:
    text = WIDE_LINE * (400_000 // len(WIDE_LINE))  # more than two megabytes as JSON
    model.add(Reply(text=text, size=20_000, calls=call("run_code", code="1 + 1").calls), say("After all.", delay=0.2))
    async with start_plugin(project, ALL, settings={"model": model.spec}) as (editor, plugin):
        uri = editor.open(write("app.py", APP))
        await editor.run("punie.sessions", {"action": "list"})  # the agent is there
        task = asking(editor, {"prompt": "Tell me all", "uri": uri})
        await plugin.until("turn_started")
        assert editor._server is not None

        os.kill(editor._server.pid, signal.SIGSTOP)
        try:
            # The turn goes on: the model is asked again although nobody has read its first answer.
            await asyncio.to_thread(model.wait_for, 2)
        finally:
            os.kill(editor._server.pid, signal.SIGCONT)
        await task

        assert plugin.text() == f"{text}After all."
        assert plugin.types() == [
            "turn_started",
            "text",
            "program",
            "program_ended",
            "usage",
            "text",
            "usage",
            "done",
        ]


async def test_a_killed_server(project: Path, write: Write, model: ModelServer) -> None:
    model.add(Reply(text=BEGINNING, size=15, hold=5))
    async with start_plugin(project, ALL, settings={"model": model.spec}) as (editor, plugin):
        uri = editor.open(write("app.py", APP))
        task = asking(editor, {"prompt": "Tell me", "uri": uri})
        await plugin.until("text")
        await plugin.state(state="working", session=plugin.told[0]["session"])
        plugin.states.clear()

        process = editor.server_process("punie")
        assert process is not None
        process.kill()

        with pytest.raises(JsonRpcException):
            await task
        # The new server says that nothing of before runs any more.
        assert (await plugin.state(running=[]))["session"] == ""
        assert "done" not in plugin.types()
        session = plugin.told[0]["session"]
        plugin.clear()
        model.add(say("Here I am."))
        await editor.run("punie.ask", {"prompt": "Go on", "session": session})
        assert plugin.text() == "Here I am."
        assert (plugin.told[0]["session"], plugin.told[0]["turn"]) == (session, 2)
        assert plugin.types()[-1] == "done"


async def test_a_killed_server_withdraws_its_question(project: Path, write: Write, model: ModelServer) -> None:
    model.add(call("run_code", code="run_command(['git', '--version']).exit_code"), say("Never."))
    async with start_plugin(project, ALL, settings={"model": model.spec}) as (editor, plugin):
        editor.open(write("app.py", APP))
        plugin.replies.append(NEVER)
        task = asking(editor, {"prompt": "Which git?"})
        await plugin.question()

        process = editor.server_process("punie")
        assert process is not None
        process.kill()

        with pytest.raises(JsonRpcException):
            await task

        async def withdrawn() -> bool:
            return plugin.withdrawn == plugin.asked

        await until_true(withdrawn, lambda: "the question is still open")
