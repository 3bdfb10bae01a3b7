"""`punie-ls chat`: a conversation with a history, several lines, commands, and turns that can be stopped."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.ask.conftest import APP, TIDY, Ask, Open, assert_gone, family
from tests.editors.programs import skipped_without
from tests.model_server import ModelServer, Reply, call, say

in_terminal = pytest.mark.skipif(skipped_without("tmux"), reason="a terminal needs tmux")


@in_terminal
def test_a_conversation(open_terminal: Open, tmp_path: Path, model: ModelServer) -> None:
    model.add(say("One."), say("Two."), say("Three."), say("Four."), say("Five."))

    chat = open_terminal("chat")
    chat.wait("else there is\n>")
    chat.keys("who calls it?", "Enter")
    chat.wait("One.")
    chat.keys("on two \\", "Enter", "lines", "Enter")
    chat.wait("Two.")
    chat.keys("```", "Enter", "a = 1", "Enter", "b = 2", "Enter", "```", "Enter")
    chat.wait("Three.")
    chat.paste("pasted\nin two lines")
    chat.keys("Enter")
    chat.wait("Four.")
    chat.keys("Up", " again", "Enter")
    chat.wait("Five.")
    chat.keys("/sessions", "Enter")
    chat.wait("5 turns")
    processes = family(chat.process)
    chat.wait_for_prompt()
    chat.keys("C-d")

    assert chat.status() == 0
    assert [request.last for request in model.chats] == [
        "who calls it?",
        "on two \nlines",
        "a = 1\nb = 2",
        "pasted\nin two lines",
        "pasted\nin two lines again",
    ]
    assert_gone(processes)
    history = tmp_path / "state" / "chat-history"
    assert history.stat().st_mode & 0o777 == 0o600


@in_terminal
def test_edits_can_be_written_later_and_taken_back(open_terminal: Open, app: Path, model: ModelServer) -> None:
    model.add(call("run_code", code=TIDY), say("Done."))
    before = app.read_bytes()

    chat = open_terminal("chat")
    chat.wait("else there is\n>")
    chat.keys("tidy app.py", "Enter")
    chat.wait("y/n/h/d>")
    chat.keys("n", "Enter")
    chat.wait("nothing was changed")
    assert app.read_bytes() == before
    chat.wait_for_prompt()
    chat.keys("/apply", "Enter")
    chat.wait("Written: app.py (+2 -2)")
    assert app.read_bytes() == APP.replace('f"', '"').replace("\n", "\r\n").encode()
    chat.keys("/apply", "Enter")
    chat.wait("There are no edits to write.")
    chat.keys("/undo", "Enter")
    chat.wait("Taken back: ")
    assert app.read_bytes() == before
    chat.keys("/quit", "Enter")

    assert chat.status() == 0


@in_terminal
def test_a_turn_is_stopped_and_the_conversation_goes_on(open_terminal: Open, model: ModelServer) -> None:
    model.add(Reply(text="The beginning. " * 40, hold=12), say("Again."))

    chat = open_terminal("chat")
    chat.wait("else there is\n>")
    chat.keys("C-c")
    chat.wait("Ctrl-D or /quit leaves.")
    chat.keys("talk", "Enter")
    chat.wait("The beginning.")
    chat.keys("C-c")
    chat.wait("Stopped. Nothing was changed.")
    chat.keys("and now?", "Enter")
    chat.wait("Again.")
    chat.keys("/nonsense", "Enter")
    chat.wait("There is no /nonsense")
    chat.keys("/new", "Enter")
    chat.wait("A new session: ")
    chat.keys("/model builtin", "Enter")
    chat.wait("builtin answers from now on.")
    chat.wait_for_prompt()
    chat.keys("C-d")

    assert chat.status() == 0
    assert "Traceback" not in chat.text()


@in_terminal
def test_twice_leaves_the_conversation(open_terminal: Open, tmp_path: Path, model: ModelServer) -> None:
    model.add(Reply(text="The beginning. " * 40, hold=12))

    chat = open_terminal("chat", PUNIE_TERM="dumb")
    chat.wait("else there is\n>")
    chat.keys("talk", "Enter")
    model.wait_for(1)
    processes = family(chat.process)
    with closing(sqlite3.connect(tmp_path / "store" / "punie.db", isolation_level=None)) as store:
        store.execute("BEGIN IMMEDIATE")  # so that the turn cannot end quickly
        chat.keys("C-c")
        chat.wait("Stopping… Ctrl-C again leaves at once.")
        chat.keys("C-c")

        assert chat.status() == 130
        assert_gone(processes)
    assert "Traceback" not in chat.text()


@in_terminal
def test_a_stranger_is_asked_about_when_the_prompt_is_not_in_use(open_terminal: Open, project: Path) -> None:
    (project / "punie.toml").write_text('model = ["http://model.invalid/v1#x", "builtin"]\n')

    chat = open_terminal("chat")
    chat.wait("else there is\n>")
    chat.keys("hel")
    time.sleep(8)
    assert "Use the model" not in chat.text()
    chat.keys("lo", "Enter")
    chat.wait("y/n>")
    chat.keys("n", "Enter")
    chat.wait("The builtin planner answers.")
    chat.wait("Hello.")
    chat.wait_for_prompt()
    chat.keys("C-d")

    assert chat.status() == 0


def test_without_a_terminal_each_line_is_a_prompt(punie: Ask, app: Path, model: ModelServer) -> None:
    model.add(say("One."), call("run_code", code=TIDY), say("Two."))

    done = punie("chat", stdin="first\n/help\ntidy\n\n")

    assert done.code == 1
    assert "One.\n" in done.out
    assert "Two.\n" in done.out
    assert "Not written: nobody can be asked here." in done.err
    assert app.read_bytes() == APP.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("spec", "said"), [("http://127.0.0.1:9/v1#gone", "Nothing listens at 127.0.0.1:9"), ("gone", "no model 'gone'")]
)
def test_a_model_that_cannot_answer(punie: Ask, project: Path, spec: str, said: str) -> None:
    (project / "punie.toml").write_text(f'model = "{spec}"\n')

    done = punie("chat", stdin="hello\n")

    assert done.code == 1
    assert said in done.err
    assert "Traceback" not in done.err
